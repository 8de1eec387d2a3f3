import { VersionReader } from '../../src/planning/versions';

const reader = new VersionReader();
const matches = (written: string | readonly string[], version: string, isName = false): boolean =>
  reader.selection(written, isName).matches(version);

test.each([
  ['>=2.1.0', '2.1.0', true],
  ['>=2.1.0', '2.0.9', false],
  ['>=2.1.0', '2.1.0-rc.1', false],
  ['>=2.1.0 <3', '2.2.0-rc.1', true],
  ['*', 'anything', true],
  ['', 'anything', true],
  ['  ', 'anything', true],
  ['green', 'green', true],
  ['green', 'blue', false],
  ['1.x', '1.9.9', true],
  ['1.x', 'blue', false],
  ['1.x', '1.x', true],
])('"%s" means %s: %s', (written, version, expected) => {
  expect(matches(written, version)).toBe(expected);
});

test('a list means exactly its names, one name that is known to be one means itself', () => {
  expect(matches(['1.x', 'green'], '1.x')).toBe(true);
  expect(matches(['1.x', 'green'], '1.2.0')).toBe(false);
  expect(matches('1.x', '1.2.0', true)).toBe(false);
  expect(reader.selection(['b', 'a'], false).text).toBe('a, b');
  expect(reader.selection(['b'], false)).toMatchObject({ text: 'b', isRange: false, isEmpty: false });
  expect(reader.selection([], false).isEmpty).toBe(true);
});

test('a range that nothing satisfies is known as empty, one that something does is not', () => {
  expect(reader.selection('>2 <1', false)).toMatchObject({ isRange: true, isEmpty: true });
  expect(reader.selection('>=1 <2', false)).toMatchObject({ isRange: true, isEmpty: false });
  expect(reader.selection('*', false)).toMatchObject({ isRange: false, isEmpty: false });
});

test('it is remembered when a range was asked about a label that it can not judge', () => {
  const fresh = new VersionReader();
  expect(fresh.selection('>=1', false).matches('2.0.0')).toBe(true);
  expect(fresh.hasUnjudged).toBe(false);
  expect(fresh.selection('>=1', false).matches('nightly')).toBe(false);
  expect(fresh.hasUnjudged).toBe(true);
  expect([fresh.isSemver('1.2.3'), fresh.isSemver('nightly')]).toEqual([true, false]);
});

test('older stands before newer: labels before semver, digits by value, builds apart', () => {
  const sorted = [
    'm9',
    'm10',
    'm009',
    'm9a',
    'm',
    '10',
    '9',
    'a1',
    '1.0.0',
    '1.0.0-rc.2',
    '1.0.0-rc.10',
    '1.0.0+1',
    '2.0.0',
    'm10-2',
  ];
  const shuffled = sorted.toSorted();
  expect(shuffled.sort((left, right) => reader.compare(left, right))).toEqual([
    '9',
    '10',
    'a1',
    'm',
    'm009',
    'm9',
    'm9a',
    'm10',
    'm10-2',
    '1.0.0-rc.2',
    '1.0.0-rc.10',
    '1.0.0',
    '1.0.0+1',
    '2.0.0',
  ]);
  expect(reader.compare('v1.0.0', '1.0.0')).not.toBe(0);
  expect(reader.compare('1.0.0', '1.0.0')).toBe(0);
});

test.each([
  ['m1', 'm1a', -1],
  ['m1a', 'm1', 1],
  ['m01a', 'm1', 1],
  ['m1', 'm01a', -1],
  ['', 'm', -1],
  ['m', '', 1],
  ['m100', 'm20', 1],
  ['m010', 'm9', 1],
  ['m1001', 'm200', 1],
  ['m2001', 'm12', 1],
  ['m1005', 'm15', 1],
  ['m10', 'm010', 1],
  ['a0b', 'ab', -1],
  ['1.0.0', 'm1', 1],
  ['m1', '1.0.0', -1],
  ['m1', 'm1', 0],
])('%s against %s: %d', (left, right, expected) => {
  expect(Math.sign(reader.compare(left, right))).toBe(expected);
});
