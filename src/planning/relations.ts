import { placementOf } from '../domain/identity';
import { placesOf, type Ground } from './ground';
import { byId, turned, type Statement } from './statements';

/** Two related component placements: named together in a rule, a `requires` or a `dependsOn`. */
export interface Pair {
  readonly low: number;
  readonly high: number;
  /** By id, and seen from `low`. */
  readonly statements: readonly Statement[];
}

/**
 * Every related pair of component placements, by number. A meeting of two placements over a statement is one number
 * (low, high, statement): sorted, the meetings of one pair stand together. Exact for every size that is accepted.
 */
export function pairsOf(ground: Ground, statements: readonly Statement[]): readonly Pair[] {
  const said = statements.length + 1;
  const meetings: number[] = [];
  const meet = (ones: readonly number[], others: readonly number[], isAnywhere: boolean, statement: number): void => {
    for (const one of ones) {
      for (const other of others) {
        if (ones === others && one >= other) continue;
        if (isAnywhere || isNear(ground, one, other)) meetings.push(pairKey(ground, one, other) * said + statement);
      }
    }
  };
  statements.forEach(({ low, high, isAnywhere }, at) => meet(low.places, high.places, isAnywhere, at));
  for (const [name, { dependsOn }] of ground.components) {
    if (dependsOn === undefined) continue;
    for (const other of dependsOn) meet(placesOf(ground, name), placesOf(ground, other), false, said - 1);
  }
  return gathered(ground, statements, new Float64Array(meetings).sort());
}

function pairKey({ keys }: Ground, one: number, other: number): number {
  return one < other ? one * keys.length + other : other * keys.length + one;
}

/** Rules hold within a placement name; what has no placements meets every placement. */
function isNear({ hasPlacements, keys }: Ground, one: number, other: number): boolean {
  if (!hasPlacements) return true;
  const here = placementOf(keys[one]!);
  if (here === undefined) return true;
  const there = placementOf(keys[other]!);
  return there === undefined || here === there;
}

function gathered(ground: Ground, statements: readonly Statement[], meetings: Float64Array): readonly Pair[] {
  const said = statements.length + 1;
  const pairs: Pair[] = [];
  let at = 0;
  while (at < meetings.length) {
    const key = Math.floor(meetings[at]! / said);
    const low = Math.floor(key / ground.keys.length);
    const from = at;
    while (at < meetings.length && Math.floor(meetings[at]! / said) === key) at += 1;
    const own = heldBy(low, statements, meetings, from, at);
    pairs.push({ low, high: key % ground.keys.length, statements: own });
  }
  return pairs;
}

/** The statements of the meetings between two positions, by id; a `dependsOn` has none. */
function heldBy(
  low: number,
  statements: readonly Statement[],
  meetings: Float64Array,
  from: number,
  end: number,
): readonly Statement[] {
  const said = statements.length + 1;
  const first = statements[meetings[from]! % said];
  if (first === undefined) return [];
  const held = [seenFrom(low, first)];
  for (let at = from + 1; at < end; at += 1) {
    const statement = statements[meetings[at]! % said];
    if (statement !== undefined) held.push(seenFrom(low, statement));
  }
  return held.length > 1 ? held.sort(byId) : held;
}

/** Keys sort like names, except where a name goes on with a character below `/`. */
function seenFrom(low: number, statement: Statement): Statement {
  return statement.low.places.includes(low) ? statement : turned(statement);
}

/** Names of the components that anything relates to one of these. */
export function neighboursOf(
  { components }: Ground,
  statements: readonly Statement[],
  names: ReadonlySet<string>,
): ReadonlySet<string> {
  const near = new Set<string>();
  const meet = (one: string, other: string): void => {
    if (names.has(one)) near.add(other);
    if (names.has(other)) near.add(one);
  };
  for (const { low, high } of statements) meet(low.component, high.component);
  for (const [name, { dependsOn }] of components) for (const other of dependsOn ?? []) meet(name, other);
  return near;
}
