import type { Reverter } from '../domain/reverter';
import { command } from './command';
import { featureFlag } from './feature-flag';
import { kubernetesWorkload } from './kubernetes-workload';
import { releaseDirectory } from './release-directory';

const known: readonly Reverter<unknown>[] = [
  // one line a layer
  command,
  featureFlag,
  kubernetesWorkload,
  releaseDirectory,
];

/** Every reverter by the name of its layer. What is not here does not exist: a layer is never guessed. */
export const reverters: ReadonlyMap<string, Reverter<unknown>> = new Map(
  known.map((reverter) => [reverter.layer, reverter]),
);
