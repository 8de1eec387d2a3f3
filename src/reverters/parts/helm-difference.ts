import { digestOf } from '../../digest';
import type { JsonObject } from '../../domain/json';
import type { LossItem } from '../../domain/reverter';
import type { ManifestObject, ReleaseManifest } from './helm-manifest';
import { asObject, differenceOf } from './pod-template';

/** What a rollback changes, object by object: images in full, everything else by name, never by value. */
export interface ManifestDifference {
  /** `Deployment payments: payments: image …; ConfigMap payments: data.LOG_LEVEL`; empty when nothing differs. */
  readonly text: string;
  /** Helm deletes what the older manifest does not have. */
  readonly removed: readonly ManifestObject[];
  /** Secrets whose values differ, by title and key. */
  readonly secrets: readonly string[];
}

/** The difference between two manifests of one release. */
export function differenceOfReleases(from: ReleaseManifest, to: ReleaseManifest): ManifestDifference {
  const [before, after] = [byTitle(from), byTitle(to)];
  const removed = from.objects.filter(({ title }) => !after.has(title));
  const created = to.objects.filter(({ title }) => !before.has(title));
  const pairs = to.objects.flatMap((object) => {
    const older = before.get(object.title);
    return older === undefined ? [] : [[older, object] as const];
  });
  const secrets = pairs.flatMap(([left, right]) => secretKeys(left, right));
  const changes = pairs.map(([left, right]) => changeOf(left, right));
  const labelled = changes.filter((change) => change === labelsOnly).length;
  const parts = [
    ...changes.filter((change) => change !== '' && change !== labelsOnly),
    ...created.map(({ title }) => `${title} created again`),
    ...removed.map(({ title }) => `${title} deleted`),
    ...(labelled === 0 ? [] : [`labels of ${labelled} more`]),
  ];
  return { text: firstOf(parts), removed, secrets };
}

/** What is lost for good when Helm deletes objects that the older manifest does not have. */
export function lossesOf(removed: readonly ManifestObject[]): readonly LossItem[] {
  return removed.flatMap(({ kind, title, body }) => {
    const what = holds[kind];
    const isKept = asObject(asObject(body['metadata'])['annotations'])['helm.sh/resource-policy'] === 'keep';
    if (what === undefined || isKept) return [];
    const compensation = `keep it: kubectl annotate ${title.toLowerCase()} helm.sh/resource-policy=keep`;
    return [{ kind: 'object', id: title, describe: `Helm deletes it with ${what}`, compensation }];
  });
}

const holds: Readonly<Record<string, string>> = {
  CustomResourceDefinition: 'every object of its kind',
  Namespace: 'everything in it',
  PersistentVolumeClaim: 'the data on its volume',
};

const labelsOnly = 'labels';

function changeOf(before: ManifestObject, after: ManifestObject): string {
  const keys = secretKeys(before, after);
  if (keys.length > 0) return `values of ${keys.join(', ')}`;
  if (digestOf(before.body) === digestOf(after.body)) return '';
  const [left, right] = [templateIn(before.body), templateIn(after.body)];
  const template = left === undefined || right === undefined ? '' : differenceOf(left, right);
  const fields = changedFields(before.body, after.body).filter((path) => template === '' || path !== 'spec.template');
  const others = fields.filter((path) => path !== 'metadata.labels');
  if (template === '' && others.length === 0) return labelsOnly;
  return `${after.title}: ${[...(template === '' ? [] : [template]), ...others].join(', ')}`;
}

function secretKeys(before: ManifestObject, after: ManifestObject): readonly string[] {
  const [left, right] = [before.secret ?? {}, after.secret ?? {}];
  const keys = Object.keys({ ...left, ...right }).filter((key) => left[key] !== right[key]);
  return keys.map((key) => `${after.title} ${key}`);
}

function templateIn(body: JsonObject): JsonObject | undefined {
  const template = asObject(asObject(body['spec'])['template']);
  return 'spec' in template ? template : undefined;
}

/** `spec.replicas`, `data.LOG_LEVEL`: the second level of an object tells people enough. */
function changedFields(before: JsonObject, after: JsonObject): readonly string[] {
  return Object.keys({ ...before, ...after }).flatMap((part) => {
    const [left, right] = [asObject(before[part]), asObject(after[part])];
    const names = Object.keys({ ...left, ...right });
    if (names.length === 0) return digest(before[part]) === digest(after[part]) ? [] : [part];
    return names.filter((name) => digest(left[name]) !== digest(right[name])).map((name) => `${part}.${name}`);
  });
}

function digest(value: unknown): string {
  return value === undefined ? '' : digestOf(value);
}

function byTitle({ objects }: ReleaseManifest): ReadonlyMap<string, ManifestObject> {
  return new Map(objects.map((object) => [object.title, object]));
}

function firstOf(parts: readonly string[]): string {
  return parts.length <= shown
    ? parts.join('; ')
    : `${parts.slice(0, shown).join('; ')}; and ${parts.length - shown} more objects`;
}

const shown = 8;
