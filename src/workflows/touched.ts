import type { UnitProgress } from '../domain/progress';

/** What a rollback has put its hands on, in the order in which it would be put back. */
export interface Touched {
  /** Begun and not verified: they go back first. */
  readonly between: readonly string[];
  /** Verified ones, the last one first. */
  readonly verified: readonly string[];
}

/**
 * The units that were begun. Every state on the way back in this order was live on the way there: a unit starts after
 * its predecessors are verified, so taking back the newest first never leaves one behind that needs it.
 */
export function touchedUnits(units: readonly UnitProgress[]): Touched {
  const begun = units.filter(({ kind, startedAtMs }) => kind !== 'reinstate' && startedAtMs !== undefined).toReversed();
  const verified = begun.filter(({ state }) => state === 'verified');
  return {
    between: begun.filter(({ state }) => state !== 'verified').map(({ id }) => id),
    verified: [...verified].sort((left, right) => (right.endedAtMs ?? 0) - (left.endedAtMs ?? 0)).map(({ id }) => id),
  };
}
