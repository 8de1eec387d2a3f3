import type { PlanCatalog } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, oldNew } from './build';

describe('of what is equally good the first by name is taken, however it is listed', () => {
  const reversed = <Item>(items: readonly Item[]): readonly (readonly Item[])[] => [items, items.toReversed()];

  test('a flag that stops the harm', () => {
    const flags = ['zoom', 'fast'].map(
      (name) => [name, { component: 'shop', layer: name, waives: ['shop!api'] }] as const,
    );
    const off = reversed(flags).map(
      (listed) =>
        buildPlan(
          factsFor(['shop', 'api'], ['shop'], {
            catalog: { compatibility: { rules: [oldNew('shop!api')] }, flags: Object.fromEntries(listed) },
            decision: { flagIsolates: true },
          }),
        ).units[0]?.id,
    );
    expect(off).toEqual(['flag-off:fast', 'flag-off:fast']);
  });

  test('a group of the catalog, by the names of its members', () => {
    const groups: NonNullable<PlanCatalog['groups']> = [
      { components: ['api', 'cart2', 'shop'], mechanism: 'quiesce' },
      { components: ['api', 'cart', 'shop'], mechanism: 'router' },
    ];
    const mechanisms = reversed(groups).map(
      (listed) =>
        buildPlan(
          factsFor(['shop', 'api', 'cart', 'cart2'], ['shop'], {
            catalog: { compatibility: { rules: ['shop!api', 'api!shop'].map(oldNew) }, groups: listed },
          }),
        ).units[0]?.mechanism,
    );
    expect(mechanisms).toEqual(['router', 'router']);
  });
});
