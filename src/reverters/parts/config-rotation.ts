import type { KubernetesObject } from '../../domain/ports';

/** Tools that keep a Secret in step with a source of their own, by what they write on it. */
const keepers: readonly (readonly [annotation: string, tool: string])[] = [
  ['reconcile.external-secrets.io/data-hash', 'External Secrets'],
  ['cert-manager.io/certificate-name', 'cert-manager'],
];

/**
 * Why the captured values of a Secret must not come back, as far as the cluster can tell; undefined when nothing speaks
 * of a rotation. The cluster does not know which credentials still open a door: docs/decisions/0015.
 */
export function rotationSince(
  object: KubernetesObject,
  { atMs, writers, content }: { readonly atMs: number; readonly writers: readonly string[]; readonly content: unknown },
): string | undefined {
  // What was not there when it was captured had no writers that others could be told from.
  const others = content === null ? [] : writersOf(object).filter((writer) => !writers.includes(writer));
  const written = others.length === 0 ? undefined : `${others.join(' and ')} has written it since`;
  return announcedRotation(object, atMs) ?? keeperOf(object) ?? written;
}

/** Why a version must not come back that stands beside the one in use. */
export function revocationOf(version: KubernetesObject, inUse: KubernetesObject | undefined): string | undefined {
  const { annotations, creationTimestamp = '' } = version.metadata;
  if (annotations?.['lastgood.dev/revoked'] === 'true') return 'it is annotated lastgood.dev/revoked: "true"';
  return inUse === undefined ? undefined : announcedRotation(inUse, Date.parse(creationTimestamp));
}

/** The field managers that have written content of an object, sorted, without ourselves. */
export function writersOf({ metadata }: KubernetesObject): readonly string[] {
  const writers = (metadata.managedFields ?? [])
    .filter(({ fieldsV1 = {} }) => 'f:data' in fieldsV1 || 'f:binaryData' in fieldsV1)
    .flatMap(({ manager }) => manager ?? []);
  return [...new Set(writers)].filter((writer) => writer !== 'lastgood').sort();
}

/** What whoever rotated it has written on it. What can not be read as a time was written for a reason, so it counts. */
function announcedRotation({ metadata }: KubernetesObject, sinceMs: number): string | undefined {
  const said = metadata.annotations?.['lastgood.dev/rotated-at'];
  if (said === undefined || Date.parse(said) <= sinceMs) return undefined;
  return `it is annotated lastgood.dev/rotated-at: ${said.slice(0, 40)}`;
}

function keeperOf({ metadata }: KubernetesObject): string | undefined {
  const { kind = 'a controller', name = '' } = metadata.ownerReferences?.find(({ controller }) => controller) ?? {};
  if (name !== '') return `${kind} ${name} keeps it`;
  const keeper = keepers.find(([annotation]) => metadata.annotations?.[annotation] !== undefined);
  return keeper === undefined ? undefined : `${keeper[1]} keeps it`;
}
