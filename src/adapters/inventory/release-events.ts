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
    return { release, events: [...own, ...marked].sort(byTime) };
  });
  return histories.toReversed().sort((left, right) => lastLive(right) - lastLive(left));
}

/** Ends come before beginnings of the same instant; else the order of the rows stands. */
function byTime(left: ReleaseEvent, right: ReleaseEvent): number {
  return left.atMs - right.atMs || Number(right.kind === 'left') - Number(left.kind === 'left');
}

function lastLive({ events }: ReleaseHistory): number {
  return events.findLast(({ kind }) => kind === 'live')?.atMs ?? -Infinity;
}
