import type { Freeze } from './custody';
import type { Phase } from './rollback-event';

/** Where one open rollback stands while people decide about its writes. */
export interface OpenRollback {
  readonly rollback: string;
  readonly environment: string;
  readonly phase: Phase;
  /** Units under way, and the steps whose write was begun and not closed yet: those may still end. */
  readonly units: readonly string[];
  readonly inFlight: readonly string[];
  /** Component → version. */
  readonly live: Readonly<Record<string, string>>;
}

/** Whether writes go out, and where every open rollback stands. */
export interface WritesState {
  readonly freeze?: Freeze;
  readonly rollbacks: readonly OpenRollback[];
}
