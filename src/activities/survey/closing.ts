import type { Catalog } from '../../domain/catalog';
import type { Pulse } from '../run';
import type { ObservationEntry } from '../shelf';
import type { ActivityWorld } from '../world';

/** What a survey saw, with the world in which it is to be recorded. */
export interface Closing {
  readonly world: ActivityWorld;
  readonly catalog: Catalog;
  readonly entries: readonly ObservationEntry[];
  /** A sentence per layer that could not be observed. */
  readonly unreachable: readonly string[];
  readonly pulse: Pulse;
}
