import type { Release, ReleaseEvent } from '../../domain/release';
import { appliesIn, markEvent, type SaidMark } from './said';

/** What the history of a component in one environment is made of. */
export interface HistoryParts {
  readonly environment: string;
  /** In the order in which they were first seen. */
  readonly releases: readonly Release[];
  /** Live, left and checked, in order per kind. */
  readonly happened: readonly { readonly digest: string; readonly event: ReleaseEvent }[];
  /** Everything said about releases of the component, oldest first. */
  readonly said: readonly SaidMark[];
}

/** One release and all that happened to it, oldest first. */
export interface ReleaseHistory {
  readonly release: Release;
  readonly events: readonly ReleaseEvent[];
}

/** The releases with their events; the one that was live last comes first, those that never were come last. */
export function historyOf({ environment, releases, happened, said }: HistoryParts): readonly ReleaseHistory[] {
  const words = said.filter((word) => appliesIn(word, environment));
  const histories = releases.map((release) => {
    const own = happened.filter(({ digest }) => digest === release.digest).map(({ event }) => event);
    const marked = words.filter(({ digest }) => digest === release.digest).map(markEvent);
    // The sort is stable: of what happened in the same millisecond the order of the rows stands.
    return { release, events: [...own, ...marked].sort((left, right) => left.atMs - right.atMs) };
  });
  return histories.toReversed().sort(byLastLive);
}

/** The clock counts milliseconds: of two that went live in the same one, the one that still is comes first. */
function byLastLive(left: ReleaseHistory, right: ReleaseHistory): number {
  return lastLive(right) - lastLive(left) || Number(isLive(right)) - Number(isLive(left));
}

function lastLive({ events }: ReleaseHistory): number {
  return events.findLast(({ kind }) => kind === 'live')?.atMs ?? 0;
}

function isLive({ events }: ReleaseHistory): boolean {
  return events.findLast(({ kind }) => kind === 'live' || kind === 'left')?.kind === 'live';
}
