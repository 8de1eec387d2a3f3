import { z } from 'zod';
import type { JsonObject } from '../../domain/json';
import type { KubernetesKind, KubernetesName } from '../../domain/ports';
import type { LayerStep, Observation } from '../../domain/reverter';
import { absolutePath, duration, secretRef } from './fields';
import { label } from './workload';

/** What the catalog says about one release of Helm. */
export const helmRelease = z.strictObject({
  release: label.describe('Name of the Helm release.'),
  namespace: label.describe('Its namespace.'),
  version: z
    .enum(['app', 'chart', 'image'])
    .default('app')
    .describe(
      'What tells the release: the `app` version of the chart, the version of the `chart` itself, or the tag of an `image`.',
    ),
  container: z
    .string()
    .min(1)
    .optional()
    .describe('The container whose image tells the release. Default: the first one of the first workload.'),
  secrets: z
    .enum(['refuse', 'restore'])
    .default('refuse')
    .describe(
      'What happens when Secrets of the chart held other values: `refuse`, because they may have been rotated since, or `restore` them.',
    ),
  hooks: z
    .enum(['run', 'skip'])
    .default('run')
    .describe('What happens to the hooks that the chart has for a rollback.'),
  helm: z.string().min(1).default('helm').describe('The Helm CLI: a name on the PATH of the worker, or its path.'),
  fingerprintKey: secretRef
    .optional()
    .describe(
      'Key under which the values of Secrets enter a fingerprint; the same text on every worker. Default: LASTGOOD_CAPTURE_KEY.',
    ),
  context: z.string().min(1).optional().describe('Context of the kubeconfig. Default: its current one.'),
  kubeconfig: absolutePath
    .optional()
    .describe('A kubeconfig on the worker. Default: KUBECONFIG, ~/.kube/config, or the account of its own pod.'),
  settle: duration.prefault('5m').describe('How long Helm waits until everything is ready, and each hook may take.'),
});

/** One release, parsed. Times in ms. */
export type HelmTarget = z.output<typeof helmRelease>;

/** What an observation keeps for `relate`. */
export interface HelmState {
  readonly revision: number;
  readonly status: string;
  /** Digest of the manifest of the newest revision, whatever the cluster has made of it. */
  readonly manifest: string;
  /** Every workload of the manifest is rolled out. */
  readonly complete: boolean;
}

/** What a step writes: a revision, and what it must hold. */
export interface HelmGoal {
  readonly version: string;
  readonly revision: number;
  readonly chart: string;
}

/** An object beside the release in its cluster. */
export function besideHelm<Kind extends KubernetesKind>(
  { context, kubeconfig }: HelmTarget,
  kind: Kind,
  namespace: string,
  name: string,
): KubernetesName & { readonly kind: Kind } {
  return { kind, namespace, name, context, kubeconfig };
}

/** The release for people: `Helm release shop/payments`. */
export function releaseTitle({ namespace, release }: HelmTarget): string {
  return `Helm release ${namespace}/${release}`;
}

/** A complete command for people. */
export function helmCommand(target: HelmTarget, verb: string, ...args: readonly string[]): string {
  const { release, namespace, context } = target;
  const where = context === undefined ? [] : ['--kube-context', context];
  return ['helm', verb, release, ...args, '--namespace', namespace, ...where].join(' ');
}

/** The state that a look put into an observation. */
export function helmStateOf(seen: Observation): HelmState {
  return seen.state as unknown as HelmState;
}

/** The goal that `assess` put into a step. */
export function helmGoalOf(step: LayerStep): HelmGoal {
  return step.goal as unknown as HelmGoal;
}

/** A goal as a step stores it. */
export function asHelmGoal(goal: HelmGoal): JsonObject {
  return { ...goal };
}
