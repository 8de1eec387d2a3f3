import { digestOf, keyedDigestOf } from '../../digest';
import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import type { Config } from './config';

/** What a ConfigMap or Secret holds. Values of a Secret are base64, as the server has them. */
export interface Content {
  readonly data: JsonObject;
  readonly binaryData: JsonObject;
  /** Type of a Secret. */
  readonly type: string | null;
}

/** Without names, labels, annotations and whatever the server adds. */
export function contentOf({ data = {}, binaryData = {}, type = null }: ContentHolder): Content {
  return { data, binaryData, type };
}

type ContentHolder = Pick<KubernetesObject, 'data' | 'binaryData'> & { readonly type?: string | null };

/**
 * Digest of a content, or of its absence. A short password can be guessed from a plain digest, so that of a Secret is
 * keyed, and its name is in it: equal values of two Secrets can not be told. Throws SECRET_MISSING without a key.
 */
export async function fingerprintOf(
  config: Config,
  name: string,
  content: Content | undefined,
  ctx: ReverterContext,
): Promise<string> {
  if (content === undefined) return digestOf({ absent: true });
  if (config.kind === 'ConfigMap') return digestOf({ data: content.data, binaryData: content.binaryData });
  const key = await fingerprintKey(config, ctx);
  return keyedDigestOf(key, { layer: 'kubernetes-config', object: `${config.namespace}/${name}`, ...content });
}

/** The key under which fingerprints cover the values of Secrets. Throws SECRET_MISSING. */
export async function fingerprintKey(
  { fingerprintKey: key = { secretRef: 'env:LASTGOOD_CAPTURE_KEY' } }: Pick<Config, 'fingerprintKey'>,
  { world }: ReverterContext,
): Promise<Uint8Array> {
  const given = await world.secrets.resolve(key);
  // LASTGOOD_CAPTURE_KEY may name a file instead.
  const text = given.startsWith('file:') ? await world.secrets.resolve({ secretRef: given }) : given;
  return Buffer.from(text.trim());
}

/** Names of all keys, sorted. Names may be shown, values never. */
export function keysOf({ data, binaryData }: Content): readonly string[] {
  return Object.keys({ ...data, ...binaryData }).sort();
}

/** What comes back, by the names of the keys: `LOG_LEVEL changed back; NEW removed`. */
export function differenceOf(before: Content | undefined, after: Content | undefined): string {
  if (before === undefined) return after === undefined ? '' : `created again with ${keyCount(after)}`;
  if (after === undefined) return 'deleted: it was not there';
  const [left, right]: readonly JsonObject[] = [before, after].map(({ data, binaryData }) => ({
    ...binaryData,
    ...data,
  }));
  const pick = (from: JsonObject, isMeant: (key: string) => boolean): readonly string[] =>
    Object.keys(from).filter(isMeant).sort();
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['changed back', pick(right!, (key) => key in left! && left![key] !== right![key])],
    ['added', pick(right!, (key) => !(key in left!))],
    ['removed', pick(left!, (key) => !(key in right!))],
  ];
  return parts
    .filter(([, keys]) => keys.length > 0)
    .map(([what, keys]) => `${firstOf(keys)} ${what}`)
    .join('; ');
}

/** `3 keys`. */
export function keyCount(content: Content): string {
  const { length } = keysOf(content);
  return length === 1 ? '1 key' : `${length} keys`;
}

function firstOf(keys: readonly string[]): string {
  return keys.length <= shown ? keys.join(', ') : `${keys.slice(0, shown).join(', ')} and ${keys.length - shown} more`;
}

const shown = 6;
