import { createHash, createHmac } from 'node:crypto';
import serialize = require('canonicalize');

/**
 * Canonical JSON (RFC 8785, JCS) of `value`: same facts, same text, whatever the order of keys.
 * Throws a TypeError for what JSON can not carry faithfully: NaN, infinities and lone surrogates (RFC 8785 §3.2.2.2).
 */
export function canonicalJson(value: unknown): string {
  const text = (serialize as unknown as (input: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('canonicalJson: the value has no JSON form');
  if (text.includes('\\ud') && loneSurrogate.test(text))
    throw new TypeError('canonicalJson: a string holds a lone surrogate');
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

/** `sha256:<64 hex>` of the parts with `separator` between them; the whole text is never held at once. */
export function digestOfParts(parts: Iterable<string>, separator: string): string {
  const hash = createHash('sha256');
  let [text, before] = ['', ''];
  for (const part of parts) {
    text += before + part;
    before = separator;
    if (text.length < chunk) continue;
    hash.update(text);
    text = '';
  }
  return `sha256:${hash.update(text).digest('hex')}`;
}

/** Characters that are hashed at a time. */
const chunk = 65_536;

/** `hmac-sha256:<64 hex>`: lets a step name secret content without revealing it by guessing. */
export function keyedDigestOf(key: Uint8Array, value: unknown): string {
  return `hmac-sha256:${createHmac('sha256', key).update(canonicalJson(value)).digest('hex')}`;
}

/** JSON.stringify writes a lone surrogate as an escape; a backslash of the text itself is always doubled. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;
