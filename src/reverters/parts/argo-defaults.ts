import type { Json, JsonObject } from '../../domain/json';
import { asList, asObject, asText } from './pod-template';

/**
 * A pod template without the values that an API server adds to a ReplicaSet and not to a Rollout, so that the copies which
 * the controller keeps have the fingerprint of what people wrote. Who writes a default out loud means the same template.
 */
export function withoutDefaults(template: JsonObject): JsonObject {
  const { metadata, spec, ...rest } = template;
  const { creationTimestamp: _time, ...named } = asObject(metadata);
  return { ...rest, metadata: named, ...(spec === undefined ? {} : { spec: podWithout(asObject(spec)) }) };
}

function podWithout(spec: JsonObject): JsonObject {
  // The server repeats the account under the name that it had long ago.
  const { serviceAccount: _account, ...pod } = spec;
  return mapped(less(pod, ofPod), {
    containers: containerWithout,
    initContainers: containerWithout,
    volumes: (volume) => inside(volume, ofVolume),
  });
}

function containerWithout(container: JsonObject): JsonObject {
  const bare = inside(less(container, ofContainer), ofParts);
  const policy = container['imagePullPolicy'] === defaultPullPolicy(container['image']) ? ['imagePullPolicy'] : [];
  return mapped(without(bare, policy), {
    ports: (port) => less(port, { protocol: 'TCP' }),
    env: (variable) => inside(variable, { valueFrom: {} }, ofReference),
  });
}

const ofPod: JsonObject = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
};

const ofContainer: JsonObject = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

const probe: JsonObject = { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 };
const scheme: JsonObject = { httpGet: { scheme: 'HTTP' } };

/** Defaults of the parts of a container, by the key of the part. */
const ofParts: JsonObject = { livenessProbe: probe, readinessProbe: probe, startupProbe: probe };

/** Defaults of the sources of a volume, by the key of the source. */
const ofVolume: JsonObject = {
  configMap: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  hostPath: { type: '' },
  projected: { defaultMode: 420 },
  secret: { defaultMode: 420 },
};

/** One level further down: the field of a variable and the scheme of a probe. */
const ofReference: JsonObject = { fieldRef: { apiVersion: 'v1' }, ...scheme };

/** `Always` for an image that moves, `IfNotPresent` for one that is pinned. */
function defaultPullPolicy(image: Json | undefined): string {
  const [name = '', digest] = asText(image).split('@');
  const tag = /:([^/]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

/** Each part of an object without its own defaults; with `below`, the parts of its parts too. */
function inside(object: JsonObject, defaults: JsonObject, below: JsonObject = scheme): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const own = defaults[key];
      if (own === undefined) return [key, value];
      const part = less(asObject(value), asObject(own));
      return [key, Object.fromEntries(Object.entries(part).map(([name, deep]) => [name, lessIn(deep, below[name])]))];
    }),
  );
}

function lessIn(value: Json, defaults: Json | undefined): Json {
  return defaults === undefined ? value : less(asObject(value), asObject(defaults));
}

/** An object without the keys that hold exactly the default. */
function less(object: JsonObject, defaults: JsonObject): JsonObject {
  const isDefault = (key: string): boolean => JSON.stringify(object[key]) === JSON.stringify(defaults[key]);
  return without(
    object,
    Object.keys(defaults).filter((key) => isDefault(key)),
  );
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function mapped(object: JsonObject, parts: Readonly<Record<string, (part: JsonObject) => JsonObject>>): JsonObject {
  const lists = Object.entries(parts).flatMap(([key, change]) =>
    object[key] === undefined ? [] : [[key, asList(object[key]).map((part) => change(asObject(part)))]],
  );
  return { ...object, ...Object.fromEntries(lists) };
}
