import { createHash, createHmac } from 'node:crypto';
import serialize = require('canonicalize');

/**
 * Canonical JSON (RFC 8785, JCS) of `value`: same facts, same text, whatever the order of keys.
 * Throws a TypeError for what JSON can not carry faithfully: NaN, infinities and lone surrogates (RFC 8785 §3.2.2.2).
 */
export function canonicalJson(value: unknown): string {
  const text = (serialize as unknown as (input: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('canonicalJson: the value has no JSON form');
  if (loneSurrogate.test(text)) throw new TypeError('canonicalJson: a string holds a lone surrogate');
  return text;
}

/** `sha256:<64 hex>` of the canonical JSON of `value`. */
export function digestOf(value: unknown): string {
  return digestOfBytes(canonicalJson(value));
}

/** `sha256:<64 hex>` of raw bytes or text (UTF-8). */
export function digestOfBytes(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** `hmac-sha256:<64 hex>`: lets a step name secret content without revealing it by guessing. */
export function keyedDigestOf(key: Uint8Array, value: unknown): string {
  return `hmac-sha256:${createHmac('sha256', key).update(canonicalJson(value)).digest('hex')}`;
}

/** JSON.stringify writes a lone surrogate as an escape; a backslash of the text itself is always doubled. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;
