import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Lastgood } from '../../src/client';
import { sweep } from '../../src/client/sweep';
import type { Progress } from '../../src/domain/progress';
import { controlQueue } from '../../src/temporal/names';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { breakTheShop, shopCatalog } from './shop';

const key = 'INC-400';
const workflowId = `rollback/shop/${key}`;
const request = {
  environment: 'shop',
  components: ['orders'],
  reason: 'a fifth of all orders fail',
  requester: 'ana@test',
  to: {},
  dryRun: false,
  accept: [],
  trigger: 'test',
};

describeWithServer(
  ['temporal', 'postgres'],
  'a rollback that has gone on in a fresh run and is meddled with there',
  (temporal = '', postgres = '') => {
    let bundle: WorkflowBundleWithSourceMap;
    let database: Awaited<ReturnType<typeof postgresForTests>>;
    let house: House;
    let lastgood: Lastgood;
    let giveUp = (): void => undefined;

    beforeAll(async () => {
      bundle = await bundleWorkflows();
    });
    beforeEach(async () => {
      database = await postgresForTests(postgres);
      house = await new House({ temporal, databaseUrl: database.url, bundle }).open(shopCatalog);
      ({ lastgood } = house);
      await house.startWorker();
      await breakTheShop(house);
      const gone = new Promise<void>((_resolve, reject) => (giveUp = () => reject(new Error('the worker is gone'))));
      gone.catch(() => undefined);
      house.layers.beforeWrite = (name) => (name === 'orders' ? gone : Promise.resolve());
    });
    afterEach(async () => {
      giveUp();
      await house.close();
      await database.stop();
    });

    async function until(wanted: (progress: Progress) => boolean): Promise<Progress> {
      for (;;) {
        const progress = await lastgood.status(workflowId);
        if (wanted(progress)) return progress;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    async function approve(rollback: string): Promise<void> {
      const { ask } = await until((progress) => progress.rollback === rollback && progress.ask !== undefined);
      await lastgood.decide(rollback, 'approve', { ask: ask?.id ?? '', planDigest: ask?.planDigest ?? '' });
    }

    /** Payments is back, and a fresh run is writing orders. Answers its id. */
    async function inItsSecondRun(): Promise<string> {
      const { workflow } = house.temporal.client;
      const args = [{ key, request, eventsPerRun: 45 }];
      const first = await workflow.start('rollback', { workflowId, taskQueue: controlQueue, args });
      await approve('rb-shop-1');
      for (;;) {
        const { runId } = await workflow.getHandle(workflowId).describe();
        const rows = await house.inventory.journal.rows('rb-shop-1');
        if (runId !== first.firstExecutionRunId && rows.some(({ step }) => step.startsWith('orders'))) return runId;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    function writeAgain(): void {
      giveUp();
      house.layers.beforeWrite = () => Promise.resolve();
    }

    const writes = (): readonly string[] => house.layers.journal.map(({ name, version }) => `${name} ${version}`);

    it('is found when it was terminated, with its map, and continued to its end', async () => {
      const runId = await inItsSecondRun();
      await house.temporal.client.workflow.getHandle(workflowId, runId).terminate('somebody pressed the button');
      expect(await sweep({ inventory: house.inventory, temporal: () => Promise.resolve(house.temporal) })).toEqual([
        'rb-shop-1',
      ]);
      expect(await house.inventory.locks.held()).toEqual([]);
      const found = await lastgood.diagnose({});
      expect(found.find(({ code }) => code === 'HALF_DONE')).toMatchObject({
        rollback: 'rb-shop-1',
        live: { payments: '2.0.4' },
        inFlight: ['orders/workload/1'],
        next: 'lastgood doctor --continue rb-shop-1',
      });
      writeAgain();
      const again = await lastgood.continueRollback('rb-shop-1');
      await approve('rb-shop-2');
      expect(await lastgood.result(again)).toMatchObject({ outcome: 'confirmed', rollback: 'rb-shop-2' });
      expect(writes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
      expect(await lastgood.diagnose({})).toEqual([]);
    });

    it.each(['first', 'last'] as const)(
      'begins anew when it was reset to the %s task of its fresh run',
      async (task) => {
        const runId = await inItsSecondRun();
        const { client } = house.temporal;
        const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        const tasks = events?.filter(({ workflowTaskCompletedEventAttributes: done }) => done != null) ?? [];
        await client.workflowService.resetWorkflowExecution({
          namespace: house.namespace,
          workflowExecution: { workflowId, runId },
          reason: 'somebody pressed the button',
          requestId: `reset-${task}`,
          workflowTaskFinishEventId: tasks.at(task === 'first' ? 0 : -1)?.eventId ?? null,
        });
        const { plan } = await until(({ rollback, ask }) => rollback === 'rb-shop-2' && ask !== undefined);
        expect(plan?.targets.map(({ component }) => component)).toEqual(['orders']);
        writeAgain();
        await approve('rb-shop-2');
        const ended = await until(({ outcome }) => outcome !== undefined);
        expect(ended).toMatchObject({ rollback: 'rb-shop-2', outcome: 'confirmed' });
        expect(writes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
        await sweep({ inventory: house.inventory, temporal: () => Promise.resolve(house.temporal) });
        expect((await lastgood.status('rb-shop-1')).why).toContain('rb-shop-2 began anew');
        expect(await house.inventory.locks.held()).toEqual([]);
      },
      60_000,
    );
  },
);
