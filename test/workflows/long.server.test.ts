import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { lanesShape, RoadTest } from './road';

/** Twelve chains of ten: 120 components. */
const shape = lanesShape(12, 10);
const bad = Object.keys(shape.bad).filter((name) => name.endsWith('-0'));

describeWithServer(['temporal', 'postgres'], 'a rollback with a long history', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  beforeEach(async () => {
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest(shape);
    const { policies } = road.catalog;
    road.catalog = { ...road.catalog, policies: { ...policies, onFailure: 'retry', confirmWithinMs: 600_000 } };
    await road.open(address ?? '', database.url, bundle);
  });

  afterEach(async () => {
    await road.close();
    await database.stop();
  });

  /** Events of each run, oldest first. */
  const runsOf = async (handle: WorkflowHandle): Promise<readonly number[]> => {
    const lengths: number[] = [];
    const runs = road.client.workflow.list({ query: `WorkflowId = "${handle.workflowId}"` });
    for await (const { historyLength } of runs) lengths.unshift(historyLength);
    return lengths;
  };

  it('goes on in fresh runs, and everything happens once and in order', async () => {
    for (const name of ['l0-9', 'l3-4', 'l7-0', 'l9-9', 'l11-5', 'l5-5']) road.layers.failures.set(name, 2);
    const handle = await road.start(bad, {}, { eventsPerRun: 250 });
    await road.approve(handle);
    expect(await road.result(handle, 280_000)).toMatchObject({
      outcome: 'confirmed',
      live: shape.good,
      rollback: 'rb-test-1',
    });
    expect(new Set(road.changes()).size).toBe(120);
    expect(road.changes()).toHaveLength(120);
    for (const lane of bad.map((name) => name.slice(0, -1))) {
      const order = road.changes().filter((change) => change.startsWith(lane));
      expect(order).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((at) => `${lane}${at} 1.0.0`));
    }
    const { units, lastSeq } = await road.progressOf(handle);
    expect(units.filter(({ state }) => state === 'verified')).toHaveLength(120);
    const events = await road.inventory.rollbacks.events('rb-test-1');
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq + 1 }, (_one, at) => at));
    expect(await road.inventory.locks.held('test')).toEqual([]);
    const runs = await runsOf(handle);
    expect(runs.length).toBeGreaterThan(2);
    // The last one also watches the checks, for as long as that takes.
    expect(Math.max(...runs.slice(0, -1))).toBeLessThan(600);
  }, 300_000);

  it('is the same rollback to everybody after it has gone on: its number, its locks, and what people say to it', async () => {
    const handle = await road.start(bad, {}, { eventsPerRun: 200 });
    const firstRun = (await handle.describe()).runId;
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.filter(({ state }) => state === 'verified').length >= 30);
    road.layers.holdWrites();
    const { runId } = await road.currentRun(handle, (run) => run.runId !== firstRun);
    const row = await road.inventory.rollbacks.find(handle.workflowId);
    expect(row).toMatchObject({ rollback: 'rb-test-1', runId });
    const held = await road.inventory.locks.held('test');
    expect(new Set(held.map((lock) => lock.runId))).toEqual(new Set([runId]));
    await handle.signal('stop', { comment: 'enough' });
    road.layers.letGo();
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes['LastgoodOutcome']).toEqual(['stopped']);
    expect(await road.inventory.locks.held('test')).toEqual([]);
  });
});
