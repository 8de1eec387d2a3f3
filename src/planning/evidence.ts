import { componentOf } from '../domain/identity';
import type { Closure } from './closure';
import type { Pair } from './compatibility';
import type { Draft } from './drafts';
import { keyOf, type Problem } from './problem';
import type { Move } from './tracks';

/** What the plan rests on: the related pairs of versions that it makes live together. */
export interface Evidence {
  readonly seen: number;
  readonly total: number;
  /** Pairs that nobody has seen or ruled, as text. */
  readonly unknown: readonly string[];
  /** The first of them with a tier-1 component. */
  readonly critical: string | undefined;
  /** Accepted rules whose violation the plan brings about. */
  readonly violated: readonly string[];
  /** Rules that forbid what was seen live together. */
  readonly contradicted: readonly string[];
}

/** Nothing becomes live that is not live now. */
export const noEvidence: Evidence = {
  seen: 0,
  total: 0,
  unknown: [],
  critical: undefined,
  violated: [],
  contradicted: [],
};

/** Counts the evidence for every related pair of which at least one component moves. */
export function evidenceOf(problem: Problem, closure: Closure, drafts: readonly Draft[]): Evidence {
  const precedes = precedence(closure, drafts);
  const found = {
    pairs: new Map<string, string | undefined>(),
    violated: new Set<string>(),
    contradicted: new Set<string>(),
  };
  for (const pair of problem.compatibility.pairs) {
    if (closure.reached[pair.low] === 0 && closure.reached[pair.high] === 0) continue;
    for (const [low, high] of cellsOf(pair, closure)) {
      contradiction(problem, pair, low, high, found.contradicted);
      if (isAvoided(closure, precedes, low, high)) continue;
      collect(problem, pair, low, high, found);
    }
  }
  const unknown = [...found.pairs.entries()].filter(([, tier]) => tier !== undefined);
  return {
    seen: found.pairs.size - unknown.length,
    total: found.pairs.size,
    unknown: unknown.map(([text]) => text),
    critical: unknown.find(([, tier]) => tier === 'critical')?.[0],
    violated: [...found.violated].sort(),
    contradicted: [...found.contradicted].sort(),
  };
}

function collect(
  problem: Problem,
  pair: Pair,
  low: Move,
  high: Move,
  found: { pairs: Map<string, string | undefined>; violated: Set<string>; contradicted: Set<string> },
): void {
  const [lowState, highState] = [problem.state(low), problem.state(high)];
  const verdict = problem.compatibility.judge(pair, lowState, highState);
  const text = `${versionText(problem, low)} × ${versionText(problem, high)}`;
  const isCritical = [low, high].some(
    ({ at }) => problem.ground.components.get(componentOf(keyOf(problem, at)))?.tier === 1,
  );
  found.pairs.set(text, verdict === 'unknown' ? (isCritical ? 'critical' : 'other') : undefined);
  for (const rule of problem.compatibility.acceptedAgainst(pair, lowState, highState)) found.violated.add(rule);
}

/** A rule forbids what was seen: the rule wins, and people are told. */
function contradiction(problem: Problem, pair: Pair, low: Move, high: Move, found: Set<string>): void {
  if (problem.sightings.sets.length === 0) return;
  const [lowState, highState] = [problem.state(low), problem.state(high)];
  const [rule] = problem.compatibility.rulesAgainst(pair, lowState, highState);
  const [one, other] = [keyOf(problem, low.at), keyOf(problem, high.at)];
  if (rule === undefined || !problem.sightings.areSeen(one, lowState.version, other, highState.version)) return;
  found.add(`${rule} forbids ${versionText(problem, low)} × ${versionText(problem, high)}`);
}

/** Placements of one component at one version count once. */
function versionText(problem: Problem, move: Move): string {
  return `${componentOf(keyOf(problem, move.at))} ${problem.state(move).version}`;
}

function* cellsOf({ low, high }: Pair, { reached }: Closure): Generator<readonly [Move, Move]> {
  for (let one = 0; one <= reached[low]!; one += 1) {
    for (let other = 0; other <= reached[high]!; other += 1) {
      if (one > 0 || other > 0)
        yield [
          { at: low, stage: one },
          { at: high, stage: other },
        ];
    }
  }
}

type Precedes = (earlier: number, later: number) => boolean;

/** One of the two has left its stage before the other enters, or they pass each other inside one unit. */
function isAvoided(closure: Closure, precedes: Precedes, low: Move, high: Move): boolean {
  const leavesFirst = (one: Move, other: Move): boolean => {
    const [left, entered] = [closure.moveAt(one.at, one.stage + 1), closure.moveAt(other.at, other.stage)];
    return left !== undefined && entered !== undefined && precedes(left, entered);
  };
  return leavesFirst(low, high) || leavesFirst(high, low);
}

/** Whether one move is over (or in the same unit) when another begins: exact for plans of up to 2,000 units. */
function precedence(closure: Closure, drafts: readonly Draft[]): Precedes {
  const unitOf = new Int32Array(closure.moves.length);
  drafts.forEach(({ moves }, unit) => moves.forEach(({ at, stage }) => (unitOf[closure.moveAt(at, stage)!] = unit)));
  const ancestors = drafts.length <= exactUnits ? ancestorsOf(drafts) : undefined;
  return (earlier, later) => {
    const [first, second] = [unitOf[earlier]!, unitOf[later]!];
    if (first === second) return true;
    if (ancestors === undefined) return drafts[second]!.after.some(({ draft }) => draft === first);
    return ((ancestors[second]![first >> 5]! >> (first & 31)) & 1) === 1;
  };
}

const exactUnits = 2_000;

function ancestorsOf(drafts: readonly Draft[]): readonly Uint32Array[] {
  const words = (drafts.length + 31) >> 5;
  const rows: Uint32Array[] = [];
  drafts.forEach(({ after }, unit) => {
    const row = new Uint32Array(words);
    for (const { draft } of after) {
      row[draft >> 5]! |= 1 << (draft & 31);
      const before = rows[draft]!;
      for (let word = 0; word < words; word += 1) row[word]! |= before[word]!;
    }
    rows[unit] = row;
  });
  return rows;
}
