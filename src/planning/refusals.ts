import { byCodeUnit } from '../domain/identity';
import type { Refusal } from '../domain/plan';
import type { Draft } from './arrange';
import { chainRule, type Blocked, type Cause, type Closure, type Conflict } from './closure';
import { commands } from './offers';
import { keyOf, stageText, type Problem } from './problem';

type Path = Refusal['path'];

/** What stands in the way of a closure: components that can not move, and end states that a rule forbids. */
export function refusalsOf(problem: Problem, closure: Closure): readonly Refusal[] {
  return [
    ...closure.blocked.map((blocked) => blockedRefusal(problem, closure, blocked)),
    ...closure.conflicts.map((conflict) => conflictRefusal(problem, closure, conflict)),
  ];
}

/** Groups that must move together while nothing says how. */
export function groupRefusals(problem: Problem, drafts: readonly Draft[]): readonly Refusal[] {
  return drafts
    .filter(({ moves, mechanism }) => moves.length > 1 && mechanism === undefined)
    .map(({ moves, ties }) => {
      const components = [...new Set(moves.map(({ at }) => keyOf(problem, at)))];
      return {
        code: 'GROUP_NEEDS_MECHANISM',
        components,
        path: [],
        why: `${components.join(' and ')} must move together (${ties.join(', ')}), and the catalog names no mechanism for that`,
        offers: [
          `name a mechanism in the catalog: groups: [{components: [${components.join(', ')}], mechanism: router}]`,
          ...accepting(problem, ties.filter((rule) => rule !== chainRule).slice(0, 1)),
        ],
      };
    });
}

/** Things that stand in the way and were found by others. */
export function obstacleRefusals({ ground }: Problem): readonly Refusal[] {
  return [...(ground.facts.obstacles ?? [])]
    .map(({ code, component, why, remedy }) => ({
      code,
      components: component === undefined ? [] : [component],
      path: [],
      why,
      offers: remedy === undefined ? [] : [remedy],
    }))
    .sort((left, right) => byCodeUnit(left.code, right.code) || byCodeUnit(left.why, right.why));
}

function blockedRefusal(problem: Problem, closure: Closure, { at, block, cause }: Blocked): Refusal {
  const path = [...pathTo(problem, closure, cause), ...lastHop(problem, closure, at, cause)];
  const last = path.at(-1);
  const needed = last === undefined ? '' : `; ${last.from} can not go back without it (${last.rule})`;
  return {
    code: block.code,
    components: [keyOf(problem, at)],
    path,
    why: `${block.why}${needed}`,
    offers: [...accepting(problem, last === undefined ? [] : [last.rule]), ...block.offers],
  };
}

function conflictRefusal(problem: Problem, closure: Closure, { one, other, rule }: Conflict): Refusal {
  const [first, second] = [closure.moves[one]!, closure.moves[other]!];
  const [from, to] = [keyOf(problem, first.at), keyOf(problem, second.at)];
  return {
    code: 'END_STATE_FORBIDDEN',
    components: [from, to],
    path: [...pathTo(problem, closure, { move: one, rule }), { from, to, rule }],
    why: `${stageText(problem, first)} × ${stageText(problem, second)} is forbidden by ${rule}, and both would be live in the end`,
    offers: [
      ...accepting(problem, [rule]),
      `${commands.plan(problem.ground.facts.environment, badKeys(problem))} --to ${to}=VERSION`,
    ],
  };
}

function badKeys(problem: Problem): readonly string[] {
  return problem.ground.bad.map((at) => keyOf(problem, at));
}

function accepting(problem: Problem, rules: readonly string[]): readonly string[] {
  return rules.map((rule) => commands.accept(problem.ground.facts.environment, badKeys(problem), rule));
}

/** Hops from a bad component to the move that `cause` names; moves of one component are one stop. */
function pathTo(problem: Problem, closure: Closure, cause: Cause | undefined): Path {
  const hops: { from: string; to: string; rule: string }[] = [];
  for (let move = cause?.move; move !== undefined; move = closure.causes[move]?.move) {
    const before = closure.causes[move];
    if (before === undefined) break;
    const [from, to] = [closure.moves[before.move]!, closure.moves[move]!];
    if (from.at !== to.at) hops.push({ from: keyOf(problem, from.at), to: keyOf(problem, to.at), rule: before.rule });
  }
  return hops.toReversed();
}

function lastHop(problem: Problem, closure: Closure, at: number, cause: Cause | undefined): Path {
  if (cause === undefined) return [];
  const from = closure.moves[cause.move]!;
  if (from.at === at) return [];
  return [{ from: keyOf(problem, from.at), to: keyOf(problem, at), rule: cause.rule }];
}
