import { byCodeUnit, componentOf } from '../domain/identity';
import type { Closure, Start } from './closure';
import { problemOf, type Base, type Picks, type Problem } from './problem';
import { everyChoice, searchClosure, type Found } from './search';

/** The question with its candidates picked, and the moves that answer it. */
export interface Solution extends Found {
  readonly problem: Problem;
}

/**
 * Picks candidates and closes the bad components over the rules. Candidates are picked without looking at the layers:
 * they are assessed for exactly these targets, and a layer that refuses never makes the planner try an older release.
 */
export function solve(base: Base): Solution {
  const hasLayers = base.ground.layers.some((layers) => layers !== undefined);
  const bare = hasLayers
    ? { ...base, ground: { ...base.ground, layers: base.ground.keys.map(() => undefined) } }
    : base;
  const { picks, solution } = pick(bare);
  return hasLayers ? attempt(base, picks) : solution;
}

/** Component numbers of everything that moves, whichever way a choice falls. */
export function widestScope({ problem, closure }: Solution): readonly number[] {
  const wide = everyChoice(problem, startsOf(problem));
  const scope: number[] = [];
  closure.reached.forEach((stage, at) => (stage > 0 || wide.reached[at]! > 0) && scope.push(at));
  return scope;
}

/** The bad components go all the way to their targets. */
function startsOf(problem: Problem): readonly Start[] {
  return problem.ground.bad
    .map((at) => ({ at, stage: Math.max(problem.lastStage(at), problem.track(at).blocks.size > 0 ? 1 : 0) }))
    .filter(({ stage }) => stage > 0);
}

interface Picked {
  readonly picks: Picks;
  readonly solution: Solution;
  readonly score: Score;
}

/** Refused, related pairs that nobody has seen, how far the bad ones go back, how far the others do. */
type Score = readonly [number, number, number, number];

/** Newest known-good releases first; others only where they fit better: a set that was seen live together, or a legal end. */
function pick(base: Base): Picked {
  let best = tryPicks(base, new Map());
  const isEnough = ({ score: [refused, unknown] }: Picked): boolean => refused === 0 && unknown === 0;
  if (isEnough(best) || best.solution.closure.blocked.length > 0) return best;
  const queue: Picks[] = [...seenPicks(base, best.solution), ...conflictPicks(base, best)];
  const tried = new Set<string>();
  let work = 0;
  for (const picks of queue) {
    const name = nameOf(picks);
    if (tried.has(name)) continue;
    tried.add(name);
    if (tried.size >= attemptCap || work > workCap) break;
    const found = tryPicks(base, picks);
    work += found.solution.closure.work;
    if (isBetter(found.score, best.score)) best = found;
    queue.push(...conflictPicks(base, found));
  }
  return best;
}

const attemptCap = 64;
const workCap = 2_000_000;

function attempt(base: Base, picks: Picks): Solution {
  const problem = problemOf(base, picks);
  return { problem, ...searchClosure(problem, startsOf(problem)) };
}

function tryPicks(base: Base, picks: Picks): Picked {
  const solution = attempt(base, picks);
  const { closure, problem } = solution;
  const bad = new Set(base.ground.bad);
  const distance = (wanted: boolean): number =>
    [...picks].reduce((sum, [at, index]) => (bad.has(at) === wanted ? sum + index : sum), 0);
  const refused = closure.blocked.length + closure.conflicts.length;
  const unknown = base.sightings.sets.length === 0 ? 0 : unknownEnds(problem, closure);
  return { picks, solution, score: [refused, unknown, distance(true), distance(false)] };
}

/** Related pairs of the end state that nobody has seen or ruled. */
function unknownEnds(problem: Problem, { reached }: Closure): number {
  let unknown = 0;
  for (const pair of problem.compatibility.pairs) {
    if (reached[pair.low] === 0 && reached[pair.high] === 0) continue;
    const low = problem.stateAt(pair.low, reached[pair.low]!);
    const high = problem.stateAt(pair.high, reached[pair.high]!);
    if (!problem.compatibility.isKnown(pair, low, high)) unknown += 1;
  }
  return unknown;
}

/** One set of picks for every set of versions that was seen together and differs from the newest ones. */
function seenPicks({ ground, sightings, choice }: Base, { closure }: Solution): readonly Picks[] {
  const found = new Map<string, Picks>();
  const moved = ground.keys.map((_key, at) => at).filter((at) => closure.reached[at]! > 0);
  for (const set of sightings.sets) {
    const picks = new Map<number, number>();
    for (const at of moved) {
      const version = set.get(ground.keys[at]!) ?? set.get(componentOf(ground.keys[at]!));
      const index = choice(at).candidates.findIndex(({ release }) => release.version === version);
      if (index > 0) picks.set(at, index);
    }
    if (picks.size > 0) found.set(nameOf(picks), picks);
  }
  return [...found].sort(([left], [right]) => byCodeUnit(left, right)).map(([, picks]) => picks);
}

/** For every end state that a rule forbids: the next older candidate of either side, that of a bad one last. */
function conflictPicks({ ground, choice }: Base, { picks, solution }: Picked): readonly Picks[] {
  const { closure } = solution;
  const bad = new Set(ground.bad);
  const sides = new Set(
    closure.conflicts.flatMap(({ one, other }) => [closure.moves[one]!.at, closure.moves[other]!.at]),
  );
  return [...sides]
    .sort((left, right) => Number(bad.has(left)) - Number(bad.has(right)) || left - right)
    .map((at) => [at, (picks.get(at) ?? 0) + 1] as const)
    .filter(([at, index]) => index < choice(at).candidates.length)
    .map(([at, index]) => new Map([...picks, [at, index]]));
}

function nameOf(picks: Picks): string {
  return [...picks]
    .sort(([left], [right]) => left - right)
    .map(([at, index]) => `${at}:${index}`)
    .join(' ');
}

function isBetter(score: Score, than: Score): boolean {
  const differing = score.findIndex((part, at) => part !== than[at]);
  return differing >= 0 && score[differing]! < than[differing]!;
}
