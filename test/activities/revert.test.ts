import { revert } from '../../src/activities/revert';
import type { StepCall } from '../../src/activities/calls';
import type { Pulse } from '../../src/activities/run';
import { Shelf } from '../../src/activities/shelf';
import type { ActivityWorld } from '../../src/activities/world';
import { createWorld } from '../../src/adapters/world';
import { digestOf } from '../../src/digest';
import type { Reverter } from '../../src/domain/reverter';
import { InstantLayers } from '../fakes/instant-layer';
import { memoryInventory } from '../fakes/memory-inventory';

const never = new AbortController().signal;
const first: Pulse = { signal: never, patience: never, attempt: 1, resumeFrom: undefined, beat: () => undefined };
const second: Pulse = { ...first, attempt: 2 };
const versionDigest = (version: string): string => digestOf({ version });

/** One component at 2.0.0 that a plan of one step takes back to 1.0.0, under its lock. */
async function scene(change: (reverter: Reverter<unknown>) => Partial<Reverter<unknown>> = () => ({})) {
  const inventory = memoryInventory();
  const layers = new InstantLayers({ orders: '2.0.0' });
  const plain = layers.reverter() as Reverter<unknown>;
  const world: ActivityWorld = {
    inventory,
    outside: createWorld(),
    reverters: new Map([['instant', { ...plain, ...change(plain) }]]),
    readCatalogs: () => Promise.resolve([]),
    sampleCheck: () => Promise.reject(new Error('no checks here')),
    isOpen: () => Promise.resolve(true),
    writeReport: () => Promise.resolve(''),
    now: () => Date.now(),
  };
  const layer = { id: 'workload', layer: 'instant', credentials: 'default', versionFrom: true };
  const components = { orders: { layers: [{ ...layer, target: { name: 'orders' } }], placements: {} } };
  const step = {
    id: 'orders/workload/1',
    component: 'orders',
    layer: 'workload',
    from: versionDigest('2.0.0'),
    to: versionDigest('1.0.0'),
    goal: { version: '1.0.0' },
    guard: 'atomic',
    reversibility: 'reversible',
    summary: 'orders to 1.0.0',
    estimateSeconds: 1,
  };
  const plan = { digest: 'sha256:p', units: [{ id: 'orders', steps: [step] }] };
  const rollback = 'rb-test-1';
  const locked = await inventory.locks.take('test', ['orders'], { rollback, workflowId: 'w', runId: 'r' });
  const call: StepCall = {
    rollback,
    events: [],
    environment: 'test',
    step: step.id,
    fence: locked.taken ? locked.fence : -1,
    planRef: await inventory.documents.put('plan', { plan }),
    catalogDigest: await inventory.catalogs.put('test', { environment: 'test', components }),
  };
  const run = (pulse: Pulse) => revert(world, world, new Shelf(world), call, pulse);
  return { inventory, layers, run };
}

describe('the revert of a step', () => {
  it('says at once that the layer has settled, so that nobody needs to wait for it', async () => {
    const { run } = await scene();
    expect(await run(first)).toMatchObject({ kind: 'reverted', writes: 1, verified: { ok: true } });
  });

  it.each([
    ['has no answer in time', () => new Promise<never>(() => undefined)],
    ['fails', () => Promise.reject(new Error('no answer'))],
  ])(
    'is reverted all the same when the look at its end %s: verify has its own time',
    async (_how, verify) => {
      const { run, layers } = await scene(() => ({ verify }));
      const reverted = await run(first);
      expect(reverted).toMatchObject({ kind: 'reverted', writes: 1 });
      expect(reverted).not.toHaveProperty('verified');
      expect(layers.journal).toHaveLength(1);
    },
    30_000,
  );

  it('writes nothing again when the answer of the first attempt was lost, and does not deny that it wrote', async () => {
    const { run, layers, inventory } = await scene();
    await run(first);
    expect(await run(second)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(layers.journal).toHaveLength(1);
    const rows = await inventory.journal.rows('rb-test-1');
    expect(rows.map(({ kind, writes }) => [kind, writes])).toEqual([
      ['reverted', 1],
      ['already-there', 0],
    ]);
  });

  it('counts a write whose journal row a crash left open', async () => {
    const { run, layers, inventory } = await scene((plain) => ({
      revert: async (...given) => {
        const outcome = await plain.revert(...given);
        if (layers.journal.length === 1 && outcome.kind === 'reverted') throw new Error('the answer is lost');
        return outcome;
      },
    }));
    await expect(run(first)).rejects.toThrow('the answer is lost');
    expect(await run(second)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(layers.journal).toHaveLength(1);
    expect((await inventory.journal.rows('rb-test-1')).map(({ closedAtMs }) => closedAtMs === undefined)).toEqual([
      true,
      false,
    ]);
  });

  it('found at its target by nobody of ours, it says so', async () => {
    const { run, layers } = await scene();
    layers.versions.set('orders', '1.0.0');
    expect(await run(first)).toMatchObject({ kind: 'already-there', writes: 0 });
  });

  it('leaves a layer alone that is somewhere else, and begins no write', async () => {
    const { run, layers, inventory } = await scene();
    layers.versions.set('orders', '7.7.7');
    expect(await run(first)).toMatchObject({ kind: 'drift' });
    expect(layers.journal).toEqual([]);
    expect(await inventory.journal.rows('rb-test-1')).toEqual([]);
  });

  it('captures what was there before its first write, once', async () => {
    const { run, inventory } = await scene();
    await run(first);
    await run(second);
    const begin = { rollback: 'rb-test-1', step: 'orders/workload/1', from: versionDigest('2.0.0') };
    expect((await inventory.captures.before(begin))?.fingerprint).toBe(versionDigest('2.0.0'));
  });
});
