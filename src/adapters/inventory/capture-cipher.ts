import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalJson, keyedDigestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { CaptureBody, CaptureRef } from '../../domain/reverter';

/** A capture as it is stored: AES-256-GCM, bound to its id, so that no body can be served under another one's name. */
export interface SealedCapture {
  readonly nonce: Buffer;
  /** Ciphertext, then the tag of 16 bytes. */
  readonly body: Buffer;
  /** Keyed: it does not reveal the content by guessing. */
  readonly hash: string;
}

/** Seals and opens captured states with one key. */
export interface CaptureCipher {
  /** Throws CAPTURE_TOO_LARGE above 8 MB. */
  seal(id: string, body: CaptureBody): SealedCapture;
  /** Throws CAPTURE_UNREADABLE for another key, another id or another content than the reference names. */
  open(ref: CaptureRef, sealed: SealedCapture): CaptureBody;
}

/**
 * The cipher of a key of 32 bytes, given as bytes, base64 or hex. Without a key every use throws SETTINGS_INVALID:
 * who only reads lists needs none.
 */
export function captureCipher(key: string | Uint8Array | undefined): CaptureCipher {
  const bytes = key === undefined ? undefined : keyBytes(key);
  return {
    seal: (id, body) => seal(required(bytes), id, body),
    open: (ref, sealed) => open(required(bytes), ref, sealed),
  };
}

const maxBytes = 8 * 1024 * 1024;

function seal(key: Uint8Array, id: string, body: CaptureBody): SealedCapture {
  const text = Buffer.from(canonicalJson(body));
  if (text.length > maxBytes) throw tooLarge(id, text.length);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return { nonce, body: sealed, hash: keyedDigestOf(key, body) };
}

function open(key: Uint8Array, ref: CaptureRef, sealed: SealedCapture): CaptureBody {
  if (sealed.hash !== ref.hash) throw unreadable(ref, 'its content is not the one that the plan names');
  const end = sealed.body.length - 16;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce).setAAD(Buffer.from(ref.id));
    decipher.setAuthTag(sealed.body.subarray(end));
    const text = Buffer.concat([decipher.update(sealed.body.subarray(0, end)), decipher.final()]);
    return JSON.parse(text.toString()) as CaptureBody;
  } catch (error) {
    throw unreadable(ref, 'it was encrypted with another LASTGOOD_CAPTURE_KEY, or changed since', error);
  }
}

function keyBytes(key: string | Uint8Array): Uint8Array {
  const bytes = typeof key !== 'string' ? key : /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, 'hex') : fromBase64(key);
  if (bytes.length === 32) return bytes;
  throw new LastgoodError('SETTINGS_INVALID', {
    what: `LASTGOOD_CAPTURE_KEY has ${bytes.length} bytes`,
    why: 'captured states are encrypted with a key of 32 bytes, written in base64 or hex',
    next: 'make one with: openssl rand -base64 32',
  });
}

/** Buffer skips what is not base64 without a word: a damaged key must not become another key. */
function fromBase64(text: string): Buffer {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text.trim()) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}

function required(key: Uint8Array | undefined): Uint8Array {
  if (key !== undefined) return key;
  throw new LastgoodError('SETTINGS_INVALID', {
    what: 'LASTGOOD_CAPTURE_KEY is not set',
    why: 'captured states are kept encrypted, and there is no key to do so',
    next: 'make one with: openssl rand -base64 32, and give the same one to every worker',
  });
}

function unreadable(ref: CaptureRef, why: string, cause?: unknown): LastgoodError {
  return new LastgoodError('CAPTURE_UNREADABLE', { what: `capture ${ref.id} can not be read`, why }, { cause });
}

function tooLarge(id: string, bytes: number): LastgoodError {
  return new LastgoodError('CAPTURE_TOO_LARGE', {
    what: `capture ${id} has ${bytes} bytes`,
    why: `the inventory keeps captured states of at most ${maxBytes} bytes`,
  });
}
