import { stringify } from 'yaml';
import type { Plan } from '../../src/domain/plan';
import { buildPlan, planDigest, verifyPlan } from '../../src/planning';
import { expectGolden } from '../report/golden';
import { permuted } from './rearrange';
import { scenarios } from './scenarios';

const named = Object.entries(scenarios);

test.each(named)('%s', (name, facts) => {
  const { digest, rulesDigest, ...plan } = buildPlan(facts);
  expect(digest).toBe(planDigest({ ...plan, digest, rulesDigest } as Plan));
  expect(rulesDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const file = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  expectGolden(`../planning/plans/${file}.yaml`, stringify(plan, { lineWidth: 0, aliasDuplicateObjects: false }));
});

test.each(named)('%s: the checker agrees', (_name, facts) => {
  expect(verifyPlan(buildPlan(facts), facts)).toEqual([]);
});

test.each(named)('%s: in whichever order the facts are told', (_name, facts) => {
  expect(buildPlan(permuted(facts))).toEqual(buildPlan(facts));
});
