import { LastgoodError } from '../../domain/errors';
import type { Json } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { asObject } from './pod-template';
import { nameOf, selectorOf, type Workload } from './workload';

/** What the update strategy of a workload does to the pods that run, for people. */
export function impactOf({ kind }: Workload, object: KubernetesObject): string {
  const connections = 'open connections end with their pods';
  if (kind === 'DaemonSet') return `replaces the pod of every node, ${nodesAtOnce(object)} at a time; ${connections}`;
  const count = podCount(object);
  const away = missingAtOnce(kind, object);
  if (count === 0) return 'no pod runs now: nothing is replaced';
  if (away >= count) return `stops ${pods(count)} before new ones start: the service is away meanwhile`;
  if (kind === 'StatefulSet') return `replaces ${pods(count)} one after the other, the last one first; ${connections}`;
  const more = numberOf(rolling(object)['maxSurge'] ?? '25%', count, Math.ceil);
  return `replaces ${pods(count)}, at most ${away} missing and ${more} more at a time; ${connections}`;
}

/** Why a template would not reach every pod, and the command that lets it; undefined when it will. */
export function standstillOf(
  { kind, namespace, name }: Workload,
  object: KubernetesObject,
  isOldEnough: (revision: string) => boolean,
): { readonly code: string; readonly why: string; readonly command: string } | undefined {
  const { type, rollingUpdate } = asObject(asObject(object.spec)['updateStrategy']);
  const place = `${kind} ${namespace}/${name}`;
  const patch = (strategy: object): string =>
    `kubectl patch ${kind.toLowerCase()}/${name} --namespace ${namespace} --type merge --patch '${JSON.stringify({ spec: { updateStrategy: strategy } })}'`;
  if (type === 'OnDelete') {
    const why = `${place} replaces no pod by itself (update strategy OnDelete): it would take the template and go on as it is`;
    return { code: 'ROLLOUT_BY_HAND', why, command: patch({ type: 'RollingUpdate' }) };
  }
  const partition = Number(asObject(rollingUpdate)['partition'] ?? 0);
  const kept = asObject(object.status)['currentRevision'];
  if (partition === 0 || (typeof kept === 'string' && isOldEnough(kept))) return undefined;
  const why = `${place} keeps its first ${pods(partition)} as they are (partition ${partition}), and they do not run the older template`;
  return { code: 'ROLLOUT_PARTITIONED', why, command: patch({ rollingUpdate: { partition: 0 } }) };
}

/** Disruption budgets that the rollout will not keep: a rollout does not ask them, only evictions do. */
export async function budgetRisks(
  target: Workload,
  object: KubernetesObject,
  { world, signal }: ReverterContext,
): Promise<readonly string[]> {
  if (target.kind === 'DaemonSet') return [];
  const count = podCount(object);
  const left = count - Math.min(count, missingAtOnce(target.kind, object));
  if (left === count) return [];
  try {
    const budgets = await world.kubernetes.list({ ...nameOf(target), kind: 'PodDisruptionBudget' }, {}, signal);
    return budgets
      .filter((budget) => selects(budget, selectorOf(object)) && wantedBy(budget, count) > left)
      .map(
        (budget) =>
          `PodDisruptionBudget ${budget.metadata.name} wants ${wantedBy(budget, count)} of ${pods(count)}, and a rollout does not ask it: this one may leave ${left}`,
      );
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.code !== 'KUBERNETES_DENIED') throw thrown;
    return [`whether a PodDisruptionBudget would be broken is not known: ${thrown.text.why ?? thrown.text.what}`];
  }
}

function selects(budget: KubernetesObject, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selectorOf(budget));
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function wantedBy({ spec }: KubernetesObject, count: number): number {
  const { minAvailable, maxUnavailable } = asObject(spec);
  if (minAvailable !== undefined) return numberOf(minAvailable, count, Math.ceil);
  return maxUnavailable === undefined ? 0 : count - numberOf(maxUnavailable, count, Math.ceil);
}

/** How many pods of a Deployment or StatefulSet may be missing at one moment. The defaults are those of the API. */
function missingAtOnce(kind: Workload['kind'], object: KubernetesObject): number {
  const count = podCount(object);
  if (kind === 'StatefulSet') return Math.min(1, count);
  if (asObject(asObject(object.spec)['strategy'])['type'] === 'Recreate') return count;
  const missing = numberOf(rolling(object)['maxUnavailable'] ?? '25%', count, Math.floor);
  const more = numberOf(rolling(object)['maxSurge'] ?? '25%', count, Math.ceil);
  // Both rounded to nothing would be a rollout that can not begin: the controller takes one then.
  return missing === 0 && more === 0 ? 1 : missing;
}

/** `1` or `10%` of the nodes. */
function nodesAtOnce(object: KubernetesObject): string {
  const written = rolling(object)['maxUnavailable'];
  return typeof written === 'string' || typeof written === 'number' ? `${written}` : '1';
}

function rolling({ spec }: KubernetesObject): ReturnType<typeof asObject> {
  const { strategy, updateStrategy } = asObject(spec);
  return asObject(asObject(strategy ?? updateStrategy)['rollingUpdate']);
}

function podCount({ spec }: KubernetesObject): number {
  return Number(asObject(spec)['replicas'] ?? 1);
}

/** `2` or `25%` of the pods. */
function numberOf(value: Json | undefined, count: number, round: (share: number) => number): number {
  const share = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return share === undefined ? Number(value ?? 0) : round((Number(share) * count) / 100);
}

function pods(count: number): string {
  return `${count} pod${count === 1 ? '' : 's'}`;
}
