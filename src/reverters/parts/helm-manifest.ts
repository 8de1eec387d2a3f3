import { objectsIn } from '../../adapters/manifest';
import { digestOf, keyedDigestOf } from '../../digest';
import type { JsonObject } from '../../domain/json';
import type { ReverterContext } from '../../domain/reverter';
import { fingerprintKey } from './config-content';
import { releaseTitle, type HelmTarget } from './helm-target';
import { asList, asObject, asText } from './pod-template';

/** What one revision of a release wants to be in the cluster. Holds secrets: it stays in memory. */
export interface ReleaseManifest {
  /** Digest of all objects, whatever their order and whatever the number of the revision. */
  readonly fingerprint: string;
  readonly objects: readonly ManifestObject[];
}

/** One object of a manifest. */
export interface ManifestObject {
  /** `Deployment payments`, with its namespace where that is not the release's. */
  readonly title: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Values of a Secret are not in here. */
  readonly body: JsonObject;
  /** Values of a Secret. */
  readonly secret?: JsonObject;
}

/** A manifest as Helm stored it, in an order of its own. Throws COMMAND_BAD_OUTPUT, SECRET_MISSING. */
export async function readRelease(
  target: HelmTarget,
  manifest: string,
  ctx: ReverterContext,
): Promise<ReleaseManifest> {
  const objects = objectsIn(manifest, releaseTitle(target))
    .flatMap((object) => (object['kind'] === 'List' ? asList(object['items']).map(asObject) : [object]))
    .map((object) => manifestObject(target, object))
    .toSorted((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
  return { objects, fingerprint: await fingerprintOf(target, objects, ctx) };
}

/** The values of Secrets are in the digest under a key, because a short password can be guessed from a plain one. */
async function fingerprintOf(
  target: HelmTarget,
  objects: readonly ManifestObject[],
  ctx: ReverterContext,
): Promise<string> {
  const bodies = objects.map(({ body }) => body);
  const secrets = objects.flatMap(({ title, secret }) => (secret === undefined ? [] : [[title, secret]]));
  if (secrets.length === 0) return digestOf(bodies);
  const key = await fingerprintKey(target, ctx);
  return digestOf([bodies, keyedDigestOf(key, { layer: 'helm-release', release: releaseTitle(target), secrets })]);
}

function manifestObject(target: HelmTarget, object: JsonObject): ManifestObject {
  const [kind, metadata] = [asText(object['kind']), asObject(object['metadata'])];
  const [name, namespace] = [asText(metadata['name']), asText(metadata['namespace']) || target.namespace];
  const title = `${kind} ${namespace === target.namespace ? '' : `${namespace}/`}${name}`;
  if (kind !== 'Secret') return { title, kind, namespace, name, body: object };
  const { data, stringData, ...body } = object;
  return { title, kind, namespace, name, body, secret: { ...asObject(data), ...asObject(stringData) } };
}

function orderOf({ title, body }: ManifestObject): string {
  return `${asText(body['apiVersion'])} ${title}`;
}
