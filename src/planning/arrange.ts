import type { CatalogGroup } from '../domain/catalog';
import { byCodeUnit, componentOf } from '../domain/identity';
import { withBarriers } from './barriers';
import { chainRule, type Closure } from './closure';
import { stronglyConnected } from './dependency-graph';
import type { Arrangement, Draft, DraftEdge } from './drafts';
import { withFlags } from './flag-units';
import { waiverOf, type Waiver } from './flag-waivers';
import { keyOf, stageText, type Problem } from './problem';
import type { Move } from './tracks';

/** The moves of a closure as drafts: what is tied by a cycle moves together, everything else on its own. */
export function draftsOf(problem: Problem, closure: Closure): Arrangement {
  const { moves, edgeFrom, edgeTo } = closure;
  const tied = stronglyConnected({ size: moves.length, from: edgeFrom, to: edgeTo });
  const waiver = waiverOf(problem, closure, tied);
  const { drafts, draftOf } = moveDrafts(problem, closure, waiver, tied.of, tied.count);
  const flagged = withFlags(problem, closure, waiver, drafts, draftOf);
  const barred = withBarriers(problem, flagged);
  const notes = waiver.isProven ? [] : [`flags ${waiver.flags.join(', ')}: not proven to be the fewest`];
  const standing = waiver.standing.map((flag) => `flag ${flag} is off and must stay off until the plan is done`);
  return { drafts: barred.drafts, notes: [...notes, ...standing, ...barred.notes] };
}

interface MoveDrafts {
  readonly drafts: Draft[];
  /** Number of the draft of each move. */
  readonly draftOf: Int32Array;
}

function moveDrafts(
  problem: Problem,
  closure: Closure,
  { waived }: Waiver,
  tiedOf: Int32Array,
  tiedCount: number,
): MoveDrafts {
  const { moves, edgeFrom, edgeTo, edgeRule } = closure;
  const isKept = (_: number, edge: number): boolean => !waived.has(edge);
  const kept =
    waived.size === 0
      ? { of: tiedOf, count: tiedCount }
      : stronglyConnected({ size: moves.length, from: edgeFrom.filter(isKept), to: edgeTo.filter(isKept) });
  const members: Move[][] = Array.from({ length: kept.count }, () => []);
  moves.forEach((move, id) => members[kept.of[id]!]!.push(move));
  const after: DraftEdge[][] = members.map(() => []);
  const ties = new Map<number, Set<string>>();
  edgeRule.forEach((rule, edge) => {
    if (waived.has(edge)) return;
    const [from, to] = [edgeFrom[edge]!, edgeTo[edge]!];
    const [later, earlier] = [kept.of[from]!, kept.of[to]!];
    if (later === earlier) ties.set(later, (ties.get(later) ?? new Set()).add(rule));
    else after[later]!.push({ draft: earlier, rule, why: edgeText(problem, moves[from]!, moves[to]!, rule) });
  });
  const drafts = members.map((group, at) => moveDraft(problem, group, after[at]!, [...(ties.get(at) ?? [])]));
  return { drafts, draftOf: kept.of };
}

function moveDraft(
  problem: Problem,
  group: readonly Move[],
  after: readonly DraftEdge[],
  ties: readonly string[],
): Draft {
  const moves =
    group.length < 2 ? group : [...group].sort((left, right) => left.at - right.at || left.stage - right.stage);
  const id = moves.map((move) => moveName(problem, move)).join('+');
  const components = [...new Set(moves.map(({ at }) => keyOf(problem, at)))];
  const mechanism = moves.length > 1 ? mechanismFor(problem, moves) : undefined;
  const draft = { id, kind: 'move' as const, components, moves, after, ties: [...ties].sort(byCodeUnit) };
  return mechanism === undefined ? draft : { ...draft, mechanism };
}

/** `payments/eu`, or `orders-db@m41` for one stage of a chain. */
function moveName(problem: Problem, move: Move): string {
  const key = keyOf(problem, move.at);
  return problem.track(move.at).isChain ? `${key}@${problem.state(move).version}` : key;
}

/** The smallest group of the catalog that holds all of these components says how they move together. */
function mechanismFor({ ground }: Problem, moves: readonly Move[]): CatalogGroup['mechanism'] | undefined {
  const needed = new Set(moves.map(({ at }) => componentOf(ground.keys[at]!)));
  const fitting = (ground.facts.catalog.groups ?? []).filter(({ components }) =>
    [...needed].every((name) => components.includes(name)),
  );
  const byFit = (group: (typeof fitting)[number]): string => [...group.components].sort(byCodeUnit).join(' ');
  const [best] = [...fitting].sort(
    (left, right) =>
      left.components.length - right.components.length ||
      byCodeUnit(byFit(left), byFit(right)) ||
      byCodeUnit(left.mechanism, right.mechanism),
  );
  return best?.mechanism;
}

/** `payments 2.1.0 × orders 3.0.9 is forbidden`: the pair that would be live together without the edge. */
function edgeText(problem: Problem, from: Move, to: Move, rule: string): string {
  const before: Move = { at: to.at, stage: to.stage - 1 };
  if (rule === chainRule) return `${keyOf(problem, from.at)} goes one stage at a time`;
  const pair = `${stageText(problem, before)} × ${stageText(problem, from)}`;
  return rule.startsWith('unknown:')
    ? `${pair} was never seen together (catalog policy: pessimistic)`
    : `${pair} is forbidden`;
}
