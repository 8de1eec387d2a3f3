import { CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';

/** A part of an OpenAPI schema, as the server wants it. */
type Schema = Readonly<Record<string, unknown>>;

const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const text: Schema = { type: 'string' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });

/** HTTPRoute v1 of the Gateway API: the fields that divide traffic, with their published defaults and bounds. */
const httpRoute: Schema = object({
  spec: object({
    parentRefs: list(object({ name: text, namespace: text, sectionName: text })),
    hostnames: list(text),
    rules: list(
      object({
        matches: list(anything),
        filters: list(anything),
        backendRefs: list({
          ...object({
            group: { type: 'string', default: '' },
            kind: { type: 'string', default: 'Service' },
            namespace: text,
            name: text,
            port: { type: 'integer', minimum: 1, maximum: 65_535 },
            weight: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 1 },
            filters: list(anything),
          }),
          required: ['name'],
        }),
      }),
    ),
  }),
  status: object({
    parents: list(object({ parentRef: object({ name: text }), controllerName: text, conditions: list(anything) })),
  }),
});

const destination = object({ host: text, subset: text, port: object({ number: { type: 'integer' } }) });
const routes = (more: Record<string, Schema>): Schema =>
  list(
    object({
      name: text,
      match: list(anything),
      route: list(object({ destination, weight: { type: 'integer', format: 'int32' }, ...more })),
    }),
  );

/** VirtualService v1 of Istio: the fields that divide traffic. */
const virtualService: Schema = object({
  spec: object({
    hosts: list(text),
    gateways: list(text),
    http: routes({ headers: anything }),
    tls: routes({}),
    tcp: routes({}),
  }),
  status: anything,
});

/** DestinationRule v1 of Istio: what a subset is. */
const destinationRule: Schema = object({
  spec: object({
    host: text,
    subsets: list(object({ name: text, labels: { type: 'object', additionalProperties: text } })),
  }),
  status: anything,
});

const kinds = [
  ['gateway.networking.k8s.io', 'HTTPRoute', 'httproutes', httpRoute],
  ['networking.istio.io', 'VirtualService', 'virtualservices', virtualService],
  ['networking.istio.io', 'DestinationRule', 'destinationrules', destinationRule],
] as const;

/**
 * The kinds of the Gateway API and of Istio, as small as they can be: written from the published APIs, with a schema that
 * drops every field it does not know, so that a wrong path is noticed. No gateway and no mesh runs behind them.
 */
export async function installTrafficKinds(config: KubeConfig): Promise<void> {
  const definitions = config.makeApiClient(CustomObjectsApi);
  await Promise.all(
    kinds.map(async ([group, kind, plural, openAPIV3Schema]) => {
      // Gateway API's own group is protected: without this the server refuses its definitions.
      const annotations = { 'api-approved.kubernetes.io': 'unapproved, a schema of a test' };
      const spec = {
        group,
        scope: 'Namespaced',
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [
          { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema } },
        ],
      };
      const apiVersion = `${home.group}/${home.version}`;
      const metadata = { name: `${plural}.${group}`, annotations };
      const body = { apiVersion, kind: 'CustomResourceDefinition', metadata, spec };
      await definitions.createClusterCustomObject({ ...home, body }).catch(unlessThere);
      await untilServed(config, group, plural);
    }),
  );
}

const home = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };

function unlessThere(thrown: unknown): void {
  if ((thrown as { readonly code?: number }).code !== 409) throw thrown;
}

async function untilServed(config: KubeConfig, group: string, plural: string): Promise<void> {
  const objects = config.makeApiClient(CustomObjectsApi);
  for (let tries = 0; tries < 200; tries += 1) {
    const isServed = await objects
      .listNamespacedCustomObject({ group, version: 'v1', namespace: 'default', plural })
      .then(
        () => true,
        () => false,
      );
    if (isServed) return;
    await delay(50);
  }
  throw new Error(`${plural}.${group} is not served`);
}
