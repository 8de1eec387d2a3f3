import { stringify } from 'yaml';
import type { FoundWorkload, Namespace } from '../adapters/kubernetes-survey';
import type { JsonObject } from '../domain/json';
import { referencesIn } from '../reverters/parts/config-references';
import { asObject } from '../reverters/parts/pod-template';

/** A value on one line of YAML, quoted where it has to be. */
export function flow(value: JsonObject | string): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
}

/** The layer that reverts a workload, or the Helm release it belongs to. */
export function mainLayer({ kind, object }: FoundWorkload, helm: string | undefined, where: Namespace): JsonObject {
  const { name } = object.metadata;
  const place = { namespace: where.namespace, ...inCluster(where) };
  if (helm !== undefined)
    return { id: 'release', layer: 'helm-release', versionFrom: true, target: { release: helm, ...place } };
  if (kind === 'Rollout')
    return { id: 'workload', layer: 'argo-rollout', versionFrom: true, target: { name, ...place } };
  return { id: 'workload', layer: 'kubernetes-workload', versionFrom: true, target: { kind, name, ...place } };
}

/**
 * Layers for the ConfigMaps and Secrets that a template names and that are edited in place; whether they change with a
 * release, people know. A name with the hash that Kustomize gives each version comes back with the template.
 */
export function configLayers({ object }: FoundWorkload, where: Namespace): readonly JsonObject[] {
  const references = referencesIn(asObject(asObject(object.spec)['template']));
  const unique = new Map(references.map((reference) => [`${reference.kind}/${reference.name}`, reference]));
  return [...unique.values()]
    .filter(({ name }) => !/-[bcdfghkmt2456789]{10}$/.test(name))
    .map(({ kind, name }) => {
      const target = { kind, namespace: where.namespace, name, ...inCluster(where) };
      return { id: idOf(`${kind === 'Secret' ? 'secret' : 'config'}-${name}`), layer: 'kubernetes-config', target };
    });
}

/** A name as the catalog can have it. */
export function idOf(name: string): string {
  return name
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63);
}

function inCluster({ context, kubeconfig }: Namespace): JsonObject {
  return { ...(context === undefined ? {} : { context }), ...(kubeconfig === undefined ? {} : { kubeconfig }) };
}
