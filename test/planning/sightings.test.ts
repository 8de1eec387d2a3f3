import { sightingsOf } from '../../src/planning/sightings';
import { factsFor } from './build';

const sightings = sightingsOf(
  factsFor(['a', 'b'], ['a'], {
    observedTogether: [
      { a: '1', 'b/eu': '1' },
      { b: '1', 'a/eu': '2' },
    ],
  }),
);

test.each([
  ['a', '1', 'b/eu', '1', true],
  ['a/us', '1', 'b/eu', '1', true],
  ['a/eu', '2', 'b/eu', '1', true],
  ['a/us', '2', 'b', '1', false],
  ['a', '1', 'b', '1', false],
  ['a', '1', 'c', '1', false],
])('%s %s with %s %s was seen: %s', (one, version, other, otherVersion, expected) => {
  expect(sightings.areSeen(one, version, other, otherVersion)).toBe(expected);
  expect(sightings.areSeen(other, otherVersion, one, version)).toBe(expected);
});
