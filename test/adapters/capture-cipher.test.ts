import { randomBytes } from 'node:crypto';
import { captureCipher } from '../../src/adapters/inventory/capture-cipher';

const key = randomBytes(32);
const body = { link: 'releases/2.0.4', list: [1, null, 'ü'] };

describe('the cipher of captured states', () => {
  it('takes its key as bytes, base64 or hex', () => {
    const sealed = captureCipher(key).seal('cap-1', body);
    const ref = { id: 'cap-1', hash: sealed.hash, fingerprint: 'f' };
    for (const text of [
      key.toString('base64'),
      key.toString('base64url'),
      key.toString('hex'),
      `${key.toString('base64')}\n`,
    ]) {
      expect(captureCipher(text).open(ref, sealed)).toEqual(body);
    }
  });

  it.each([
    ['short', randomBytes(16).toString('base64')],
    ['long', randomBytes(33).toString('hex')],
    ['empty', ''],
    ['not base64', 'correct horse battery staple'],
  ])('refuses a key that is %s, without showing it', (_, text) => {
    expect(() => captureCipher(text)).toThrow(/SETTINGS_INVALID[^]*32 bytes[^]*openssl rand -base64 32/);
    if (text !== '') expect(() => captureCipher(text)).not.toThrow(text);
  });

  it('notices every changed byte', () => {
    const cipher = captureCipher(key);
    const sealed = cipher.seal('cap-1', body);
    const ref = { id: 'cap-1', hash: sealed.hash, fingerprint: 'f' };
    for (let at = 0; at < sealed.body.length; at += 1) {
      const changed = Buffer.from(sealed.body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => cipher.open(ref, { ...sealed, body: changed })).toThrow(/CAPTURE_UNREADABLE/);
    }
  });

  it('gives equal content an equal hash and another key another one', () => {
    const hashes = [captureCipher(key).seal('a', { x: 1, y: 2 }), captureCipher(key).seal('b', { y: 2, x: 1 })];
    expect(hashes[0]?.hash).toBe(hashes[1]?.hash);
    expect(captureCipher(randomBytes(32)).seal('a', { x: 1, y: 2 }).hash).not.toBe(hashes[0]?.hash);
  });
});
