import { byCodeUnit } from '../domain/identity';
import type { Refusal } from '../domain/plan';
import type { Closure } from './closure';
import type { Draft, DraftEdge } from './drafts';
import { isOff } from './flag-state';
import type { Waiver } from './flag-waivers';
import { placesOf } from './ground';
import { commands } from './offers';
import { keyOf, type Problem } from './problem';

/** Adds flag-off before everything a waived rule concerns, and flag-restore after all of it. */
export function withFlags(
  problem: Problem,
  closure: Closure,
  waiver: Waiver,
  moves: readonly Draft[],
  draftOf: Int32Array,
): readonly Draft[] {
  const isolating = isolatingFlag(problem);
  const flags = [...new Set([...waiver.flags, ...(isolating === undefined ? [] : [isolating])])].sort(byCodeUnit);
  if (flags.length === 0) return moves;
  const later = new Map<number, DraftEdge[]>();
  const added: Draft[] = [];
  for (const flag of flags) {
    const off = moves.length + added.length;
    const ends = endpoints(problem, closure, waiver, flag, draftOf);
    added.push(flagDraft(problem, 'flag-off', flag, []));
    for (const { draft, rule, why } of [...ends, ...(flag === isolating ? everyMove(moves, flag) : [])]) {
      later.set(draft, [...(later.get(draft) ?? []), { draft: off, rule, why }]);
    }
    if (flag !== isolating && ends.length > 0)
      added.push(flagDraft(problem, 'flag-restore', flag, [...ends, offEdge(off, flag)]));
  }
  const waiting = moves.map((draft, at) => ({ ...draft, after: [...draft.after, ...(later.get(at) ?? [])] }));
  return [...waiting, ...added];
}

/** The flag that stops the harm, if somebody said so and it is on: it goes first and stays off. */
export function isolatingFlag({ ground }: Problem): string | undefined {
  const said = ground.facts.decision?.['flagIsolates'];
  const flags = Object.entries(ground.facts.catalog.flags ?? {});
  const bad = new Set(ground.bad);
  const usable = flags.filter(([name, { component }]) => {
    const places = placesOf(ground, component);
    const isNamed = said === name || (said === true && places.some((at) => bad.has(at)));
    return isNamed && places.some((at) => !isOff(ground.live[at]!.flags, name));
  });
  return usable.map(([name]) => name).sort(byCodeUnit)[0];
}

/** One flag-off unit for every flag that `--flag-only` switches; refused when there is none. */
export function flagOnlyDrafts(problem: Problem): {
  readonly drafts: readonly Draft[];
  readonly refusals: readonly Refusal[];
} {
  const drafts = flagsOfBad(problem).map((flag) => flagDraft(problem, 'flag-off', flag, []));
  if (drafts.length > 0) return { drafts, refusals: [] };
  const { named, facts } = problem.ground;
  const why = `no flag of ${named.join(', ')} is on, so switching flags off changes nothing`;
  return {
    drafts,
    refusals: [
      {
        code: 'NO_FLAG',
        components: named,
        path: [],
        why,
        offers: [`go back to the last known-good releases:  ${commands.plan(facts.environment, named)}`],
      },
    ],
  };
}

/** Flags of the bad components that are on, sorted: what `--flag-only` switches. */
function flagsOfBad({ ground }: Problem): readonly string[] {
  const bad = new Set(ground.bad);
  return Object.entries(ground.facts.catalog.flags ?? {})
    .filter(([name, { component }]) =>
      placesOf(ground, component).some((at) => bad.has(at) && !isOff(ground.live[at]!.flags, name)),
    )
    .map(([name]) => name)
    .sort(byCodeUnit);
}

/** The unit that switches a flag off, or back. */
function flagDraft(
  problem: Problem,
  kind: 'flag-off' | 'flag-restore',
  flag: string,
  after: readonly DraftEdge[],
): Draft {
  const { component } = problem.ground.facts.catalog.flags![flag]!;
  const components = placesOf(problem.ground, component).map((at) => keyOf(problem, at));
  return { id: `${kind}:${flag}`, kind, components, moves: [], after, ties: [], flag };
}

/** The drafts on both ends of every edge that the flag waives, each with the rule. */
function endpoints(
  { ground }: Problem,
  { edgeFrom, edgeTo, edgeRule }: Closure,
  { waived }: Waiver,
  flag: string,
  draftOf: Int32Array,
): readonly DraftEdge[] {
  const rules = new Set(ground.facts.catalog.flags![flag]!.waives);
  const ends = new Map<string, DraftEdge>();
  for (const edge of waived) {
    const rule = edgeRule[edge]!;
    if (!rules.has(rule)) continue;
    for (const move of [edgeFrom[edge]!, edgeTo[edge]!]) {
      const draft = draftOf[move]!;
      ends.set(`${draft} ${rule}`, { draft, rule, why: `the rule does not hold while ${flag} is off` });
    }
  }
  return [...ends.values()];
}

/** Everything waits for the flag that stops the harm: it takes seconds, and nothing else helps before it. */
function everyMove(moves: readonly Draft[], flag: string): readonly DraftEdge[] {
  return moves.map((_draft, draft) => ({
    draft,
    rule: `isolates:${flag}`,
    why: `switching ${flag} off stops the harm at once`,
  }));
}

function offEdge(draft: number, flag: string): DraftEdge {
  return { draft, rule: `restores:${flag}`, why: 'it is off before it goes back' };
}
