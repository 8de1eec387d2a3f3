import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import type { Progress } from '../../src/domain/progress';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { good, RoadTest } from './road';

describeWithServer(['temporal', 'postgres'], 'a workflow that is meddled with in Temporal', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;
  let giveUp = (): void => undefined;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  beforeEach(async () => {
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest();
    await road.open(address ?? '', database.url, bundle);
  });

  afterEach(async () => {
    road.layers.letGo();
    giveUp();
    await road.close();
    await database.stop();
  });

  /** As the button of the Temporal UI does it: back to a task that was completed. Answers the new run's handle. */
  async function reset({ workflowId }: WorkflowHandle, task: 'first' | 'last' = 'last'): Promise<WorkflowHandle> {
    const { events } = await road.client.workflow.getHandle(workflowId).fetchHistory();
    const tasks = events?.filter(({ workflowTaskCompletedEventAttributes: task }) => task != null) ?? [];
    await road.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
      reason: 'somebody pressed the button',
      requestId: `reset-${workflowId}`,
      workflowTaskFinishEventId: tasks.at(task === 'first' ? 0 : -1)?.eventId ?? null,
    });
    return road.client.workflow.getHandle(workflowId);
  }

  const isAskingAnew = ({ ask, rollback }: Progress): boolean => rollback === 'rb-test-2' && ask !== undefined;
  const isReverting = ({ units }: Progress): boolean => units.some(({ state }) => state === 'running');

  it.each(['first', 'last'] as const)(
    'takes no answer of the run before after a reset to its %s task',
    async (task) => {
      const handle = await road.start(['orders']);
      const before = await road.openAsk(handle);
      const anew = await reset(handle, task);
      const { ask } = await road.until(anew, isAskingAnew);
      expect(ask?.id).not.toBe(before.id);
      await anew.signal('approve', { ask: before.id, planDigest: before.planDigest });
      await road.until(anew, ({ decisions }) => decisions.length === 1);
      expect(road.changes()).toEqual([]);
      await road.approve(anew);
      expect(await road.result(anew)).toMatchObject({ outcome: 'confirmed', live: good });
    },
    60_000,
  );

  it('looks, plans and asks again when it is reset between two writes', async () => {
    const handle = await road.start(['orders']);
    const gone = new Promise<void>((_resolve, reject) => (giveUp = () => reject(new Error('the worker is gone'))));
    road.layers.beforeWrite = (name) => (name === 'orders' ? gone : Promise.resolve());
    await road.approve(handle);
    await road.until(handle, ({ units }) => units[0]?.state === 'verified' && units[1]?.state === 'running');
    const anew = await reset(handle);
    const { plan } = await road.until(anew, isAskingAnew);
    giveUp();
    expect(plan?.targets.map(({ component }) => component)).toEqual(['orders']);
    road.layers.beforeWrite = () => Promise.resolve();
    await road.approve(anew);
    expect(await road.result(anew)).toMatchObject({ outcome: 'confirmed', rollback: 'rb-test-2' });
    expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
    expect(await road.inventory.locks.held('test')).toEqual([]);
  });

  it('lets no write of the run before through, once the new one has its locks', async () => {
    const handle = await road.start(['orders']);
    road.layers.failures.set('payments', 1);
    road.layers.holdWrites();
    await road.approve(handle);
    await road.until(handle, isReverting);
    const anew = await reset(handle);
    await road.until(anew, isAskingAnew);
    await road.approve(anew);
    await road.until(anew, isReverting);
    road.layers.letGo();
    expect(await road.result(anew)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
  });
});
