import type { KubernetesObject } from '../../domain/ports';

/** A tool that puts its own state back over ours. */
export interface Owner {
  /** For people: `Argo CD (shop)`. */
  readonly name: string;
  /** True: it writes again by itself, so that an undo in the cluster does not last. */
  readonly reapplies: boolean;
}

/** Who manages a workload besides us, by the well-known labels and annotations of each tool. */
export function ownerOf({ metadata }: KubernetesObject): Owner | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const argo = annotations['argocd.argoproj.io/tracking-id'] ?? labels['argocd.argoproj.io/instance'];
  if (argo !== undefined) return { name: `Argo CD (${argo.split(':')[0]})`, reapplies: true };
  const flux = labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name'];
  if (flux !== undefined) return { name: `Flux (${flux})`, reapplies: true };
  if (labels['app.kubernetes.io/managed-by'] !== 'Helm') return undefined;
  return { name: `Helm (release ${annotations['meta.helm.sh/release-name'] ?? 'unknown'})`, reapplies: false };
}
