import type { ComponentKey } from './identity';
import type { JournalRow } from './inventory';
import type { LiveState, Progress, UnitProgress } from './progress';
import type { Outcome } from './rollback-event';

/** What a rollback that nobody goes on with left behind. */
export interface Remains {
  /** What each component runs, as far as the record and the journal know. */
  readonly live: readonly LiveState[];
  /** Steps whose last write was begun and never closed: it may have reached the outside, or not. */
  readonly inFlight: readonly string[];
}

/** What is left of a rollback. The journal knows of writes that the record may not have been told about. */
export function remainsOf(progress: Progress, journal: readonly JournalRow[]): Remains {
  const last = new Map(journal.map((row) => [row.step, row]));
  const touched = new Set([...last.keys()].flatMap((step) => componentsOf(progress.units, step)));
  return {
    live: progress.live.map((state) => (touched.has(state.component) ? touchedState(progress, state) : state)),
    inFlight: [...last.values()].filter(({ closedAtMs }) => closedAtMs === undefined).map(({ step }) => step),
  };
}

/** How a rollback ended whose workflow was ended from outside: by what it had done, not by what it wanted. */
export function outcomeOfCutOff(progress: Progress, { live }: Remains): Outcome {
  if (progress.restoredAtMs !== undefined) return 'restored-unconfirmed';
  return live.every(({ state }) => state === 'from') ? 'stopped' : 'failed';
}

function touchedState({ plan }: Progress, state: LiveState): LiveState {
  const target = plan?.targets.find(({ component }) => component === state.component);
  if (state.state !== 'from' || target === undefined) return state;
  return { ...state, version: `${target.from}/${target.to} mixed`, state: 'mixed' };
}

/** The step `<unit>/<layer>/<n>` belongs to the unit with the longest id that begins it. */
function componentsOf(units: readonly UnitProgress[], step: string): readonly ComponentKey[] {
  const owners = units.filter(({ id }) => step.startsWith(`${id}/`)).sort((a, b) => b.id.length - a.id.length);
  return owners[0]?.components ?? [];
}
