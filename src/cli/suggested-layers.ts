import { stringify } from 'yaml';
import type { FoundWorkload, Namespace } from '../adapters/kubernetes-survey';
import type { JsonObject } from '../domain/json';
import { asList, asObject } from '../reverters/parts/pod-template';

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
  return referencesIn(asObject(asObject(object.spec)['template']))
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

interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** What volumes and variables of a template name, each once. */
function referencesIn(template: JsonObject): readonly Reference[] {
  const spec = asObject(template['spec']);
  const containers = [...asList(spec['initContainers']), ...asList(spec['containers'])].map(asObject);
  const sources = containers.flatMap(({ env, envFrom }) => [
    ...asList(envFrom).map(asObject),
    ...asList(env).map((variable) => asObject(asObject(variable)['valueFrom'])),
  ]);
  const volumes = asList(spec['volumes']).map(asObject);
  const named = [
    ...volumes.flatMap(({ configMap, secret }) => [
      ['ConfigMap', asObject(configMap)['name']] as const,
      ['Secret', asObject(secret)['secretName']] as const,
    ]),
    ...sources.flatMap(({ configMapRef, configMapKeyRef, secretRef, secretKeyRef }) => [
      ['ConfigMap', asObject(configMapRef ?? configMapKeyRef)['name']] as const,
      ['Secret', asObject(secretRef ?? secretKeyRef)['name']] as const,
    ]),
  ];
  const unique = new Map(
    named.flatMap(([kind, name]) => (typeof name === 'string' ? [[`${kind}/${name}`, { kind, name }]] : [])),
  );
  return [...unique.values()];
}
