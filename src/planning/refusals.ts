import type { Refusal } from '../domain/plan';
import type { Blocked, Cause, Closure, Conflict } from './closure';
import type { Draft } from './drafts';
import { hasFlagOn } from './flag-state';
import { firstOf } from './groups';
import { commands, fixForward } from './offers';
import { keyOf, stageText, type Problem } from './problem';
import { missingLayers } from './risks';
import type { Solution } from './solve';

type Path = Refusal['path'];

/** What stands in the way of a closure: components that can not move, and end states that a rule forbids. */
export function refusalsOf({ problem, closure, isExhausted }: Solution): readonly Refusal[] {
  return [
    ...(isExhausted ? [needsSearch(problem)] : []),
    ...closure.blocked.map((blocked) => blockedRefusal(problem, closure, blocked)),
    ...closure.conflicts.map((conflict) => conflictRefusal(problem, closure, conflict)),
  ];
}

/** Groups that must move together while nothing says how. */
export function groupRefusals(problem: Problem, drafts: readonly Draft[]): readonly Refusal[] {
  return drafts
    .filter(({ moves, mechanism }) => moves.length > 1 && mechanism === undefined)
    .map(({ components, ties }) => ({
      code: 'GROUP_NEEDS_MECHANISM',
      components,
      path: [],
      why: `${firstOf(components, ' and ')} must move together (${firstOf(ties, ', ')}), and the catalog names no mechanism for that`,
      offers: [
        `name a mechanism in the catalog: groups: [{components: [${firstOf(components, ', ')}], mechanism: router}]`,
        ...accepting(problem, ties).slice(0, 1),
      ],
    }));
}

/** Components that move without anybody having looked at all of their layers, while others were assessed. */
export function unassessedRefusals({ ground }: Problem, moved: readonly number[]): readonly Refusal[] {
  if (ground.facts.layers === undefined) return [];
  return moved.flatMap((at) => {
    const missing = missingLayers(ground, at);
    if (missing.length === 0) return [];
    const key = ground.keys[at]!;
    const why = `${key} moves, and nobody has assessed ${missing.join(', ')} of it`;
    return [
      {
        code: 'LAYER_NOT_ASSESSED',
        components: [key],
        path: [],
        why,
        offers: [commands.plan(ground.facts.environment, ground.named)],
      },
    ];
  });
}

function needsSearch(problem: Problem): Refusal {
  const { ground } = problem;
  const chains = ground.keys.flatMap((_key, at) => (problem.track(at).states.length > 2 ? [at] : []));
  return {
    code: 'NEEDS_SEARCH',
    components: ground.named,
    path: [],
    why: 'the stages exclude each other in so many ways that no order was found within 4,096 tries',
    offers: [
      ...chains.slice(0, 3).map((at) => {
        const { version } = problem.track(at).states[1]!;
        const command = commands.planTo(ground.facts.environment, ground.named, ground.keys[at]!, version);
        return `name the stage at which ${ground.keys[at]!} stops, for example:  ${command}`;
      }),
      fixForward(ground.named),
    ],
  };
}

function blockedRefusal(problem: Problem, closure: Closure, { at, block, cause }: Blocked): Refusal {
  const path = [...pathTo(problem, closure, cause), ...lastHop(problem, closure, at, cause)];
  const last = path.at(-1);
  const needed = last === undefined ? '' : `; ${last.from} can not go back without it (${last.rule})`;
  const offers = [...flagOnly(problem), ...accepting(problem, last === undefined ? [] : [last.rule]), ...block.offers];
  const hasForward = offers.some((offer) => offer.startsWith('fix forward'));
  return {
    code: block.code,
    components: [keyOf(problem, at)],
    path,
    why: `${block.why}${needed}`,
    offers: hasForward ? offers : [...offers, fixForward(problem.ground.named)],
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
    offers: [...accepting(problem, [rule]), ...others(problem, [second.at, first.at]), fixForward([to, from])],
  };
}

/** A plan with another target of one of these, where there is another. */
function others({ ground, choice, track }: Problem, sides: readonly number[]): readonly string[] {
  return sides.flatMap((at) => {
    const next = choice(at).candidates.find((candidate) => candidate !== track(at).candidate);
    if (next === undefined) return [];
    return [commands.planTo(ground.facts.environment, ground.named, ground.keys[at]!, next.release.version)];
  });
}

/** Only what somebody ruled can be accepted: a pair that nobody has seen has no rule, and a chain no other way. */
function accepting({ ground, statements }: Problem, rules: readonly string[]): readonly string[] {
  return rules
    .filter((rule) => statements.some(({ id }) => id === rule))
    .map((rule) => commands.accept(ground.facts.environment, ground.named, rule));
}

/** Switching flags off is the fastest way out, where a bad component has one that is on. */
function flagOnly({ ground }: Problem): readonly string[] {
  const { facts, named, bad } = ground;
  return bad.some((at) => hasFlagOn(ground, at)) ? [commands.flagOnly(facts.environment, named)] : [];
}

/** Hops from a bad component to the move that `cause` names; a move is never caused by one of its own component. */
function pathTo(problem: Problem, closure: Closure, cause: Cause | undefined): Path {
  const hops: { from: string; to: string; rule: string }[] = [];
  for (let move = cause?.move; move !== undefined; move = closure.causes[move]?.move) {
    const before = closure.causes[move];
    if (before?.move === undefined) break;
    const [from, to] = [closure.moves[before.move]!, closure.moves[move]!];
    hops.push({ from: keyOf(problem, from.at), to: keyOf(problem, to.at), rule: before.rule });
  }
  return hops.toReversed();
}

function lastHop(problem: Problem, closure: Closure, at: number, cause: Cause | undefined): Path {
  if (cause?.move === undefined) return [];
  const from = closure.moves[cause.move]!;
  return [{ from: keyOf(problem, from.at), to: keyOf(problem, at), rule: cause.rule }];
}
