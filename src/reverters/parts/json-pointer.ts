import type { Json, JsonObject } from '../../domain/json';

/** The value at a JSON pointer (RFC 6901); undefined when the document has none there. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  return keysOf(pointer).reduce<Json | undefined>((value, key) => childOf(value, key), document);
}

/** The document with the value at the pointer replaced; undefined when it has none there. */
export function withValueAt(document: Json, pointer: string, value: Json): Json | undefined {
  const replace = (inside: Json | undefined, [key, ...rest]: readonly string[]): Json | undefined => {
    if (key === undefined) return value;
    const child = replace(childOf(inside, key), rest);
    if (child === undefined || childOf(inside, key) === undefined) return undefined;
    return Array.isArray(inside)
      ? inside.with(Number(key), child)
      : Object.fromEntries([...Object.entries(inside as JsonObject), [key, child]]);
  };
  return replace(document, keysOf(pointer));
}

/** The smallest document that says only this value: what a merge patch (RFC 7396) sends. */
export function documentOf(pointer: string, value: Json): Json {
  return keysOf(pointer).reduceRight<Json>((inside, key) => Object.fromEntries([[key, inside]]), value);
}

/** True when the pointer leads through a list, which a merge patch can not address. */
export function leadsThroughList(document: Json, pointer: string): boolean {
  const keys = keysOf(pointer);
  return keys.some((_, depth) => Array.isArray(keys.slice(0, depth).reduce<Json | undefined>(childOf, document)));
}

function keysOf(pointer: string): readonly string[] {
  const keys = pointer.split('/').slice(1);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childOf(value: Json | undefined, key: string): Json | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? (value as readonly Json[])[Number(key)] : undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}
