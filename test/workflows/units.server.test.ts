import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import type { Catalog, CatalogGroup } from '../../src/domain/catalog';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { bad, good, RoadTest, type Shape } from './road';

/** Payments and orders that may not meet in either mixture, and a component whose only job is to hold switches. */
const tied: Shape = {
  good: { ...good, switches: '1.0.0' },
  bad: { ...bad, switches: '1.0.0' },
  dependsOn: { payments: ['orders'] },
  rules: [
    { id: 'pay21-needs-ord31', forbid: [{ payments: '>=2.1.0' }, { orders: '<3.1.0' }], scope: 'placement' },
    { id: 'ord31-needs-pay21', forbid: [{ orders: '>=3.1.0' }, { payments: '<2.1.0' }], scope: 'placement' },
  ],
};

describeWithServer(['temporal', 'postgres'], 'every kind of unit is carried out', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  beforeEach(async () => {
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest(tied);
    road.layers.flags.add('flow');
    road.layers.versions.set('flow', 'on');
  });

  afterEach(async () => {
    await road.close();
    await database.stop();
  });

  const withCatalog = async (change: (catalog: Catalog) => Partial<Catalog>): Promise<void> => {
    road.catalog = { ...road.catalog, ...change(road.catalog) };
    await road.open(address ?? '', database.url, bundle);
  };

  const group = (mechanism: CatalogGroup['mechanism'], layer?: string): Promise<void> =>
    withCatalog(() => ({
      groups: [{ components: ['payments', 'orders'], mechanism, ...(layer === undefined ? {} : { layer }) }],
    }));

  /** The component `switches` gets a layer that is the flag `new-flow`. */
  const withFlag = (): Promise<void> =>
    withCatalog(({ components }) => ({
      components: { ...components, switches: withLayer(components['switches']!, 'flow', 'flow') },
      flags: { 'new-flow': { component: 'switches', layer: 'flow', waives: ['pay21-needs-ord31'] } },
    }));

  it('switches the flag off that waives a rule, moves one after the other, and switches it back on', async () => {
    await withFlag();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const kinds = await road.until(handle, ({ units }) => units.every(({ state }) => state === 'verified'));
    expect(kinds.units.map(({ kind }) => kind)).toEqual(['flag-off', 'move', 'move', 'flag-restore']);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes()).toEqual(['flow off', 'orders 3.0.9', 'payments 2.0.4', 'flow on']);
  });

  it('locks the component of a flag although it does not move', async () => {
    await withFlag();
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    const held = await road.inventory.locks.held('test');
    expect(held.map(({ component }) => component)).toEqual(['orders', 'payments', 'switches']);
    road.layers.letGo();
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });

  it('needs no switching when the flag is off already', async () => {
    road.layers.versions.set('flow', 'off');
    await withFlag();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes()).toEqual(['orders 3.0.9', 'payments 2.0.4']);
  });

  it('refuses by name a flag that nobody knows how to switch off', async () => {
    road.layers.flags.delete('flow');
    await withFlag();
    const result = await road.result(await road.start(['orders']));
    expect(result.outcome).toBe('refused');
    expect(result.why).toContain('new-flow');
    expect(road.changes()).toEqual([]);
  });

  it('stops all members of a quiesced group before any moves, and starts them when all have moved', async () => {
    await group('quiesce');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    const phases = [road.changes().slice(0, 2), road.changes().slice(2, 4), road.changes().slice(4)];
    expect(phases.map((phase) => [...phase].sort())).toEqual([
      ['orders stopped 3.1.0', 'payments stopped 2.1.0'],
      ['orders stopped 3.0.9', 'payments stopped 2.0.4'],
      ['orders 3.0.9', 'payments 2.0.4'],
    ]);
    const { units } = await road.progressOf(handle);
    expect(units.map(({ id, state }) => [id, state])).toEqual([['orders+payments', 'verified']]);
  });

  it('goes on where it was when a member of a quiesced group is tried again', async () => {
    await group('quiesce');
    road.layers.beforeWrite = (name) => {
      const isMove = road.layers.journal.length >= 2 && name === 'orders' && road.layers.failures.size === 0;
      if (isMove) road.layers.failures.set('orders', 2);
      return Promise.resolve();
    };
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.openAsk(handle, 'decision');
    await handle.signal('retry', { target: 'orders+payments' });
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes().filter((change) => change.startsWith('orders'))).toEqual([
      'orders stopped 3.1.0',
      'orders stopped 3.0.9',
      'orders 3.0.9',
    ]);
  });

  it('runs an accepted window, names the rules that do not hold meanwhile, and never calls it safe', async () => {
    await group('window');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const { plan } = await road.until(handle, ({ phase }) => phase !== 'awaiting-approval');
    expect(plan?.verdict).not.toBe('SAFE');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect([...road.changes()].sort()).toEqual(['orders 3.0.9', 'payments 2.0.4']);
  });

  it('switches the shared layer of a router group last, when everything behind it has moved', async () => {
    road.layers.versions.set('router', bad.orders);
    await withCatalog(({ components }) => ({
      components: { ...components, orders: withLayer(components['orders']!, 'router', 'router') },
      groups: [{ components: ['payments', 'orders'], mechanism: 'router', layer: 'router' }],
    }));
    const handle = await road.start(['orders']);
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes().at(-1)).toBe('router 3.0.9');
    expect(road.changes()).toHaveLength(3);
  });

  it('refuses a group whose mechanism has nothing to work with', async () => {
    await group('router');
    const result = await road.result(await road.start(['orders']));
    expect(result.outcome).toBe('refused');
    expect(result.why).toContain('GROUP_NEEDS_MECHANISM');
    expect(road.changes()).toEqual([]);
  });
});

function withLayer(component: Catalog['components'][string], id: string, name: string): Catalog['components'][string] {
  const [first] = component.layers;
  return { ...component, layers: [...component.layers, { ...first!, id, versionFrom: false, target: { name } }] };
}
