import type { Reverter } from '../domain/reverter';
import { featureFlag } from './feature-flag';
import { releaseDirectory } from './release-directory';

const known: readonly Reverter<unknown>[] = [featureFlag, releaseDirectory];

/** Every reverter by its layer's name. A layer that is not here does not exist: nothing is ever guessed. */
export const reverters: ReadonlyMap<string, Reverter<unknown>> = new Map(
  known.map((reverter) => [reverter.layer, reverter]),
);
