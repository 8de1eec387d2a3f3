import type { FoundWorkload } from '../adapters/kubernetes-survey';
import type { Json, JsonObject } from '../domain/json';
import type { KubernetesObject } from '../domain/ports';
import { asList, asObject } from '../reverters/parts/pod-template';

/** The Services that send traffic to a workload. */
export function servicesOf(
  { object }: FoundWorkload,
  services: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const labels = asObject(asObject(templateOf(object)['metadata'])['labels']);
  return services.filter(({ spec }) => {
    const selector = Object.entries(asObject(asObject(spec)['selector']));
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  });
}

/** Checks that a workload's own probes and annotations speak of; whether they tell a good release, people know. */
export function checksOf(
  { object }: FoundWorkload,
  services: readonly KubernetesObject[],
  namespace: string,
): readonly JsonObject[] {
  const template = templateOf(object);
  const containers = asList(asObject(template['spec'])['containers']).map(asObject);
  const health = containers.flatMap((container) => {
    const { path, port } = asObject(asObject(container['readinessProbe'])['httpGet']);
    const url = urlOf({ services, namespace }, port, container, path);
    return url === undefined ? [] : [{ name: 'health', type: 'http', url, passes: 3 }];
  });
  const annotations = asObject(asObject(template['metadata'])['annotations']);
  if (annotations['prometheus.io/scrape'] !== 'true') return health.slice(0, 1);
  const { 'prometheus.io/port': port, 'prometheus.io/path': path = '/metrics' } = annotations;
  const url = urlOf({ services, namespace }, port === undefined ? undefined : Number(port), containers[0] ?? {}, path);
  const rate = { errors: 'http_requests_total{status=~"5.."}', total: 'http_requests_total', tolerance: '0.5%' };
  return [...health.slice(0, 1), ...(url === undefined ? [] : [{ name: 'error rate', type: 'scrape', url, ...rate }])];
}

/** Components whose Services the variables of a workload name, by the variable: `ORDERS_URL`. */
export function namedIn({ object }: FoundWorkload, hosts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const containers = asList(asObject(templateOf(object)['spec'])['containers']).map(asObject);
  const found = new Map<string, string>();
  for (const { name, value } of containers.flatMap(({ env }) => asList(env).map(asObject))) {
    for (const word of typeof value === 'string' ? value.split(/[^a-z0-9-]+/) : []) {
      const component = hosts.get(word);
      if (component !== undefined && typeof name === 'string' && !found.has(component)) found.set(component, name);
    }
  }
  return found;
}

function templateOf({ spec }: KubernetesObject): JsonObject {
  return asObject(asObject(spec)['template']);
}

/** Where a port of a container is reached through a Service. */
function urlOf(
  { services, namespace }: { readonly services: readonly KubernetesObject[]; readonly namespace: string },
  port: Json | undefined,
  container: JsonObject,
  path: Json | undefined,
): string | undefined {
  const declared = asList(container['ports']).map(asObject);
  const number = typeof port === 'string' ? declared.find(({ name }) => name === port)?.['containerPort'] : port;
  const name = declared.find(({ containerPort }) => containerPort === number)?.['name'];
  for (const { metadata, spec } of services) {
    const open = asList(asObject(spec)['ports']).map(asObject);
    const own = open.find(
      ({ port: at, targetPort = at }) => targetPort === number || (name !== undefined && targetPort === name),
    );
    if (own === undefined || typeof own['port'] !== 'number') continue;
    const host = `${metadata.name}.${namespace}.svc`;
    return `http://${host}:${own['port']}${typeof path === 'string' ? path : '/'}`;
  }
  return undefined;
}
