import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import type { Plan } from '../../src/domain/plan';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { RoadTest } from './road';

describeWithServer(['temporal', 'postgres'], 'what a plan is told besides its own rules', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;

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
    await road.close();
    await database.stop();
  });

  const planned = async (change: Parameters<RoadTest['start']>[1] = {}): Promise<Plan> => {
    const handle = await road.start(['orders'], { dryRun: true, ...change });
    await road.result(handle);
    const ref = (await road.progressOf(handle)).plan?.ref ?? '';
    return ((await road.inventory.documents.get(ref)) as unknown as { readonly plan: Plan }).plan;
  };

  it('a deployment that still runs makes it UNKNOWN, and says how to end that', async () => {
    const artifacts = [{ layer: 'workload', name: 'orders', digest: 'sha256:ab' }];
    const releases = [{ component: 'orders', version: '3.1.1', artifacts }];
    await road.inventory.releases.begin({ environment: 'test', deployment: 'build-813', releases }, 'ci');
    road.catalog = { ...road.catalog, compatibility: { default: 'unknown-optimistic', rules: [] } };
    road.catalog = { ...road.catalog, components: { orders: road.catalog.components['orders']! } };
    const plan = await planned();
    expect(plan.verdict).toBe('UNKNOWN');
    expect(plan.verdictText).toContain('orders: deployment build-813 is still running');
    expect(plan.warnings?.[0]?.remedy).toContain('lastgood release finish test build-813 --status failed');
    await road.inventory.releases.finish('test', 'build-813', 'failed', 'ci');
    const after = await planned();
    expect(after.verdict).toBe('SAFE');
    expect(after.risks.join()).toContain('deployment build-813 failed');
  });

  it('a lock of another rollback blocks it as long as that one is open', async () => {
    const holder = { rollback: 'rb-test-99', workflowId: 'rollback/test/other', runId: 'run-1' };
    await road.inventory.locks.take('test', ['orders'], holder);
    const plan = await planned();
    expect([plan.verdict, plan.refusals.map(({ code }) => code)]).toEqual(['BLOCKED', ['LOCK_HELD']]);
    expect(plan.refusals[0]?.offers).toEqual([expect.stringContaining('lastgood status rb-test-99')]);
    road.isOpen = () => Promise.resolve(false);
    expect((await planned()).verdict).not.toBe('BLOCKED');
  });

  it('a component that was changed without telling is named with what the inventory believes', async () => {
    road.layers.versions.set('orders', '3.0.9');
    const plan = await planned({ to: { orders: '3.0.9' } });
    expect(plan.warnings?.map(({ code, why }) => `${code} ${why}`)).toEqual([
      expect.stringMatching(/^DRIFT orders runs 3\.0\.9, and the inventory believes 3\.1\.0/),
    ]);
  });

  it('what people know of the incident reaches the advice', async () => {
    const plan = await planned({ decision: { severity: 1, causeKnown: false } });
    expect(plan.advice).toMatchObject({ rule: 'D6', decision: 'ROLL BACK' });
    expect((await planned()).advice).toMatchObject({ rule: 'D9', confidence: 'low' });
  });

  it('with flags only, the flag is switched, the releases stay, and nobody is marked', async () => {
    const { components } = road.catalog;
    const orders = components['orders']!;
    const [workload] = orders.layers;
    const flow = { ...workload!, id: 'flow', versionFrom: false, target: { name: 'flow' } };
    road.layers.versions.set('flow', 'on');
    road.layers.flags.add('flow');
    road.catalog = {
      ...road.catalog,
      components: { ...components, orders: { ...orders, layers: [workload!, flow] } },
      flags: { 'new-flow': { component: 'orders', layer: 'flow', waives: ['pay21-needs-ord31'] } },
    };
    const handle = await road.start(['orders'], { flagOnly: true });
    await road.approve(handle);
    const { outcome, live } = await road.result(handle);
    expect([outcome, live]).toEqual(['confirmed', { orders: '3.1.0' }]);
    expect(road.changes()).toEqual(['flow off']);
    expect(await road.inventory.releases.gate('test', 'orders', '3.1.0')).toMatchObject({ promotable: true });
    expect(await road.inventory.locks.held('test')).toEqual([]);
  });
});
