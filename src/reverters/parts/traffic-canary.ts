import type { JsonPatch, KubernetesObject } from '../../domain/ports';
import { annotationPath, unchangedSince } from './object-stamp';
import type { Division, TrafficKind } from './traffic-kind';

/** Annotations of ingress-nginx: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary */
const prefix = 'nginx.ingress.kubernetes.io/canary';

/** Who gets the canary besides its weight. */
const choices = ['by-header', 'by-header-value', 'by-header-pattern', 'by-cookie'] as const;

interface Canary {
  readonly isCanary: boolean;
  readonly weight: number;
  readonly total: number;
  readonly chosen: Readonly<Record<string, string>>;
}

/** No canary gets as much as one with the weight 0. */
const nothing: Canary = { isCanary: true, weight: 0, total: 100, chosen: {} };

/**
 * The canary annotations of an Ingress of ingress-nginx. `canary: "true"` itself is never touched: without it the Ingress
 * would be one more main one for the same host.
 */
export const canaryTraffic: TrafficKind = {
  whenMissing: asDivision(nothing),
  impact:
    'new requests follow the weight; requests in flight end where they are; a browser with the canary cookie stays as long as that is asked for',
  division: (object) => asDivision(canaryIn(object)),
  effect: (division) => {
    const { isCanary, weight, total, chosen } = canaryOf(division);
    return { isCanary, gets: Math.round((10_000 * weight) / total), chosen };
  },
  shown: (division) => shown(canaryOf(division)),
  obstacle: (now) =>
    canaryOf(now).isCanary ? undefined : `it is not annotated ${prefix}: "true", so that it is no canary`,
  between: (now, goal, percent) => {
    const [before, after] = [canaryOf(now), canaryOf(goal)];
    const part = (canary: Canary, of: number): number => (canary.weight / canary.total) * of;
    const weight = Math.round((part(before, 100 - percent) + part(after, percent)) * (before.total / 100));
    return asDivision({ ...before, weight });
  },
  patch: (object, goal) => [unchangedSince(object), ...annotationPatch(object, canaryOf(goal))],
  sides: () => Promise.resolve({ gaining: [], losing: [], unknown: ['the Ingress beside the canary'] }),
  following: () =>
    Promise.resolve({ settled: true, seen: 'configured; ingress-nginx does not say what it has loaded' }),
};

function canaryIn({ metadata }: KubernetesObject): Canary {
  const annotations = metadata.annotations ?? {};
  const numberAt = (key: string, otherwise: number): number => {
    const value = Number(annotations[`${prefix}-${key}`] ?? otherwise);
    return Number.isInteger(value) && value >= 0 ? value : otherwise;
  };
  return {
    isCanary: annotations[prefix] === 'true',
    weight: numberAt('weight', 0),
    total: numberAt('weight-total', 100) || 100,
    chosen: Object.fromEntries(
      choices.flatMap((key) => {
        const value = annotations[`${prefix}-${key}`];
        return value === undefined ? [] : [[key, value]];
      }),
    ),
  };
}

/** All of the annotations as the goal has them; those that it does not have are removed. */
function annotationPatch({ metadata }: KubernetesObject, { weight, total, chosen }: Canary): readonly JsonPatch[] {
  const now = metadata.annotations ?? {};
  const wanted: Readonly<Record<string, string | undefined>> = {
    weight: String(weight),
    'weight-total': total === 100 ? undefined : String(total),
    ...Object.fromEntries(choices.map((key) => [key, chosen[key]])),
  };
  return Object.entries(wanted).flatMap(([key, value]): readonly JsonPatch[] => {
    const annotation = `${prefix}-${key}`;
    const path = annotationPath(annotation);
    if (value !== undefined) return now[annotation] === value ? [] : [{ op: 'add', path, value }];
    return now[annotation] === undefined ? [] : [{ op: 'remove', path }];
  });
}

function shown({ isCanary, weight, total, chosen }: Canary): string {
  if (!isCanary) return 'no canary';
  const others = Object.keys(chosen).length === 0 ? '' : `, and ${Object.keys(chosen).sort().join(', ')}`;
  return `canary ${Math.round((10_000 * weight) / total) / 100} %${others}`;
}

function asDivision(canary: Canary): Division {
  return { ...canary };
}

function canaryOf(division: Division): Canary {
  return division as unknown as Canary;
}
