import { closureOf, type Closure } from './closure';
import { problemOf, type Base, type Problem } from './problem';
import type { Move } from './tracks';

/** The question with its candidates picked, and the moves that answer it. */
export interface Solution {
  readonly problem: Problem;
  readonly closure: Closure;
}

/** Picks candidates and closes the bad components over the rules. */
export function solve(base: Base): Solution {
  const problem = problemOf(base);
  return { problem, closure: closureOf(problem, startsOf(problem)) };
}

/** The bad components go all the way to their targets. */
export function startsOf(problem: Problem): readonly Move[] {
  return problem.ground.bad
    .map((at) => ({ at, stage: Math.max(problem.lastStage(at), problem.track(at).blocks.size > 0 ? 1 : 0) }))
    .filter(({ stage }) => stage > 0);
}
