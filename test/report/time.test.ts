import {
  age,
  duration,
  grouped,
  recoveryTime,
  relative,
  stopwatch,
  utcClock,
  utcFull,
  utcShort,
} from '../../src/report/time';

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];

test.each([
  [0, '00:00'],
  [31_999, '00:31'],
  [59 * minuteMs + 59_999, '59:59'],
  [hourMs + 123_000, '1:02:03'],
  [-5, '00:00'],
  [Number.NaN, '?'],
])('a stop-watch shows %d ms as %s', (ms, text) => expect(stopwatch(ms)).toBe(text));

test.each([
  [47_000, '0:47'],
  [211_000, '3:31'],
  [12 * minuteMs, '12:00'],
  [hourMs, '1:00:00'],
])('a recovery time of %d ms is %s', (ms, text) => expect(recoveryTime(ms)).toBe(text));

test.each([
  [0, '0.0 s'],
  [17_620, '17.6 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [352_000, '5 min 52 s'],
  [12 * minuteMs, '12 min'],
  [hourMs - 400, '1 h'],
  [3 * hourMs + 20 * minuteMs, '3 h 20 min'],
  [9 * dayMs, '9 d'],
  [Number.POSITIVE_INFINITY, '?'],
])('%d ms took %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [40_900, '40 s'],
  [6 * minuteMs + 59 * secondMs, '6 min'],
  [47 * hourMs, '47 h'],
  [9 * dayMs + hourMs, '9 d'],
])('an age of %d ms is %s', (ms, text) => expect(age(ms)).toBe(text));

test('times are told from now, on both sides', () => {
  expect(relative(0, 6 * minuteMs)).toBe('6 min ago');
  expect(relative(29 * minuteMs, 0)).toBe('in 29 min');
});

test('times of the clock are UTC wherever the machine stands', () => {
  const atMs = Date.UTC(2026, 10, 21, 2, 58, 10, 999);
  expect([utcClock(atMs), utcShort(atMs), utcFull(atMs)]).toEqual([
    '02:58:10',
    '21 Nov 02:58',
    '2026-11-21 02:58:10 UTC',
  ]);
});

test('a time that no clock can show is a question mark, not an exception', () => {
  expect([utcClock(9e15), utcShort(Number.NaN), utcFull(Number.POSITIVE_INFINITY)]).toEqual(['?', '?', '?']);
});

test.each([
  [7, '7'],
  [1_204, '1,204'],
  [66_666_000, '66,666,000'],
])('%d is grouped as %s', (count, text) => expect(grouped(count)).toBe(text));
