import type { JsonObject } from '../../domain/json';
import type { ReverterContext } from '../../domain/reverter';
import { asList, asObject, asText } from './pod-template';
import { trafficName, type Traffic } from './traffic';
import type { Side, Sides } from './traffic-kind';

/** The pods behind the backends that get more and those that get less. */
export async function sidesOf(
  target: Traffic,
  more: readonly JsonObject[],
  less: readonly JsonObject[],
  nameOf: (backend: JsonObject) => string,
  ctx: ReverterContext,
): Promise<Sides> {
  const find = (backends: readonly JsonObject[]): Promise<readonly (Side | string)[]> =>
    Promise.all(backends.map(async (one) => (await sideOf(target, one, nameOf(one), ctx)) ?? nameOf(one)));
  const [gaining, losing] = [await find(more), await find(less)];
  return {
    gaining: gaining.filter((side): side is Side => typeof side !== 'string'),
    losing: losing.filter((side): side is Side => typeof side !== 'string'),
    unknown: gaining.filter((side): side is string => typeof side === 'string'),
  };
}

/** Through the Service to its pods; of a subset, those that its labels narrow it to. Undefined for what is no Service with a selector. */
async function sideOf(
  target: Traffic,
  backend: JsonObject,
  name: string,
  ctx: ReverterContext,
): Promise<Side | undefined> {
  const place = servicePlace(target, backend);
  if (place === undefined) return undefined;
  const service = await ctx.world.kubernetes.read({ ...trafficName(target), ...place, kind: 'Service' }, ctx.signal);
  const selector = asObject(asObject(service?.spec)['selector']);
  const { subset } = asObject(backend['destination']);
  const narrowed = typeof subset === 'string' ? await labelsOfSubset(target, place.name, subset, ctx) : {};
  if (Object.keys(selector).length === 0 || narrowed === undefined) return undefined;
  const labels = { ...selector, ...narrowed } as Readonly<Record<string, string>>;
  return { name, namespace: place.namespace, labels };
}

interface ServicePlace {
  readonly namespace: string;
  readonly name: string;
}

/** A backendRef names a Service of its namespace; a host of Istio is `name`, `name.namespace` or `name.namespace.svc…`. */
function servicePlace({ namespace: own }: Traffic, backend: JsonObject): ServicePlace | undefined {
  const { kind = 'Service', group = '', name, namespace = own, destination } = backend;
  if (destination === undefined)
    return kind === 'Service' && group === '' ? { namespace: asText(namespace), name: asText(name) } : undefined;
  return hostPlace(own, asObject(destination)['host']);
}

function hostPlace(own: string, host: unknown): ServicePlace | undefined {
  const [name = '', namespace = own, svc = 'svc'] = typeof host === 'string' ? host.split('.') : [];
  return name === '' || svc !== 'svc' ? undefined : { namespace, name };
}

/** Labels that a DestinationRule gives to a subset of a host. */
async function labelsOfSubset(
  target: Traffic,
  service: string,
  subset: string,
  { world, signal }: ReverterContext,
): Promise<JsonObject | undefined> {
  const rules = await world.kubernetes.list({ ...trafficName(target), kind: 'DestinationRule' }, {}, signal);
  const subsets = rules
    .map(({ spec }) => asObject(spec))
    .filter(({ host }) => hostPlace(target.namespace, host)?.name === service)
    .flatMap((spec) => asList(spec['subsets']).map(asObject));
  const found = subsets.find(({ name }) => name === subset);
  return found === undefined ? undefined : asObject(found['labels']);
}
