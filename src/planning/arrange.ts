import { byCodeUnit } from '../domain/identity';
import { withBarriers } from './barriers';
import type { Closure } from './closure';
import { stronglyConnected } from './dependency-graph';
import type { Arrangement, Draft, DraftEdge } from './drafts';
import { withFlags } from './flag-units';
import { waiverOf, type Waiver } from './flag-waivers';
import { groupFor, unitName } from './groups';
import { keyOf, type Problem } from './problem';
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
  const { of, count } =
    waived.size === 0
      ? { of: tiedOf, count: tiedCount }
      : stronglyConnected({ size: moves.length, from: edgeFrom.filter(isKept), to: edgeTo.filter(isKept) });
  const members: Move[][] = Array.from({ length: count }, () => []);
  moves.forEach((move, id) => members[of[id]!]!.push(move));
  const drafts = members.map((group) => moveDraft(problem, group));
  for (let edge = 0; edge < edgeRule.length; edge += 1) {
    if (waived.size > 0 && waived.has(edge)) continue;
    const from = edgeFrom[edge]!;
    const to = edgeTo[edge]!;
    const rule = edgeRule[edge]!;
    const later = drafts[of[from]!]!;
    const earlier = of[to]!;
    if (of[from] !== earlier) later.after.push({ draft: earlier, rule, why: [moves[from]!, moves[to]!] });
    else if (later.mechanism === undefined || later.mechanism === 'window') later.ties.add(rule);
  }
  return { drafts: drafts.map((draft) => ({ ...draft, ties: [...draft.ties].sort(byCodeUnit) })), draftOf: of };
}

/** A draft that edges are still added to. */
interface OpenDraft extends Omit<Draft, 'after' | 'ties'> {
  readonly after: DraftEdge[];
  readonly ties: Set<string>;
}

function moveDraft(problem: Problem, group: readonly Move[]): OpenDraft {
  const [first] = group;
  if (first !== undefined && group.length === 1) {
    const components = [keyOf(problem, first.at)];
    return { id: unitName(problem, group), kind: 'move', components, moves: group, after: [], ties: new Set() };
  }
  const moves = [...group].sort((left, right) => left.at - right.at || left.stage - right.stage);
  const components = [...new Set(moves.map(({ at }) => keyOf(problem, at)))];
  const by = groupFor(problem, moves);
  const draft = {
    id: unitName(problem, moves),
    kind: 'move' as const,
    components,
    moves,
    after: [],
    ties: new Set<string>(),
  };
  if (by === undefined) return draft;
  const { mechanism, layer } = by;
  return { ...draft, mechanism, ...(layer === undefined ? {} : { switchLayer: layer }) };
}
