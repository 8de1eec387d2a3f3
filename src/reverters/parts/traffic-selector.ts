import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { unchangedSince } from './object-stamp';
import { asList, asObject } from './pod-template';
import { trafficName, type Traffic } from './traffic';
import type { Division, Following, Side, TrafficKind } from './traffic-kind';
import { isReady } from './workload-pods';

/** Blue/green by the selector of a Service: all of the traffic goes to the pods that it selects. */
export const selectorTraffic: TrafficKind = {
  whenMissing: undefined,
  impact:
    'new connections go to the other pods within about a second; open ones stay with their pods until either side closes them',
  division: ({ spec }) => ({ selector: asObject(asObject(spec)['selector']) }),
  effect: ({ selector = null }) => selector,
  shown: (division) => shown(labelsOf(division)),
  obstacle: (_now, goal) =>
    Object.keys(labelsOf(goal)).length === 0 ? 'it selected no pods when it was captured' : undefined,
  between: () => undefined,
  patch: (object, { selector = null }) => {
    const { selector: now } = asObject(object.spec);
    const path = '/spec/selector';
    return [
      now === undefined ? unchangedSince(object) : { op: 'test', path, value: now },
      { op: 'add', path, value: selector },
    ];
  },
  sides: ({ namespace }, now, goal) => {
    const side = (division: Division): Side => {
      const labels = labelsOf(division);
      return { name: shown(labels), namespace, labels };
    };
    return Promise.resolve({ gaining: [side(goal)], losing: [side(now)], unknown: [] });
  },
  following,
};

/** The endpoints follow when each belongs to a selected pod, and each selected pod that is ready has one. */
async function following(
  target: Traffic,
  object: KubernetesObject,
  { world, signal }: ReverterContext,
): Promise<Following> {
  const name = trafficName(target);
  const labels = labelsOf(selectorTraffic.division(object));
  const [pods, slices] = await Promise.all([
    world.kubernetes.list({ ...name, kind: 'Pod' }, labels, signal),
    world.kubernetes.list({ ...name, kind: 'EndpointSlice' }, { 'kubernetes.io/service-name': target.name }, signal),
  ]);
  const selected = new Set(pods.map(({ metadata }) => metadata.name));
  const wanted = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod));
  const endpoints = slices.flatMap((slice) => asList(slice.endpoints).map(asObject));
  const served = new Set(endpoints.filter(isServing).map(podOf));
  const foreign = endpoints.map(podOf).filter((pod) => !selected.has(pod));
  const isComplete = wanted.every(({ metadata }) => served.has(metadata.name));
  const others = foreign.length === 0 ? '' : `, ${foreign.length} of the other side left`;
  return { settled: isComplete && foreign.length === 0, seen: `${served.size} ready endpoints${others}` };
}

function isServing({ conditions }: JsonObject): boolean {
  return asObject(conditions)['ready'] !== false;
}

function podOf({ targetRef }: JsonObject): string {
  const { name } = asObject(targetRef);
  return typeof name === 'string' ? name : '';
}

function labelsOf({ selector }: Division): Readonly<Record<string, string>> {
  return asObject(selector) as Readonly<Record<string, string>>;
}

function shown(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || 'no pods';
}
