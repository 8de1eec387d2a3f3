import type { Plan, PlanFacts } from '../../src/domain/plan';
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
