import { placementOf } from '../domain/identity';
import { stronglyConnected } from './dependency-graph';
import type { Arrangement, Draft, DraftEdge } from './drafts';
import { keyOf, type Problem } from './problem';

/** Rule name of the edges that a barrier draws. */
export const barrierRule = 'dispatch-barrier';

/** Adds a zero-length unit between the lists of placements that the catalog puts one after the other. */
export function withBarriers(problem: Problem, drafts: readonly Draft[]): Arrangement {
  const lists = (problem.ground.facts.catalog.policies?.dispatch?.barriers ?? [])
    .map((places) => ({ places, members: membersOf(problem, drafts, places) }))
    .filter(({ members }) => members.length > 0);
  let barred = drafts;
  const notes: string[] = [];
  lists.slice(1).forEach(({ places, members }, at) => {
    const before = lists[at]!;
    const text = `[${before.places.join(', ')}] is verified before [${places.join(', ')}] starts`;
    const tried = withBarrier(barred, `barrier:${at + 1}`, before.members, members, text);
    if (hasCycle(tried)) notes.push(`barrier left out, because the rules want it otherwise: ${text}`);
    else barred = tried;
  });
  return { drafts: barred, notes };
}

function membersOf(problem: Problem, drafts: readonly Draft[], places: readonly string[]): readonly number[] {
  return drafts.flatMap(({ moves }, at) =>
    moves.some((move) => places.includes(placementOf(keyOf(problem, move.at)) ?? '')) ? [at] : [],
  );
}

function withBarrier(
  drafts: readonly Draft[],
  id: string,
  before: readonly number[],
  behind: readonly number[],
  why: string,
): readonly Draft[] {
  const edge = (draft: number): DraftEdge => ({ draft, rule: barrierRule, why });
  const waiting = new Set(behind);
  const barrier: Draft = { id, kind: 'barrier', components: [], moves: [], after: before.map(edge), ties: [] };
  const wired = drafts.map((draft, at) =>
    waiting.has(at) ? { ...draft, after: [...draft.after, edge(drafts.length)] } : draft,
  );
  return [...wired, barrier];
}

/** Drafts have no cycle among themselves, so any cycle is the barrier's. */
function hasCycle(drafts: readonly Draft[]): boolean {
  const [from, to]: [number[], number[]] = [[], []];
  drafts.forEach(({ after }, at) => {
    for (const { draft } of after) {
      from.push(at);
      to.push(draft);
    }
  });
  return stronglyConnected({ size: drafts.length, from, to }).count < drafts.length;
}
