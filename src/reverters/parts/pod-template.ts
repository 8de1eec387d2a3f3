import { digestOf } from '../../digest';
import type { Json, JsonObject } from '../../domain/json';

/** Set by controllers on the copies that they keep, and by `kubectl rollout restart`: none of it is what people govern. */
const uncovered = [
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'rollouts-pod-template-hash',
];
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/** A template as people wrote it: without what controllers add to their copies and without the time of a restart. */
export function governed(template: JsonObject): JsonObject {
  const { metadata, $patch: _patch, ...rest } = template;
  const { labels, annotations, creationTimestamp: _time, ...others } = asObject(metadata);
  return {
    ...rest,
    metadata: {
      ...others,
      ...filled('labels', without(asObject(labels), uncovered)),
      ...filled('annotations', without(asObject(annotations), [restartedAt])),
    },
  };
}

/** Digest of what is governed in a template. */
export function fingerprintOf(template: JsonObject): string {
  return digestOf(governed(template));
}

/** Images by container, init containers included. */
export function imagesOf(template: JsonObject): Readonly<Record<string, string>> {
  const spec = asObject(template['spec']);
  const containers = [...asList(spec['initContainers']), ...asList(spec['containers'])].map(asObject);
  return Object.fromEntries(containers.map(({ name, image }) => [asText(name), asText(image)]));
}

/** What a template says it is: the version by its label or the tag of the image, the digest by the image alone. */
export function releaseOf(
  template: JsonObject,
  { container, versionLabel }: { readonly container?: string | undefined; readonly versionLabel: string },
): { readonly version?: string; readonly digest?: string } {
  const labels = asObject(asObject(template['metadata'])['labels']);
  const containers = asList(asObject(template['spec'])['containers']).map(asObject);
  const main = container === undefined ? containers[0] : containers.find(({ name }) => name === container);
  const image = asText(main?.['image']);
  const [, tag, digest] = /^[^@]*?(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  const version = asText(labels[versionLabel]) || tag;
  return { ...(version === undefined ? {} : { version }), ...(digest === undefined ? {} : { digest }) };
}

/** One line of what differs between two templates: images in full, everything else by name only, never by value. */
export function differenceOf(from: JsonObject, to: JsonObject): string {
  const [before, after] = [imagesOf(from), imagesOf(to)];
  const images = Object.keys({ ...before, ...after }).flatMap((name) =>
    before[name] === after[name]
      ? []
      : [`${name}: image ${shortImage(before[name])} → ${shortImage(after[name], before[name])}`],
  );
  const [left, right] = [partsOf(from), partsOf(to)];
  const parts = Object.keys({ ...left, ...right }).filter((part) => left[part] !== right[part]);
  return [...images, ...(parts.length === 0 ? [] : [`changed back: ${parts.join(', ')}`])].join('; ');
}

/** Digests of the named parts of a template besides its images. */
function partsOf(template: JsonObject): Readonly<Record<string, string>> {
  const spec = asObject(template['spec']);
  const parts: Record<string, string> = {};
  for (const container of [...asList(spec['initContainers']), ...asList(spec['containers'])].map(asObject)) {
    const { name, image: _image, env, ...rest } = container;
    for (const variable of asList(env).map(asObject))
      parts[`${asText(name)} env ${asText(variable['name'])}`] = digestOf(variable);
    for (const [key, value] of Object.entries(rest)) parts[`${asText(name)} ${key}`] = digestOf(value);
  }
  for (const volume of asList(spec['volumes']).map(asObject))
    parts[`volume ${asText(volume['name'])}`] = digestOf(volume);
  const { initContainers: _init, containers: _containers, volumes: _volumes, ...others } = spec;
  for (const [key, value] of Object.entries(others)) parts[key] = digestOf(value);
  const { labels, annotations } = asObject(governed(template)['metadata']);
  for (const [key, value] of Object.entries(asObject(labels))) parts[`label ${key}`] = digestOf(value);
  for (const [key, value] of Object.entries(asObject(annotations))) parts[`annotation ${key}`] = digestOf(value);
  return parts;
}

/** The end of an image name that tells it apart; the digest in short. */
function shortImage(image = 'none', other = ''): string {
  const short = image.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*$/, '@$1');
  const name = short.replace(/[:@][^/]*$/, '');
  const isSame = other.startsWith(`${name}:`) || other.startsWith(`${name}@`);
  return isSame && name !== short ? short.slice(name.length) : short;
}

/** A JSON value as an object; anything else is an empty one. */
export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A JSON value as a list; anything else is an empty one. */
export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A JSON value as a text; anything else is an empty one. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function filled(key: string, value: JsonObject): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
