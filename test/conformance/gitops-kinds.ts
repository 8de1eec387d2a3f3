import { ApiextensionsV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';

const kinds = [
  // Argo CD keeps the status of an Application with the rest of it, so that a status is written as any other field.
  { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', plural: 'applications', ownStatus: false },
  { group: 'argoproj.io', version: 'v1alpha1', kind: 'ApplicationSet', plural: 'applicationsets', ownStatus: true },
  {
    group: 'kustomize.toolkit.fluxcd.io',
    version: 'v1',
    kind: 'Kustomization',
    plural: 'kustomizations',
    ownStatus: true,
  },
  {
    group: 'source.toolkit.fluxcd.io',
    version: 'v1',
    kind: 'GitRepository',
    plural: 'gitrepositories',
    ownStatus: true,
  },
  {
    group: 'image.toolkit.fluxcd.io',
    version: 'v1beta2',
    kind: 'ImageUpdateAutomation',
    plural: 'imageupdateautomations',
    ownStatus: true,
  },
] as const;

/** The kinds of Argo CD and Flux that reverters touch, with a schema that takes everything. No such tool runs here. */
export async function installGitOpsKinds(config: KubeConfig): Promise<void> {
  for (const one of kinds) await install(config, one);
}

async function install(config: KubeConfig, one: (typeof kinds)[number]): Promise<void> {
  const { group, version, kind, plural, ownStatus } = one;
  const name = `${plural}.${group}`;
  const definitions = config.makeApiClient(ApiextensionsV1Api);
  const objects = config.makeApiClient(CustomObjectsApi);
  const anything = { type: 'object', x_kubernetes_preserve_unknown_fields: true };
  const versions = [
    {
      name: version,
      served: true,
      storage: true,
      schema: { openAPIV3Schema: anything },
      ...(ownStatus ? { subresources: { status: {} } } : {}),
    },
  ];
  const spec = { group, scope: 'Namespaced', names: { kind, plural, singular: kind.toLowerCase() }, versions };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec,
  };
  await definitions.createCustomResourceDefinition({ body: definition }).catch((thrown: unknown) => {
    if ((thrown as { readonly code?: number }).code !== 409) throw thrown;
  });
  for (let tries = 0; tries < 200; tries += 1) {
    const isServed = await objects.listNamespacedCustomObject({ group, version, namespace: 'default', plural }).then(
      () => true,
      () => false,
    );
    if (isServed) return;
    await delay(50);
  }
  throw new Error(`${name} is not served`);
}
