import { z } from 'zod';
import type { JsonObject } from '../../domain/json';
import type { KubernetesName } from '../../domain/ports';
import type { LayerStep } from '../../domain/reverter';
import { workload } from './workload';

/** What the catalog says about one Rollout of Argo Rollouts. */
export const argoRollout = workload.omit({ kind: true }).extend({
  steps: z
    .enum(['run', 'skip'])
    .default('run')
    .describe(
      'What happens to canary steps, pauses and analysis when the older release is not the stable one: `run` them again, or `skip` them by a full promotion.',
    ),
});

/** One Rollout, parsed. Times in ms. */
export type ArgoRollout = z.output<typeof argoRollout>;

/** What a step writes: a template, by its fingerprint, out of the Rollout's own ReplicaSets or out of a capture. */
export interface ArgoGoal {
  readonly version: string;
  /** The ReplicaSet that keeps it; null: the captured template. */
  readonly revision: string | null;
  readonly images: Readonly<Record<string, string>>;
}

/** The object in its cluster. */
export function rolloutName({ namespace, name, context, kubeconfig }: ArgoRollout): KubernetesName {
  return { kind: 'Rollout', namespace, name, context, kubeconfig };
}

/** The Rollout for people: `Rollout shop/payments`. */
export function rolloutTitle({ namespace, name }: ArgoRollout): string {
  return `Rollout ${namespace}/${name}`;
}

/** A complete command of the plugin for this Rollout. */
export function pluginCommand(verb: string, { namespace, name, context }: ArgoRollout): string {
  const where = context === undefined ? '' : ` --context ${context}`;
  return `kubectl argo rollouts ${verb} ${name} --namespace ${namespace}${where}`;
}

/** The goal that `assess` put into a step. */
export function argoGoalOf(step: LayerStep): ArgoGoal {
  return step.goal as unknown as ArgoGoal;
}

/** A goal as a step stores it. */
export function asArgoGoal(goal: ArgoGoal): JsonObject {
  return { ...goal };
}
