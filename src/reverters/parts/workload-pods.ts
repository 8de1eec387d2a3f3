import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { asList, asObject } from './pod-template';
import { nameOf, selectorOf, type Workload } from './workload';

/** The pods that a workload selects. */
export async function podsOf(
  workload: Workload,
  object: KubernetesObject,
  { world, signal }: ReverterContext,
): Promise<readonly KubernetesObject[]> {
  return world.kubernetes.list({ ...nameOf(workload), kind: 'Pod' }, selectorOf(object), signal);
}

/** True when a pod takes traffic. */
export function isReady({ status }: KubernetesObject): boolean {
  const conditions = asList(asObject(status)['conditions']).map(asObject);
  return conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

/** Why pods do not become ready, the first few: `payments-7d9f: ImagePullBackOff (Back-off pulling image …)`. */
export function troubleOf(pods: readonly KubernetesObject[]): readonly string[] {
  return pods
    .filter((pod) => !isReady(pod))
    .flatMap((pod) => reasonOf(pod))
    .slice(0, 3);
}

function reasonOf({ metadata, status }: KubernetesObject): readonly string[] {
  const containers = asList(asObject(status)['containerStatuses']).map(asObject);
  for (const { state, restartCount } of containers) {
    const waiting = asObject(asObject(state)['waiting']);
    const ended = asObject(asObject(state)['terminated']);
    const { reason, message } = waiting['reason'] === undefined ? ended : waiting;
    if (typeof reason !== 'string') continue;
    const said = typeof message === 'string' ? ` (${message.slice(0, 200)})` : '';
    const restarts = Number(restartCount ?? 0) > 0 ? `, ${Number(restartCount)} restarts` : '';
    return [`${metadata.name}: ${reason}${said}${restarts}`];
  }
  return [];
}
