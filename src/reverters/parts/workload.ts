import { z } from 'zod';
import type { JsonObject } from '../../domain/json';
import type { KubernetesName, KubernetesObject } from '../../domain/ports';
import type { LayerStep } from '../../domain/reverter';
import { absolutePath, duration } from './fields';
import { asObject } from './pod-template';

/** The name of an object or a namespace. */
export const label = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'write the name as Kubernetes has it');

/** What the catalog says about one workload. */
export const workload = z.strictObject({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']).default('Deployment').describe('Kind of the workload.'),
  namespace: label.describe('Its namespace.'),
  name: label.describe('Its name.'),
  container: label.optional().describe('The container whose image tells the release. Default: the first one.'),
  versionLabel: z
    .string()
    .default('app.kubernetes.io/version')
    .describe('Label of the pod template that tells the version; without it, the tag of the image does.'),
  context: z.string().min(1).optional().describe('Context of the kubeconfig. Default: its current one.'),
  kubeconfig: absolutePath
    .optional()
    .describe('A kubeconfig on the worker. Default: KUBECONFIG, ~/.kube/config, or the account of its own pod.'),
  settle: duration.prefault('5m').describe('How long a rollout may take until every pod is replaced and available.'),
  logLines: z
    .int()
    .min(0)
    .max(20)
    .optional()
    .describe(
      'How many of its last log lines are shown of a pod that crashes, with known secrets hidden; 0: none. Default: 3.',
    ),
});

/** One workload, parsed. Times in ms. */
export type Workload = z.output<typeof workload>;

/** What an observation keeps for `relate`. */
export interface WorkloadState {
  /** Everything that is configured runs, and nothing older. */
  readonly complete: boolean;
  /** Images of the template by container. */
  readonly images: Readonly<Record<string, string>>;
}

/** What a step writes: a template, by its fingerprint, out of the workload's own history or out of a capture. */
export interface WorkloadGoal {
  readonly version: string;
  /** Name of the ReplicaSet or ControllerRevision; null: the captured template. */
  readonly revision: string | null;
  readonly images: Readonly<Record<string, string>>;
}

/** The object in its cluster. */
export function nameOf({ kind, namespace, name, context, kubeconfig }: Workload): KubernetesName {
  return { kind, namespace, name, context, kubeconfig };
}

/** A workload for people: `StatefulSet shop/orders`. */
export function workloadPlace({ kind, namespace, name }: Pick<Workload, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** An object, told apart from that of the same name in another cluster, as far as the catalog says which that is. */
export function objectPlace({ kind, namespace, name, context, kubeconfig }: KubernetesName): string {
  const cluster = [context, kubeconfig].filter((part) => part !== undefined);
  return `${kind} ${namespace}/${name}${cluster.length === 0 ? '' : ` (${cluster.join(', ')})`}`;
}

/** Why a workload can not take this template; undefined when its selector finds the pods of both. */
export function selectorChange(place: string, object: KubernetesObject, template: JsonObject): string | undefined {
  const labels = asObject(asObject(template['metadata'])['labels']);
  const broken = Object.entries(selectorOf(object)).find(([key, value]) => labels[key] !== value);
  if (broken === undefined) return undefined;
  return `${place} selects ${broken[0]}=${broken[1]}, and the older template does not carry it; a selector can not be changed`;
}

/** The labels by which a workload finds its pods and its history; a selector by expressions has none. */
export function selectorOf({ spec }: KubernetesObject): Readonly<Record<string, string>> {
  const labels = asObject(asObject(asObject(spec)['selector'])['matchLabels']);
  return Object.fromEntries(
    Object.entries(labels).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}

/** The goal that `assess` put into a step. */
export function goalOf(step: LayerStep): WorkloadGoal {
  return step.goal as unknown as WorkloadGoal;
}

/** A goal as a step stores it. */
export function asGoal(goal: WorkloadGoal): JsonObject {
  return { ...goal };
}
