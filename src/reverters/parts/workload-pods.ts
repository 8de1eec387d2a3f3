import { LastgoodError } from '../../domain/errors';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { lastWordsIn } from './pod-log';
import { asList, asObject } from './pod-template';
import { selectorOf, type Workload } from './workload';

/** The pods that a workload selects. */
export async function podsOf(
  { namespace, context, kubeconfig }: Place,
  object: KubernetesObject,
  { world, signal }: ReverterContext,
): Promise<readonly KubernetesObject[]> {
  return world.kubernetes.list({ kind: 'Pod', namespace, context, kubeconfig }, selectorOf(object), signal);
}

type Place = Pick<Workload, 'namespace' | 'context' | 'kubeconfig'> & { readonly logLines?: number | undefined };

/** True when a pod takes traffic. */
export function isReady({ status }: KubernetesObject): boolean {
  const conditions = asList(asObject(status)['conditions']).map(asObject);
  return conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

/** Why pods of a workload do not become ready; an account that may not list them does not spoil the verdict. */
export async function troubleIn(
  workload: Place,
  object: KubernetesObject,
  ctx: ReverterContext,
): Promise<readonly string[]> {
  try {
    const pods = await podsOf(workload, object, ctx);
    return [...troubleOf(pods), ...(await lastWordsIn(workload, pods, ctx))];
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.code !== 'KUBERNETES_DENIED') throw thrown;
    return [`why its pods do not start is not known: ${thrown.text.why ?? thrown.text.what}`];
  }
}

/** The first few reasons: `payments-7d9f: ImagePullBackOff (Back-off pulling image …)`. */
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
