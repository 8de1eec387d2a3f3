import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, layer, oldNew, release } from './build';

/**
 * The choice between m and n moves m, which takes two seconds and leads to nobody bad. Two units start at a time, so the
 * whole takes two seconds when m goes first and three when both of the others do.
 */
function besideAnother(
  names: readonly string[],
  bad: readonly string[],
  over: Parameters<typeof factsFor>[2],
): PlanFacts {
  const { catalog, layers, ...rest } = over!;
  const live = { id: 'live', forbid: [{ m: '2.0.0' }, { n: '2.0.0' }] as const };
  return factsFor(['m', 'n', ...names], bad, {
    ...rest,
    catalog: {
      ...catalog,
      compatibility: { rules: [live, ...(catalog?.compatibility?.rules ?? [])] },
      policies: { maxConcurrentUnits: 2 },
    },
    layers: { ...layers, m: [layer(2)] },
  });
}

const seconds = (facts: PlanFacts): number => buildPlan(facts).estimate.eventDriven;

describe('what leads to a bad component starts before a longer one that does not', () => {
  test('as the bad ones themselves', () => {
    const layers = { x: [layer(1)], y: [layer(1)] };
    expect(seconds(besideAnother(['x', 'y'], ['x', 'y'], { layers }))).toBe(3);
    expect(seconds(besideAnother(['x', 'y'], ['x'], { layers }))).toBe(2);
  });

  test('and what they wait for', () => {
    const over = {
      catalog: { compatibility: { rules: ['x!a', 'y!b'].map(oldNew) } },
      layers: { a: [layer(1)], b: [layer(1)] },
    };
    expect(seconds(besideAnother(['a', 'b', 'x', 'y'], ['x', 'y'], over))).toBe(3);
  });

  test('and a group of which one is bad', () => {
    const pairs = [
      ['x', 'a'],
      ['y', 'b'],
    ];
    const over = {
      catalog: {
        compatibility: { rules: pairs.flatMap(([one, other]) => [`${one}!${other}`, `${other}!${one}`]).map(oldNew) },
        groups: pairs.map((components) => ({ components, mechanism: 'quiesce' as const })),
      },
      layers: { a: [layer(1)], b: [layer(1)] },
    };
    expect(seconds(besideAnother(['a', 'b', 'x', 'y'], ['x', 'y'], over))).toBe(3);
  });
});

test('a unit waits once for another by one rule, although each of three placements in it asks for that', () => {
  const facts = factsFor(['shop'], ['shop']);
  const plan = buildPlan({
    ...facts,
    catalog: {
      components: { shop: {}, api: { strategy: 'recreate', placements: { eu: {}, uk: {}, us: {} } } },
      compatibility: { rules: [oldNew('shop!api'), { ...oldNew('api!api'), scope: 'any' }] },
      groups: [{ components: ['api'], mechanism: 'router' }],
    },
    live: { ...facts.live, api: { version: '2.0.0', digest: 'api2' } },
    releases: ['shop', 'api'].map((name) => release(name, '1.0.0', 'good')),
  });
  expect(plan.units.map(({ id, after }) => [id, ...after.map(({ rule }) => rule)])).toEqual([
    ['api/eu+api/uk+api/us'],
    ['shop', 'shop!api'],
  ]);
});
