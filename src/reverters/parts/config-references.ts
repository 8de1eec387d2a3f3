import type { JsonObject } from '../../domain/json';
import { asList, asObject, asText } from './pod-template';

/** One place of a pod template that names a ConfigMap or Secret. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** For people: `envFrom of app`, `env LOG_LEVEL of app`, `volume config`. */
  readonly where: string;
  /** Read when a container starts, and never again. */
  readonly isReadAtStart: boolean;
  /** A pod starts without it. */
  readonly isOptional: boolean;
}

/** Every ConfigMap and Secret that the containers of a template read. */
export function referencesIn(template: JsonObject): readonly Reference[] {
  const found: Reference[] = [];
  withReferences(template, (reference) => {
    found.push(reference);
    return reference.name;
  });
  return found;
}

/** The template with every reference named as `rename` says, and nothing else touched. */
export function withReferences(template: JsonObject, rename: (reference: Reference) => string): JsonObject {
  return inside(template, 'spec', (spec) => {
    const fixed = volumesReadAtStart(spec);
    const inits = each(spec, 'initContainers', (container) => ofContainer(container, rename));
    const mains = each(inits, 'containers', (container) => ofContainer(container, rename));
    return each(mains, 'volumes', (volume) => ofVolume(volume, fixed, rename));
  });
}

type Rename = (reference: Reference) => string;

/** Where a reference stands in its holder, what it names, and under which key. */
type Way = readonly [key: string, kind: Reference['kind'], nameKey: string];

const inEnvFrom: readonly Way[] = [
  ['configMapRef', 'ConfigMap', 'name'],
  ['secretRef', 'Secret', 'name'],
];
const inEnv: readonly Way[] = [
  ['configMapKeyRef', 'ConfigMap', 'name'],
  ['secretKeyRef', 'Secret', 'name'],
];
const inVolume: readonly Way[] = [
  ['configMap', 'ConfigMap', 'name'],
  ['secret', 'Secret', 'secretName'],
];
const inProjected: readonly Way[] = [
  ['configMap', 'ConfigMap', 'name'],
  ['secret', 'Secret', 'name'],
];

function ofContainer(container: JsonObject, rename: Rename): JsonObject {
  const of = `of ${asText(container['name'])}`;
  const whole = { where: `envFrom ${of}`, isReadAtStart: true };
  const fromAll = each(container, 'envFrom', (source) => renamed(source, inEnvFrom, whole, rename));
  return each(fromAll, 'env', (variable) => {
    const place = { where: `env ${asText(variable['name'])} ${of}`, isReadAtStart: true };
    return inside(variable, 'valueFrom', (source) => renamed(source, inEnv, place, rename));
  });
}

function ofVolume(volume: JsonObject, fixed: ReadonlySet<string>, rename: Rename): JsonObject {
  const name = asText(volume['name']);
  const place = { where: `volume ${name}`, isReadAtStart: fixed.has(name) };
  return inside(renamed(volume, inVolume, place, rename), 'projected', (projected) =>
    each(projected, 'sources', (source) => renamed(source, inProjected, place, rename)),
  );
}

/** Files that are mounted by subPath are not refreshed. */
function volumesReadAtStart(spec: JsonObject): ReadonlySet<string> {
  const containers = [...asList(spec['initContainers']), ...asList(spec['containers'])].map(asObject);
  const mounts = containers.flatMap(({ volumeMounts }) => asList(volumeMounts).map(asObject));
  return new Set(
    mounts
      .filter(({ subPath, subPathExpr }) => subPath !== undefined || subPathExpr !== undefined)
      .map(({ name }) => asText(name)),
  );
}

function renamed(
  holder: JsonObject,
  ways: readonly Way[],
  place: Pick<Reference, 'where' | 'isReadAtStart'>,
  rename: Rename,
): JsonObject {
  return ways.reduce(
    (object, [key, kind, nameKey]) =>
      inside(object, key, (reference) => {
        const isOptional = reference['optional'] === true;
        const name = rename({ kind, name: asText(reference[nameKey]), isOptional, ...place });
        return { ...reference, [nameKey]: name };
      }),
    holder,
  );
}

/** The object with the object at `key` changed; as it is when there is none. */
function inside(object: JsonObject, key: string, change: (value: JsonObject) => JsonObject): JsonObject {
  return object[key] === undefined ? object : { ...object, [key]: change(asObject(object[key])) };
}

/** The object with every item of the list at `key` changed; as it is when there is none. */
function each(object: JsonObject, key: string, change: (item: JsonObject) => JsonObject): JsonObject {
  return object[key] === undefined
    ? object
    : { ...object, [key]: asList(object[key]).map((item) => change(asObject(item))) };
}
