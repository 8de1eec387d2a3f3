import type { PlanFacts } from '../../src/domain/plan';

/** The same facts with every map and every list turned round, except where a list is a sequence (a rule's two sides). */
export function permuted(facts: PlanFacts): PlanFacts {
  return turn(facts) as PlanFacts;
}

function turn(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value.map((item) => turn(item));
    return key === 'barriers' ? items : items.toReversed();
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, item]) => [name, turn(item, name)]),
  );
}

/** The same facts under other component names, in another order of the alphabet. */
export function renamed(facts: PlanFacts): { readonly facts: PlanFacts; readonly nameFor: (id: string) => string } {
  const nameFor = (id: string): string => (/^c\d$/.test(id) ? `x${9 - Number(id.slice(1))}` : id);
  const text = JSON.stringify(facts).replaceAll(/"c(\d)"/g, (_all, digit: string) => `"${nameFor(`c${digit}`)}"`);
  return { facts: JSON.parse(text) as PlanFacts, nameFor };
}
