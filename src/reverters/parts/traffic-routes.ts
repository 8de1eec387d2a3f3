import { canonicalJson, digestOf } from '../../digest';
import type { Json, JsonObject } from '../../domain/json';
import { asList, asObject, asText } from './pod-template';
import type { Division, TrafficKind } from './traffic-kind';
import { fractionsOf, movedBackends, sharesBetween, type Share } from './traffic-shares';
import { sidesOf } from './traffic-backends';
import { gatewayFollows } from './traffic-gateway';

/** The backends of one rule and their weights. */
export interface Route {
  /** Where the list of backends stands in the object. */
  readonly at: string;
  /** Digest of what the rule matches: a rule is not told by its place alone. */
  readonly rule: string;
  readonly shares: readonly Share[];
}

const impact =
  'new requests follow the weights; requests in flight end where they are, and streams (WebSocket, gRPC) stay with their backend until they reconnect';

/** `spec.rules[].backendRefs[].weight` of an HTTPRoute, gateway.networking.k8s.io/v1. */
export const gatewayTraffic: TrafficKind = routeTraffic({
  lists: ({ rules }) =>
    asList(rules)
      .map(asObject)
      .map(({ backendRefs, matches }, index) => ({
        at: `/spec/rules/${index}/backendRefs`,
        match: matches ?? null,
        entries: asList(backendRefs).map(asObject),
      })),
  // A weight that is left out is 1 (Gateway API, BackendRef).
  read: ({ group, kind, namespace, name, port, weight, ...more }) => ({
    backend: defined({ group, kind, namespace, name, port }),
    weight: typeof weight === 'number' ? weight : 1,
    hasMore: Object.keys(more).length > 0,
  }),
  nameOf: ({ name }) => asText(name),
  following: (_target, object) => Promise.resolve(gatewayFollows(object)),
});

/** `spec.http[]|tls[]|tcp[].route[].weight` of a VirtualService, networking.istio.io/v1. */
export const istioTraffic: TrafficKind = routeTraffic({
  lists: (spec) =>
    ['http', 'tls', 'tcp'].flatMap((section) =>
      asList(spec[section])
        .map(asObject)
        .map(({ route, match }, index) => ({
          at: `/spec/${section}/${index}/route`,
          match: match ?? null,
          entries: asList(route).map(asObject),
        })),
    ),
  // A destination that is alone gets everything; among several, one without a weight gets nothing (Istio, RouteDestination).
  read: ({ destination, weight, ...more }, isAlone) => ({
    backend: { destination: asObject(destination) },
    weight: typeof weight === 'number' ? weight : isAlone ? 100 : 0,
    hasMore: Object.keys(more).length > 0,
  }),
  nameOf: ({ destination }) => {
    const { host, subset } = asObject(destination);
    return typeof subset === 'string' ? `${asText(host)}/${subset}` : asText(host);
  },
  following: () => Promise.resolve({ settled: true, seen: 'configured; Istio does not say what its proxies run' }),
});

interface RouteKind {
  /** Every list of backends in a spec. */
  lists(
    spec: JsonObject,
  ): readonly { readonly at: string; readonly match: Json; readonly entries: readonly JsonObject[] }[];
  read(entry: JsonObject, isAlone: boolean): Share;
  nameOf(backend: JsonObject): string;
  readonly following: TrafficKind['following'];
}

function routeTraffic({ lists, read, nameOf, following }: RouteKind): TrafficKind {
  const routesIn = (spec: JsonObject): readonly Route[] =>
    lists(spec)
      .filter(({ entries }) => entries.length > 0)
      .map(({ at, match, entries }) => ({
        at,
        rule: digestOf(match),
        shares: entries.map((entry) => read(entry, entries.length === 1)),
      }));
  return {
    whenMissing: undefined,
    impact,
    following,
    division: ({ spec }) => asDivision(routesIn(asObject(spec))),
    effect: (division) => routesOf(division).map(({ at, rule, shares }) => ({ at, rule, gets: fractionsOf(shares) })),
    shown: (division) => {
      const rules = routesOf(division).map(({ shares }) => sharesText(shares, nameOf));
      return [...new Set(rules)].join(' · ') || 'no backends';
    },
    obstacle: (now, goal) => obstacle(routesOf(now), routesOf(goal), nameOf),
    between: (now, goal, percent) => {
      const before = routesOf(now);
      return asDivision(
        routesOf(goal).map((route, at) => ({
          ...route,
          shares: sharesBetween(before[at]?.shares ?? [], route.shares, percent),
        })),
      );
    },
    patch: ({ spec = {} }, goal) => [
      { op: 'test', path: '/spec', value: spec },
      ...routesOf(goal).map(({ at, shares }) => {
        const entries = lists(spec).find((list) => list.at === at)?.entries ?? [];
        return { op: 'replace' as const, path: at, value: written(shares, entries, read) };
      }),
    ],
    sides: (target, now, goal, ctx) => {
      const before = routesOf(now);
      const moved = (direction: 'more' | 'less'): readonly JsonObject[] =>
        routesOf(goal).flatMap(({ shares }, at) => movedBackends(before[at]?.shares ?? [], shares, direction));
      return sidesOf(target, moved('more'), moved('less'), nameOf, ctx);
    },
  };
}

/** A backend that is there keeps whatever else is set on it. */
function written(shares: readonly Share[], entries: readonly JsonObject[], read: RouteKind['read']): Json {
  return shares.map(({ backend, weight }) => {
    const key = canonicalJson(backend);
    const entry = entries.find((one) => canonicalJson(read(one, false).backend) === key);
    return { ...(entry ?? backend), weight };
  });
}

function obstacle(now: readonly Route[], goal: readonly Route[], nameOf: RouteKind['nameOf']): string | undefined {
  const shape = (routes: readonly Route[]): string => canonicalJson(routes.map(({ at, rule }) => [at, rule]));
  if (shape(now) !== shape(goal)) return 'its rules are others than those that were captured';
  const known = new Set(now.flatMap(({ shares }) => shares.map(({ backend }) => canonicalJson(backend))));
  const lost = goal
    .flatMap(({ shares }) => shares)
    .find(({ backend, hasMore }) => hasMore && !known.has(canonicalJson(backend)));
  return lost === undefined
    ? undefined
    : `its backend ${nameOf(lost.backend)} is gone, and had filters or headers of its own`;
}

function sharesText(shares: readonly Share[], nameOf: RouteKind['nameOf']): string {
  const fractions = fractionsOf(shares);
  return shares
    .map(({ backend }) => `${nameOf(backend)} ${(fractions[canonicalJson(backend)] ?? 0) / 100} %`)
    .join(', ');
}

function asDivision(routes: readonly Route[]): Division {
  return { routes: routes as unknown as Json };
}

function routesOf({ routes }: Division): readonly Route[] {
  return asList(routes) as unknown as readonly Route[];
}

function defined(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((one): one is [string, Json] => one[1] !== undefined));
}
