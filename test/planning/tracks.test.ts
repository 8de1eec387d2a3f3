import { buildPlan } from '../../src/planning';
import { factsFor, release } from './build';

test('a bad component that has nothing to go back to has no target', () => {
  const facts = factsFor(['shop', 'api'], ['shop', 'api']);
  const plan = buildPlan({ ...facts, releases: [release('api', '1.0.0', 'good')] });
  expect(plan.refusals.map(({ code }) => code)).toEqual(['NO_KNOWN_GOOD_TARGET']);
  expect(plan.targets.map(({ component }) => component)).toEqual(['api']);
});
