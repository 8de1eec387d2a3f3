import type { Outline, PlanStep } from '../../src/domain/plan';
import { buildPlan, outlineOf } from '../../src/planning';
import { factsFor } from './build';
import { edgeScenarios } from './edge-scenarios';
import { scenarios } from './scenarios';

const limits = {
  attemptMs: 1,
  heartbeatMs: 2,
  attempts: 3,
} as unknown as Outline['units'][number]['steps'][number]['limits'];
const settings = {
  planRef: 'plan-7',
  catalogDigest: 'sha256:c',
  maxConcurrentUnits: 3,
  markdown: '# Plan',
  stepSettings: ({ layer }: PlanStep) => ({ queue: `lastgood-${layer}`, limits }),
};
const outlined = (name: string): Outline => outlineOf(buildPlan(scenarios[name]!), settings);

test('the workflow carries ids, order, queues, limits and one line each, and nothing else', () => {
  const plan = buildPlan(scenarios['placements go back in the order of the barriers']!);
  const { units, ...rest } = outlineOf(plan, settings);
  expect(rest).toMatchObject({
    planRef: 'plan-7',
    planDigest: plan.digest,
    catalogDigest: 'sha256:c',
    maxConcurrentUnits: 3,
    markdown: '# Plan',
    verdict: plan.verdict,
    verdictText: plan.verdictText,
    refusals: [],
  });
  expect(rest).not.toHaveProperty('stepSettings');
  expect(rest.targets.slice(0, 2)).toEqual([
    { component: 'shop/canary', bad: true, from: '2.0.0', to: '1.0.0' },
    { component: 'shop/eu', bad: true, from: '2.0.0', to: '1.0.0' },
  ]);
  expect(units.slice(0, 4)).toMatchObject([
    {
      id: 'api',
      kind: 'move',
      components: ['api'],
      after: [],
      line: 'api 2.0.0 → 1.0.0',
      steps: [
        { id: 'api/workload/1', component: 'api', queue: 'lastgood-workload', limits, line: 'workload new → old' },
      ],
    },
    { id: 'shop/canary', after: ['api'], line: 'shop/canary 2.0.0 → 1.0.0' },
    {
      id: 'barrier:1',
      kind: 'barrier',
      after: ['shop/canary'],
      line: 'barrier 1: what stands before it is verified first',
      steps: [],
    },
    { id: 'shop/eu', after: ['api', 'barrier:1'], tailSeconds: 10 },
  ]);
});

test('flags, groups and stages have lines of their own; an edge by two rules is one to wait for', () => {
  const lines = (name: string): readonly string[] => outlined(name).units.map(({ id, line }) => `${id}: ${line}`);
  expect(lines('two flags open the group, and the fewest are switched')).toEqual([
    'flag-off:all: flag all off',
    'api: api 2.0.0 → 1.0.0',
    'shop: shop 2.0.0 → 1.0.0',
    'flag-restore:all: flag all as it was',
  ]);
  expect(outlined('two flags open the group, and the fewest are switched').units[1]?.after).toEqual(['flag-off:all']);
  expect(lines('a group of twelve is named by all of its members')[0]).toMatch(
    /: c00 2\.0\.0 → 1\.0\.0 \+ c01 2\.0\.0 → 1\.0\.0 \+/,
  );
  expect(lines('the stages of a chain go one by one, its other layers with the last')).toEqual([
    'db@m8: db m9 → m8',
    'db@m7: db m9 → m7',
  ]);
});

test('refusals are one line each', () => {
  expect(outlined('a pinned component is pinned in all of its placements').refusals).toEqual([
    'PINNED: shop/eu is pinned: frozen; instead:  fix forward: deploy a corrected shop/eu and shop/us',
    'PINNED: shop/us is pinned: frozen; instead:  fix forward: deploy a corrected shop/eu and shop/us',
  ]);
});

test('of several ways out each after the first is another one', () => {
  const plan = buildPlan(
    factsFor(['shop', 'api'], ['shop', 'api'], {
      catalog: { compatibility: { rules: [{ id: 'old', forbid: [{ shop: '1.0.0' }, { api: '1.0.0' }] }] } },
    }),
  );
  expect(outlineOf(plan, settings).refusals[0]).toMatch(
    /; instead: {2}lastgood rollback .*; or: {2}fix forward: deploy a corrected shop and api$/,
  );
});

test('a step keeps its phase and how long its checks are watched, where it has them', () => {
  const phases = (name: string) => buildPlan(edgeScenarios[name]!);
  const stopped = outlineOf(phases('what can be stopped is stopped around its steps'), settings);
  expect(stopped.units[0]?.steps.map(({ line, phase }) => [line, phase])).toEqual([
    ['workload new → none', 'stop'],
    ['workload new → old', undefined],
    ['workload none → some', undefined],
    ['workload some → old', 'start'],
  ]);
  expect(stopped.units[0]?.steps[1]).not.toHaveProperty('phase');
  expect(stopped.units[0]?.steps[1]).not.toHaveProperty('checkAfterMs');
  const plan = phases('what is lost is counted in the verdict');
  const watched = plan.units.map((unit) => ({
    ...unit,
    steps: unit.steps.map((step) => ({ ...step, checkAfterMs: 7 })),
  }));
  expect(outlineOf({ ...plan, units: watched }, settings).units[0]?.steps[0]?.checkAfterMs).toBe(7);
});
