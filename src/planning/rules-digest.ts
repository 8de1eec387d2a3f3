import { digestOfParts } from '../digest';
import { byCodeUnit, componentOf, placementOf } from '../domain/identity';
import type { Problem } from './problem';
import type { Side, Statement } from './statements';

/**
 * Digest of the rules and policies among the moved components: another rule between them is another decision, a rule
 * about somebody else is not. What a rule with an unmoved component changes shows in the units or not at all.
 */
export function rulesDigestOf(problem: Problem, moved: readonly number[]): string {
  return digestOfParts(partsOf(problem, moved), separator);
}

/** Control characters are in no id and in no version, so joined texts differ whenever their parts do. */
const separator = '\u0001';

function* partsOf({ ground, statements }: Problem, moved: readonly number[]): Generator<string> {
  const { facts, components, keys } = ground;
  yield facts.catalog.compatibility?.default ?? 'unknown-optimistic';
  const isMoved = new Uint8Array(keys.length);
  for (const at of moved) isMoved[at] = 1;
  const moves = ({ places }: Side): boolean => places.some((at) => isMoved[at] === 1);
  const among: string[] = [];
  for (const statement of statements) {
    if (moves(statement.low) && moves(statement.high)) among.push(textOf(statement));
  }
  yield* among.sort();
  for (const name of new Set(moved.map((at) => componentOf(keys[at]!)))) {
    yield name;
    yield components.get(name)?.strategy ?? 'rolling';
  }
  const places = new Set(moved.map((at) => placementOf(keys[at]!) ?? ''));
  for (const [at, list] of (facts.catalog.policies?.dispatch?.barriers ?? []).entries()) {
    const own = list.filter((place) => places.has(place)).sort(byCodeUnit);
    if (own.length > 0) yield* [String(at), ...own];
  }
}

/** Sorts by id: several statements have one, as both ways to read a rule about one component do. */
function textOf({ id, low, high, isAnywhere }: Statement): string {
  return [id, isAnywhere ? 'any' : 'placement', low.text, high.text].join(separator);
}
