import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { good, RoadTest } from './road';

describeWithServer(['temporal', 'postgres'], 'the switch that stops every write', (address, postgres) => {
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

  it('keeps an approved rollback from its first write, through a restart of the workers, until it is lifted', async () => {
    await road.inventory.writes.freeze('cleo', 'the database is on fire');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const { frozen } = await road.until(handle, (progress) => progress.frozen !== undefined);
    expect(frozen).toMatchObject({ by: 'cleo', reason: 'the database is on fire', untilMs: expect.any(Number) });
    await road.stopWorkers();
    await road.startWorkers(bundle);
    expect(road.changes()).toEqual([]);
    await road.inventory.writes.thaw('cleo', 'it is out');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
    const { frozen: after } = await road.progressOf(handle);
    expect(after).toBeUndefined();
    const kinds = (await road.inventory.rollbacks.events('rb-test-1')).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'frozen' || kind === 'thawed')).toEqual(['frozen', 'thawed']);
    expect(kinds).not.toContain('unit-failed');
  });

  it('lets the write that is under way end, and begins no other', async () => {
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    while ((await road.inventory.journal.rows('rb-test-1')).length === 0) await new Promise((r) => setTimeout(r, 20));
    await road.inventory.writes.freeze('cleo', 'stop');
    road.layers.letGo();
    const { units } = await road.until(handle, (progress) => progress.frozen !== undefined);
    expect(units.map(({ id, state }) => [id, state])).toEqual([
      ['payments', 'verified'],
      ['orders', 'running'],
    ]);
    expect(road.changes()).toEqual(['payments 2.0.4']);
    await road.inventory.writes.thaw('cleo', 'go on');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });

  it('does not keep a rollback from being stopped', async () => {
    await road.inventory.writes.freeze('cleo', 'stop');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, (progress) => progress.frozen !== undefined);
    await handle.signal('stop', { comment: 'fix forward' });
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
    expect(road.changes()).toEqual([]);
  });
});
