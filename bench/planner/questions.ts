import type { PlanFacts } from '../../src/domain/plan-facts';

type Rules = NonNullable<NonNullable<PlanFacts['catalog']['compatibility']>['rules']>;

/** Components that all run 2.0.0 and were good at 1.0.0; five rules a component run to near neighbours, every tenth of them back. */
export function shop(components: number): PlanFacts {
  const random = generator(42);
  const names = namesOf(components);
  const rules = Array.from({ length: components * 5 }, (_none, at) => {
    const one = Math.floor(random() * components);
    const near = one + 1 + Math.floor(random() * 20) - (at % 10 === 0 ? 20 : 0);
    const other = Math.min(components - 1, Math.max(0, near));
    return needs(at, names[one]!, names[other === one ? (one + 1) % components : other]!);
  });
  return factsOf(names, rules);
}

/** Every component needs the next one: the longest path that so many components can have. */
export function chain(components: number): PlanFacts {
  const names = namesOf(components);
  return factsOf(
    names,
    names.slice(1).map((next, at) => needs(at, names[at]!, next)),
  );
}

/** So many rules between two components: more than anybody writes. */
export function flood(rules: number): PlanFacts {
  const names = namesOf(2);
  return factsOf(
    names,
    Array.from({ length: rules }, (_none, at) => needs(at, names[0]!, names[1]!)),
  );
}

function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_none, at) => `c${String(at).padStart(6, '0')}`);
}

/** The old `one` can not live with the new `other`. */
function needs(at: number, one: string, other: string): Rules[number] {
  return { id: `r${at}`, forbid: [{ [one]: '<2.0.0' }, { [other]: '>=2.0.0' }] };
}

/** Read back from its text, as facts arrive. The first component is bad. */
function factsOf(names: readonly string[], rules: Rules): PlanFacts {
  const facts: PlanFacts = {
    environment: 'bench',
    catalog: {
      components: Object.fromEntries(names.map((name) => [name, { strategy: 'recreate' as const }])),
      compatibility: { rules },
      groups: [{ components: names, mechanism: 'quiesce' }],
    },
    bad: names.slice(0, 1),
    live: Object.fromEntries(names.map((name) => [name, { version: '2.0.0', digest: `sha256:${name}-2` }])),
    releases: names.flatMap((component) => [
      { component, version: '2.0.0', digest: `sha256:${component}-2`, status: 'unstable' as const },
      { component, version: '1.0.0', digest: `sha256:${component}-1`, status: 'good' as const, goodForSeconds: 86_400 },
    ]),
  };
  return JSON.parse(JSON.stringify(facts)) as PlanFacts;
}

/** A small linear congruential generator (Numerical Recipes), so that every run measures the same graph. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
