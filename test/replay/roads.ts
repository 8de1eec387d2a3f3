import type { WorkflowHandle } from '@temporalio/client';
import type { CatalogComponent } from '../../src/domain/catalog';
import { artifactDigest } from '../fakes/instant-layer';
import type { RoadTest } from '../workflows/road';

/** One way through a workflow; answers with the run whose history is kept, at its end or where it waits. */
export type Walk = (road: RoadTest) => Promise<WorkflowHandle>;

/** Every wait point and every ending. The key is the name of the history's file. */
export const roads: Readonly<Record<string, Walk>> = {
  'awaiting-approval': async (road) => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    return handle;
  },

  confirmed: (road) => approved(road),

  'approved-by-update': async (road) => {
    const handle = await road.start(['orders']);
    const { id: ask, planDigest } = await road.openAsk(handle);
    await handle.executeUpdate('retry', { args: [{ target: 'orders' }] });
    await handle.executeUpdate('approve', { args: [{ ask, planDigest }] });
    return ended(handle);
  },

  rejected: async (road) => {
    const handle = await road.start(['orders']);
    const { id: ask, planDigest } = await road.openAsk(handle);
    await handle.signal('reject', { ask, planDigest, comment: 'fix forward' });
    return ended(handle);
  },

  expired: async (road) => {
    road.catalog = { ...road.catalog, approval: { ...road.catalog.approval, expiresMs: 200 } };
    return ended(await road.start(['orders']));
  },

  'dry-run': async (road) => ended(await road.start(['orders'], { dryRun: true })),

  'nothing-to-do': async (road) => {
    for (const [component, version] of Object.entries({ payments: '2.0.4', orders: '3.0.9' }))
      road.layers.versions.set(component, version);
    return ended(await road.start(['orders'], { to: { orders: '3.0.9' } }));
  },

  'unknown-component': async (road) => ended(await road.start(['ghost'])),

  'poison-signals': async (road) => {
    const handle = await road.start(['orders']);
    const { id: ask } = await road.openAsk(handle);
    await handle.signal('approve');
    await handle.signal('approve', 'yes please');
    await handle.signal('approve', { ask, planDigest: 'sha256:other' });
    await handle.signal('launch', { now: true });
    await road.rawSignal(handle, 'approve', 'json/protobuf', '{"a":1}');
    await road.rawSignal(handle, 'approve', 'json/plain', '{broken');
    await road.rawSignal(handle, 'approve', 'binary/unknown', 'x');
    await road.until(handle, ({ decisions }) => decisions.length === 7);
    await road.approve(handle);
    return ended(handle);
  },

  reverting: async (road) => {
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    return handle;
  },

  'needs-decision': async (road) => {
    road.layers.failures.set('orders', 2);
    return undecided(road);
  },

  retried: async (road) => {
    road.layers.failures.set('orders', 2);
    const handle = await undecided(road);
    await handle.signal('retry', { target: 'orders', comment: 'the disk is free again' });
    return ended(handle);
  },

  'stopped-after-a-failure': async (road) => {
    road.layers.liars.add('payments');
    const handle = await undecided(road);
    await handle.signal('stop', { comment: 'enough' });
    return ended(handle);
  },

  'failed-and-nobody-decided': async (road) => {
    road.layers.liars.add('payments');
    road.catalog = { ...road.catalog, policies: { ...road.catalog.policies, decideWithinMs: 200 } };
    return approved(road);
  },

  'stopped-while-reverting': (road) => interrupted(road, (handle) => handle.signal('stop', { comment: 'wait' })),

  cancelled: (road) => interrupted(road, (handle) => handle.cancel().then(() => undefined)),

  'planned-again-after-drift': async (road) => {
    const handle = await road.start(['orders']);
    const ask = await road.openAsk(handle);
    road.layers.versions.set('orders', '3.1.1');
    await handle.signal('approve', { ask: ask.id, planDigest: ask.planDigest });
    await road.until(handle, (progress) => progress.ask !== undefined && progress.ask.id !== ask.id);
    await road.approve(handle);
    return ended(handle);
  },

  'refused-by-a-lock': async (road) => {
    road.layers.holdWrites();
    const [holder, refused] = [await road.start(['orders']), await road.start(['orders'])];
    await road.openAsk(refused);
    await road.approve(holder);
    await road.until(holder, ({ units }) => units.some(({ state }) => state === 'running'));
    await road.approve(refused);
    await ended(refused);
    road.layers.letGo();
    await ended(holder);
    return refused;
  },

  paused: async (road) => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await handle.signal('pause', { comment: 'the other team is still deploying' });
    await road.approve(handle);
    await road.until(handle, ({ paused, ask }) => paused !== undefined && ask === undefined);
    return handle;
  },

  resumed: async (road) => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await handle.signal('pause', { comment: 'the other team is still deploying' });
    await road.approve(handle);
    await road.until(handle, ({ paused, ask }) => paused !== undefined && ask === undefined);
    await handle.signal('resume', { comment: 'they are done' });
    return ended(handle);
  },

  skipped: async (road) => {
    road.layers.failures.set('orders', 2);
    const handle = await undecided(road);
    await handle.signal('skip', { target: 'orders', reason: 'its host is gone' });
    return ended(handle);
  },

  'reinstate-awaiting-approval': (road) => wantingBack(road),

  reinstated: async (road) => {
    const handle = await wantingBack(road);
    const { ask } = await road.until(handle, (progress) => progress.ask?.about === 'reinstate');
    await handle.signal('approve', { ask: ask?.id, planDigest: ask?.planDigest, comment: 'yes' });
    return ended(handle);
  },

  frozen: async (road) => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await road.inventory.writes.freeze('cleo@test', 'the storage is failing');
    await road.approve(handle);
    await road.until(handle, ({ frozen }) => frozen !== undefined);
    return handle;
  },

  thawed: async (road) => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await road.inventory.writes.freeze('cleo@test', 'the storage is failing');
    await road.approve(handle);
    await road.until(handle, ({ frozen }) => frozen !== undefined);
    await road.inventory.writes.thaw('cleo@test', 'it is back');
    return ended(handle);
  },

  'restored-but-not-confirmed': (road) => {
    const components = Object.entries(road.catalog.components).map(([name, component]) => [name, slow(component)]);
    road.catalog = {
      ...road.catalog,
      components: Object.fromEntries(components) as typeof road.catalog.components,
      policies: { ...road.catalog.policies, confirmWithinMs: 100 },
    };
    return approved(road);
  },

  'survey-begin': async (road) => ended(await begin(road)),

  'survey-finish': async (road) => {
    await ended(await begin(road));
    road.layers.versions.set('orders', '3.2.0');
    const { environment } = road;
    return ended(
      await road.survey({ kind: 'finish', environment, deployment: 'next', status: 'succeeded', by: 'ana@test' }),
    );
  },

  'survey-import': async (road) => {
    const { environment } = road;
    return ended(await road.survey({ kind: 'import', environment, components: [], by: 'ana@test' }));
  },
};

async function ended(handle: WorkflowHandle): Promise<WorkflowHandle> {
  await handle.result();
  return handle;
}

async function approved(road: RoadTest): Promise<WorkflowHandle> {
  const handle = await road.start(['orders']);
  await road.approve(handle);
  return ended(handle);
}

async function undecided(road: RoadTest): Promise<WorkflowHandle> {
  const handle = await road.start(['orders']);
  await road.approve(handle);
  await road.openAsk(handle, 'decision');
  return handle;
}

/** One unit is back, the next one failed, and somebody wants the bad releases to run again. */
async function wantingBack(road: RoadTest): Promise<WorkflowHandle> {
  road.layers.failures.set('orders', 2);
  const handle = await undecided(road);
  await handle.signal('reinstate', { reason: 'the old one is worse' });
  await road.until(handle, ({ ask }) => ask?.about === 'reinstate');
  return handle;
}

/** Something happens while the first unit is being reverted; then its write goes on. */
async function interrupted(
  road: RoadTest,
  happens: (handle: WorkflowHandle) => Promise<void>,
): Promise<WorkflowHandle> {
  road.layers.holdWrites();
  const handle = await road.start(['orders']);
  await road.approve(handle);
  await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
  await happens(handle);
  await road.until(handle, ({ phase }) => phase === 'reverting');
  road.layers.letGo();
  return ended(handle);
}

/** Its checks need longer to be convinced than the rollback waits for them. */
function slow(component: CatalogComponent): CatalogComponent {
  return { ...component, checks: component.checks.map((check) => ({ ...check, soakMs: 5_000 })) };
}

function begin(road: RoadTest): Promise<WorkflowHandle> {
  const { environment } = road;
  const digest = artifactDigest('orders', '3.2.0');
  const release = {
    component: 'orders',
    version: '3.2.0',
    artifacts: [{ layer: 'workload', name: 'orders', digest }],
  };
  const manifest = { environment, deployment: 'next', releases: [release] };
  return road.survey({ kind: 'begin', environment, manifest, by: 'ana@test' });
}
