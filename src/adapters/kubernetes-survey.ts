import { LastgoodError } from '../domain/errors';
import type { KubernetesKind, KubernetesName, KubernetesObject, KubernetesPort } from '../domain/ports';

/** A namespace as the kubeconfig of this machine reaches it. */
export type Namespace = Pick<KubernetesName, 'kubeconfig' | 'context' | 'namespace'>;

/** A workload that people deploy. */
export interface FoundWorkload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Rollout';
  readonly object: KubernetesObject;
}

/** What runs in a namespace. */
export interface FoundNamespace {
  readonly workloads: readonly FoundWorkload[];
  readonly services: readonly KubernetesObject[];
  /** What could not be looked at, a sentence each. */
  readonly unseen: readonly string[];
}

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const;

/** Lists the workloads and Services of a namespace. Reads only. Kinds that the server does not have are none. */
export async function surveyNamespace(kubernetes: KubernetesPort, where: Namespace): Promise<FoundNamespace> {
  const unseen: string[] = [];
  const list = async (kind: KubernetesKind): Promise<readonly KubernetesObject[]> => {
    try {
      return await kubernetes.list({ ...where, kind }, {});
    } catch (thrown) {
      if (!(thrown instanceof LastgoodError)) throw thrown;
      if (thrown.code === 'KUBERNETES_UNKNOWN_KIND') return [];
      if (thrown.code !== 'KUBERNETES_DENIED' || kind === 'Deployment') throw thrown;
      unseen.push(`${kind}s were not looked at: ${thrown.text.why ?? thrown.text.what}`);
      return [];
    }
  };
  const [services, ...found] = await Promise.all([list('Service'), ...kinds.map(list)]);
  const workloads = kinds.flatMap((kind, index) => (found[index] ?? []).map((object) => ({ kind, object })));
  return { workloads, services, unseen };
}
