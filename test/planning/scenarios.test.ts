import { stringify } from 'yaml';
import { buildPlan, planDigest, verifyPlan } from '../../src/planning';
import { expectGolden } from '../report/golden';
import { edgeScenarios } from './edge-scenarios';
import { permuted } from './rearrange';
import { scenarios } from './scenarios';

const named = Object.entries({ ...scenarios, ...edgeScenarios });

test.each(named)('%s', (name, facts) => {
  const plan = buildPlan(facts);
  expect(plan.digest).toBe(planDigest(plan));
  expect(plan.rulesDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const file = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  expectGolden(`../planning/plans/${file}.yaml`, stringify(plan, { lineWidth: 0, aliasDuplicateObjects: false }));
});

test.each(named)('%s: the checker agrees', (_name, facts) => {
  expect(verifyPlan(buildPlan(facts), facts)).toEqual([]);
});

test.each(named)('%s: in whichever order the facts are told', (_name, facts) => {
  expect(buildPlan(permuted(facts))).toEqual(buildPlan(facts));
});
