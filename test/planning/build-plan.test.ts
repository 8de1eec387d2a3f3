import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, planDigest, planScope, verifyPlan } from '../../src/planning';

const rules = [
  { id: 'a-b', forbid: [{ a: '<2' }, { b: '>=2' }] as const },
  { id: 'b-s', forbid: [{ b: '<2' }, { s: '>=2' }] as const },
];

const facts = (over: Partial<PlanFacts> = {}): PlanFacts => ({
  environment: 'production',
  catalog: { components: { a: {}, b: {}, s: {} }, compatibility: { rules } },
  bad: ['a'],
  live: {
    a: { version: '2.0.0', digest: 'a2' },
    b: { version: '2.0.0', digest: 'b2' },
    s: { version: '2.0.0', digest: 's2' },
  },
  releases: ['a', 'b', 's'].flatMap((component) => [
    { component, version: '2.0.0', digest: `${component}2`, status: 'unknown' as const },
    { component, version: '1.0.0', digest: `${component}1`, status: 'good' as const },
  ]),
  ...over,
});

test('what a rule asks for moves along and goes first', () => {
  const plan = buildPlan(facts());
  expect(plan.units.map(({ id, after }) => [id, after.map(({ unit, rule }) => `${unit} ${rule}`)])).toEqual([
    ['s', []],
    ['b', ['s b-s']],
    ['a', ['b a-b']],
  ]);
  expect(plan.verdict).toBe('SAFE');
  expect(plan.digest).toBe(planDigest(plan));
  expect(verifyPlan(plan, facts())).toEqual([]);
});

test('the scope names every component whose layers must be assessed', () => {
  expect(planScope(facts()).components).toEqual(['a', 'b', 's']);
});

test('a pinned component refuses the plan with the path that leads to it', () => {
  const plan = buildPlan(facts({ pinned: [{ component: 's', why: 'frozen by audit' }] }));
  expect(plan.verdict).toBe('BLOCKED');
  expect(plan.units).toEqual([]);
  expect(plan.refusals.map(({ code, path }) => ({ code, path }))).toEqual([
    {
      code: 'PINNED',
      path: [
        { from: 'a', to: 'b', rule: 'a-b' },
        { from: 'b', to: 's', rule: 'b-s' },
      ],
    },
  ]);
});

test('a component that can not move is refused once, by whatever many it is needed', () => {
  const both = [...rules, { id: 'a-s', forbid: [{ a: '<2' }, { s: '>=2' }] as const }];
  const pinned = facts({
    catalog: { components: { a: {}, b: {}, s: {} }, compatibility: { rules: both } },
    bad: ['a', 'b'],
    pinned: [{ component: 's', why: 'frozen by audit' }],
  });
  expect(buildPlan(pinned).refusals.map(({ code, components }) => [code, ...components])).toEqual([['PINNED', 's']]);
});

test('the order in which a plan lists what is bad is no part of the decision', () => {
  const plan = buildPlan(facts({ bad: ['a', 's'] }));
  expect(planDigest({ ...plan, bad: plan.bad.toReversed() })).toBe(plan.digest);
  expect(planDigest({ ...plan, bad: ['a'] })).not.toBe(plan.digest);
});

test('accepting a rule is another decision, also where nothing else changes', () => {
  const accepted = buildPlan({ ...facts(), accept: ['a-b'], bad: ['s'] });
  const plan = buildPlan({ ...facts(), bad: ['s'] });
  expect(planDigest({ ...plan, accepted: ['a-b'] })).not.toBe(plan.digest);
  expect(accepted.units.map(({ id }) => id)).toEqual(['s']);
});

test('a barrier of placements that do not move is no part of the decision', () => {
  const places = { placements: { eu: {}, us: {} } };
  const withBarriers = (barriers: readonly (readonly string[])[]): PlanFacts => ({
    ...facts({ bad: ['s/eu'] }),
    catalog: { components: { s: places }, policies: { dispatch: { barriers } } },
    live: { s: { version: '2.0.0', digest: 's2' } },
    releases: facts().releases.filter(({ component }) => component === 's'),
  });
  expect(buildPlan(withBarriers([['eu', 'us']])).digest).toBe(buildPlan(withBarriers([['eu']])).digest);
  expect(buildPlan(withBarriers([['us'], ['eu']])).digest).not.toBe(buildPlan(withBarriers([['eu']])).digest);
});
