import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, oldNew } from './build';

/** Pairs that need each other both ways, and flags, each with the rules that it waives. */
function pairsWith(
  pairs: readonly string[],
  flags: Readonly<Record<string, readonly string[]>>,
  catalog: Partial<PlanFacts['catalog']> = {},
): PlanFacts {
  const names = Array.from(pairs.join(''));
  const rules = pairs.flatMap((pair) => [`${pair[0]}!${pair[1]}`, `${pair[1]}!${pair[0]}`]).map(oldNew);
  const again = rules.map((rule) => ({ ...rule, id: `${rule.id} again` }));
  return factsFor(names, names, {
    catalog: {
      ...catalog,
      compatibility: { rules: [...rules, ...again] },
      flags: Object.fromEntries(
        Object.entries(flags).map(([flag, waives]) => [flag, { component: names[0]!, layer: 'flag', waives }]),
      ),
    },
  });
}

const unitsOf = (facts: PlanFacts): readonly string[] => {
  const plan = buildPlan(facts);
  expect(verifyPlan(plan, facts)).toEqual([]);
  return plan.units.map(({ id }) => id).sort();
};

test('of flags that look useful only those are switched that open every group together, whichever they are', () => {
  const opens = (pair: string): readonly string[] => [`${pair[0]}!${pair[1]}`, `${pair[0]}!${pair[1]} again`];
  const flags = { f1: ['a!b'], f2: opens('ab'), f3: opens('cd'), f4: ['c!d'] };
  expect(unitsOf(pairsWith(['ab', 'cd'], flags)).filter((id) => id.includes('f'))).toEqual([
    'flag-off:f2',
    'flag-off:f3',
    'flag-restore:f2',
    'flag-restore:f3',
  ]);
});

test('a group that no flag opens stays one beside a group that a flag opens', () => {
  const groups = [{ components: ['c', 'd'], mechanism: 'quiesce' as const }];
  expect(unitsOf(pairsWith(['ab', 'cd'], { fast: ['a!b', 'a!b again'] }, { groups }))).toEqual([
    'a',
    'b',
    'c+d',
    'flag-off:fast',
    'flag-restore:fast',
  ]);
});
