import * as fc from 'fast-check';
import { byCodeUnit, componentKey, componentOf, isId, placementOf, shortDigest } from '../../src/domain/identity';

test.each(['a', '0', 'orders-db', 'a'.repeat(63), 'p2'])('"%s" is an identifier', (text) =>
  expect(isId(text)).toBe(true),
);

test.each([
  ['empty', ''],
  ['too long', 'a'.repeat(64)],
  ['upper case', 'Orders'],
  ['a hyphen first', '-orders'],
  ['a separator', 'payments/eu'],
  ['a line feed at the end', 'orders\n'],
  ['another alphabet', 'оrders'],
  ['a path', '../orders'],
  ['a name that objects have', '__proto__'],
])('an identifier is refused for %s', (_why, text) => expect(isId(text)).toBe(false));

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/);

test('a component key falls apart into what it was made of', () => {
  fc.assert(
    fc.property(id, fc.option(id, { nil: undefined }), (component, placement) => {
      const key = componentKey(component, placement);
      expect([componentOf(key), placementOf(key)]).toEqual([component, placement]);
    }),
  );
});

test('the order of ids is total and knows no locale', () => {
  expect(['b', 'a-b', 'a', 'Z', 'ä', 'a/b', 'a1'].sort(byCodeUnit)).toEqual(['Z', 'a', 'a-b', 'a/b', 'a1', 'b', 'ä']);
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      expect(byCodeUnit(left, right)).toBe(byCodeUnit(right, left) === 0 ? 0 : -byCodeUnit(right, left));
      expect(byCodeUnit(left, right) === 0).toBe(left === right);
    }),
  );
});

test.each([
  ['sha256:8c1f0a4b7d2e9f60', '8c1f0a4b7d2e'],
  ['hmac-sha256:0123456789abcdef', '0123456789ab'],
  ['8c1f', '8c1f'],
])('%s is %s for people', (digest, short) => expect(shortDigest(digest)).toBe(short));
