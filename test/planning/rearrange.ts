import type { PlanFacts } from '../../src/domain/plan-facts';

/** The same facts with every map and every list shuffled, except where a list is a sequence. */
export function permuted(facts: PlanFacts): PlanFacts {
  return shuffler(JSON.stringify(facts).length)(facts) as PlanFacts;
}

/** Barriers one after the other, layers of a component as they are reverted, compensations as they are to be done. */
const sequences = new Set(['barriers', 'layers', 'compensation']);

/** Shuffles as the number says: a failure comes again with the same facts. */
function shuffler(number: number): (value: unknown) => unknown {
  let state = number;
  const shuffled = <Item>(items: readonly Item[]): readonly Item[] => {
    const left = [...items];
    return items.map(() => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return left.splice((state >> 8) % left.length, 1)[0]!;
    });
  };
  const turn = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value.map((item) => turn(item));
      return sequences.has(key) ? items : shuffled(items);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(shuffled(Object.entries(value)).map(([name, item]) => [name, turn(item, name)]));
  };
  return (value) => turn(value);
}

/** The same facts under other component names, in another order of the alphabet. */
export function renamed(facts: PlanFacts): { readonly facts: PlanFacts; readonly nameFor: (id: string) => string } {
  const nameFor = (id: string): string => (/^c\d$/.test(id) ? `x${9 - Number(id.slice(1))}` : id);
  const text = JSON.stringify(facts).replaceAll(/"c(\d)"/g, (_all, digit: string) => `"${nameFor(`c${digit}`)}"`);
  return { facts: JSON.parse(text) as PlanFacts, nameFor };
}
