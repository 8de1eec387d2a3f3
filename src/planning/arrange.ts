import { byCodeUnit, componentOf } from '../domain/identity';
import type { CatalogGroup } from '../domain/catalog';
import { chainRule, type Closure } from './closure';
import { stronglyConnected } from './dependency-graph';
import { keyOf, stageText, type Problem } from './problem';
import type { Move } from './tracks';

/** Moves that happen together, and what must be finished and verified before them. */
export interface Draft {
  readonly id: string;
  readonly moves: readonly Move[];
  readonly after: readonly DraftEdge[];
  readonly mechanism?: CatalogGroup['mechanism'];
  /** Rules that tie the group together, sorted. */
  readonly ties: readonly string[];
}

/** A direct edge to another draft, by its number. */
export interface DraftEdge {
  readonly draft: number;
  readonly rule: string;
  readonly why: string;
}

/** The moves of a closure as drafts of units: strongly connected moves together, everything else on its own. */
export function draftsOf(problem: Problem, closure: Closure): readonly Draft[] {
  const { moves, edgeFrom, edgeTo, edgeRule } = closure;
  const { count, of } = stronglyConnected({ size: moves.length, from: edgeFrom, to: edgeTo });
  const members: Move[][] = Array.from({ length: count }, () => []);
  moves.forEach((move, id) => members[of[id]!]!.push(move));
  const after: DraftEdge[][] = Array.from({ length: count }, () => []);
  const ties: Set<string>[] = Array.from({ length: count }, () => none);
  edgeRule.forEach((rule, edge) => {
    const [from, to] = [edgeFrom[edge]!, edgeTo[edge]!];
    if (of[from] === of[to]) {
      if (ties[of[from]!] === none) ties[of[from]!] = new Set();
      ties[of[from]!]!.add(rule);
    } else {
      const why = edgeText(problem, moves[from]!, moves[to]!, rule);
      after[of[from]!]!.push({ draft: of[to]!, rule, why });
    }
  });
  return members.map((group, at) => draft(problem, group, after[at]!, [...ties[at]!]));
}

const none = new Set<string>();

function draft(problem: Problem, group: readonly Move[], after: readonly DraftEdge[], ties: readonly string[]): Draft {
  const moves = [...group].sort((left, right) => left.at - right.at || left.stage - right.stage);
  const id = moves.map((move) => moveName(problem, move)).join('+');
  const mechanism = moves.length > 1 ? mechanismFor(problem, moves) : undefined;
  return { id, moves, after, ties: [...ties].sort(byCodeUnit), ...(mechanism && { mechanism }) };
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
    [...needed].every((component) => components.includes(component)),
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
export function edgeText(problem: Problem, from: Move, to: Move, rule: string): string {
  const before: Move = { at: to.at, stage: to.stage - 1 };
  if (rule === chainRule) return `${keyOf(problem, from.at)} goes one stage at a time`;
  const isUnknown = rule.startsWith('unknown:');
  const pair = `${stageText(problem, before)} × ${stageText(problem, from)}`;
  return isUnknown ? `${pair} was never seen together (catalog policy: pessimistic)` : `${pair} is forbidden`;
}
