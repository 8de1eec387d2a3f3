import type { Reverter } from '../domain/reverter';
import { argoRollout } from './argo-rollout';
import { command } from './command';
import { featureFlag } from './feature-flag';
import { gitRevert } from './git-revert';
import { gitopsWorkload } from './gitops-workload';
import { helmRelease } from './helm-release';
import { kubernetesConfig } from './kubernetes-config';
import { kubernetesTraffic } from './kubernetes-traffic';
import { kubernetesWorkload } from './kubernetes-workload';
import { releaseDirectory } from './release-directory';

const known: readonly Reverter<unknown>[] = [
  // one line a layer
  argoRollout,
  command,
  featureFlag,
  gitRevert,
  gitopsWorkload,
  helmRelease,
  kubernetesConfig,
  kubernetesTraffic,
  kubernetesWorkload,
  releaseDirectory,
];

/** Every reverter by the name of its layer. What is not here does not exist: a layer is never guessed. */
export const reverters: ReadonlyMap<string, Reverter<unknown>> = new Map(
  known.map((reverter) => [reverter.layer, reverter]),
);
