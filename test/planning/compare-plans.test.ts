import type { Plan } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, comparePlans } from '../../src/planning';
import { factsFor, layer, oldNew, release } from './build';

const facts = factsFor(['shop', 'api'], ['shop'], {
  catalog: { compatibility: { rules: [oldNew('shop!api')] } },
  releases: [
    ...factsFor(['shop', 'api'], []).releases,
    release('shop', '0.9.0', 'good', { sources: [{ kind: 'git', available: true }] }),
  ],
  layers: { shop: [layer(1, { loses: ['12 carts'], reversibility: 'lossy' })], api: [layer(1)] },
});
const plan = buildPlan(facts);
const compared = (over: Partial<PlanFacts>): readonly string[] => comparePlans(plan, buildPlan({ ...facts, ...over }));

test('the same decision is no difference, whatever the counts', () => {
  expect(comparePlans(plan, plan)).toEqual([]);
  expect(
    compared({ layers: { ...facts.layers, shop: [layer(9, { loses: ['15 carts'], reversibility: 'lossy' })] } }),
  ).toEqual([]);
});

test('another target is a line of its own', () => {
  expect(compared({ to: { shop: '0.9.0' } })).toEqual([
    'api is no longer part of it (was: 2.0.0 → 1.0.0 (api1, from nowhere probed))',
    'shop: 2.0.0 → 1.0.0 (shop1, from nowhere probed) is now 2.0.0 → 0.9.0 (shop0, from git)',
    'unit api is no longer part of it (was: first; workload new → old)',
    'unit shop: after api (shop!api); workload new → old is now first; workload new → old',
    'the rules or policies among the moved components changed',
  ]);
});

test('what moves along or no longer does is named with what it would have done', () => {
  const alone = { catalog: { ...facts.catalog, compatibility: { rules: [] } } };
  expect(compared(alone)).toEqual([
    'api is no longer part of it (was: 2.0.0 → 1.0.0 (api1, from nowhere probed))',
    'unit api is no longer part of it (was: first; workload new → old)',
    'unit shop: after api (shop!api); workload new → old is now first; workload new → old',
    'the rules or policies among the moved components changed',
  ]);
  expect(comparePlans(buildPlan({ ...facts, ...alone }), plan)).toEqual([
    'api is new: 2.0.0 → 1.0.0 (api1, from nowhere probed)',
    'unit api is new: first; workload new → old',
    'unit shop: first; workload new → old is now after api (shop!api); workload new → old',
    'the rules or policies among the moved components changed',
  ]);
});

test('a group is compared with its mechanism, an unknown digest says so', () => {
  const both = { rules: [oldNew('shop!api'), oldNew('api!shop')] };
  const group = (mechanism: 'router' | 'quiesce'): Plan =>
    buildPlan({
      ...facts,
      catalog: { ...facts.catalog, compatibility: both, groups: [{ components: ['shop', 'api'], mechanism }] },
    });
  expect(comparePlans(group('router'), group('quiesce'))).toEqual([
    'unit api+shop: first; router; workload new → old, workload new → old is now first; quiesce; workload new → old, workload new → old',
  ]);
});

test('losses, refusals, accepted rules and the verdict are compared each on a line', () => {
  const lossless = { ...facts.layers, shop: [layer(1, { cannotUndo: ['2 e-mails'] })] };
  expect(
    compared({
      layers: lossless,
      accept: ['shop!api'],
      obstacles: [{ code: 'LOCK_HELD', component: 'shop', why: 'locked' }],
    }),
  ).toEqual([
    'api is no longer part of it (was: 2.0.0 → 1.0.0 (api1, from nowhere probed))',
    'unit api is no longer part of it (was: first; workload new → old)',
    'unit shop: after api (shop!api); workload new → old is now first; workload new → old',
    'new refusal: LOCK_HELD shop',
    'new can not undo: shop: 2 e-mails',
    'no longer loses: shop: 12 carts',
    'new accepted rule: shop!api',
    'verdict: LOSES DATA → BLOCKED',
    'the rules or policies among the moved components changed',
  ]);
});

test('a change that no line names is still said to be one', () => {
  const otherwise = {
    ...facts.layers,
    api: [layer(1, { steps: [{ from: 'new', to: 'old', goal: { replicas: 3 } }] })],
  };
  expect(compared({ layers: otherwise })).toEqual(['the decision changed in a detail of its steps']);
});

describe('what is lost, as text', () => {
  const sources = [{ kind: 'git', available: true }];
  const made = (digest: string, carts: string): Plan =>
    buildPlan({
      ...factsFor(['shop'], ['shop'], { releases: [release('shop', '1.0.0', 'good', { digest, sources })] }),
      layers: { shop: [layer(1, { loses: [carts], cannotUndo: [carts], reversibility: 'lossy' })] },
    });
  const [one, other] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

  test('a digest is shortened, and other numbers in a loss are no other loss', () => {
    expect(comparePlans(made(one, '12 carts of 03:14:15'), made(other, '1,500 carts of 04:00'))).toEqual([
      'shop: 2.0.0 → 1.0.0 (sha256:111111111111, from git) is now 2.0.0 → 1.0.0 (sha256:222222222222, from git)',
    ]);
  });

  test('a name with a number is not the name without one', () => {
    expect(comparePlans(made(one, 'table orders2'), made(other, 'table orders')).slice(1)).toEqual([
      'new can not undo: shop: table orders',
      'no longer can not undo: shop: table orders2',
      'new loses: shop: table orders',
      'no longer loses: shop: table orders2',
    ]);
  });
});

test('a unit that writes nothing is told without a list of writes', () => {
  const bare = buildPlan(factsFor(['shop', 'api'], ['shop']));
  const both = buildPlan(factsFor(['shop', 'api'], ['shop', 'api']));
  expect(comparePlans(bare, both)).toContain('unit api is new: first');
});
