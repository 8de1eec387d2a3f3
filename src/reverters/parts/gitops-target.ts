import { z } from 'zod';
import { digestOf } from '../../digest';
import type { JsonObject } from '../../domain/json';
import type { KubernetesName, KubernetesObject } from '../../domain/ports';
import type { LayerStep, Observation } from '../../domain/reverter';
import { absolutePath, duration } from './fields';
import { gitFields, type GitGoal, type GitState } from './git-source';
import { asObject } from './pod-template';
import { label } from './workload';

/** What the catalog says about what a GitOps tool deploys out of a repository. */
export const gitOpsTarget = z.strictObject({
  tool: z
    .enum(['argo-cd', 'flux'], 'write argo-cd or flux')
    .describe('Who deploys it: an Application of Argo CD, or a Kustomization of Flux.'),
  namespace: label.describe('Namespace of the Application or Kustomization.'),
  name: label.describe('Its name.'),
  context: z.string().min(1).optional().describe('Context of the kubeconfig. Default: its current one.'),
  kubeconfig: absolutePath
    .optional()
    .describe('A kubeconfig on the worker. Default: KUBECONFIG, ~/.kube/config, or the account of its own pod.'),
  suspend: z
    .boolean()
    .default(true)
    .describe(
      'Holds automatic synchronisation while the commit is made; false: the commit alone, and the tool follows.',
    ),
  source: z.strictObject(gitFields).describe('The paths that are deployed, as in `git-revert`.'),
  settle: duration.prefault('10m').describe('How long the tool may take until the commit runs and is healthy.'),
});

/** A deployed source, parsed. Times in ms. */
export type GitOpsTarget = z.output<typeof gitOpsTarget>;

/** Whether the tool follows the branch: by itself, when it is told to, held by us, or suspended by somebody else. */
export type Following = 'automatic' | 'manual' | 'held' | 'suspended';

/** What an observation keeps for `relate`. */
export interface GitOpsState extends GitState {
  readonly content: string;
  readonly following: Following;
  /** What the branch has is what the tool runs, healthy. */
  readonly synced: boolean;
}

/** What one step does: hold the tool, put the content back, let the tool follow again. */
export interface GitOpsGoal extends GitGoal {
  readonly act: 'hold' | 'commit' | 'release';
  /** Whether the tool follows while the commit is made. */
  readonly following: Following;
  /** The step is done only when the tool runs the content, healthy. */
  readonly waits: boolean;
}

/** Fingerprint of a layer: what the branch has, and whether the tool follows it. */
export function fingerprintOf(content: string, following: Following): string {
  return digestOf({ content, following });
}

/** The Application or Kustomization in its cluster. */
export function nameOf({ tool, namespace, name, context, kubeconfig }: GitOpsTarget): KubernetesName {
  return { kind: tool === 'flux' ? 'Kustomization' : 'Application', namespace, name, context, kubeconfig };
}

/** The GitRepository that a Kustomization is deployed from; undefined when it is another kind of source. */
export function repositoryOf(target: GitOpsTarget, { spec }: KubernetesObject): KubernetesName | undefined {
  const { kind, name, namespace = target.namespace } = asObject(asObject(spec)['sourceRef']);
  if (kind !== 'GitRepository' || typeof name !== 'string' || typeof namespace !== 'string') return undefined;
  return { ...nameOf(target), kind, name, namespace };
}

/** `Application argocd/shop`. */
export function placeOf(target: GitOpsTarget): string {
  const { kind, namespace, name } = nameOf(target);
  return `${kind} ${namespace}/${name}`;
}

/** The state that a look put into an observation. */
export function stateOf(seen: Observation): GitOpsState {
  return seen.state as unknown as GitOpsState;
}

/** The goal that `assess` put into a step. */
export function goalOf(step: LayerStep): GitOpsGoal {
  return step.goal as unknown as GitOpsGoal;
}

/** A goal as a step stores it. */
export function asGoal(goal: GitOpsGoal): JsonObject {
  return goal as unknown as JsonObject;
}
