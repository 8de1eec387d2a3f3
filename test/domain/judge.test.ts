import { finalVerdict, judge, passes, readingOf } from '../../src/domain/judge';
import type { Baseline, CheckState, HttpCheck, Sample, ScrapeCheck } from '../../src/domain/verification';

const second = 1_000;
const series = { metric: 'm', labels: [] };
const errors: ScrapeCheck = {
  type: 'scrape',
  name: 'errors',
  url: 'http://127.0.0.1/metrics',
  measure: { kind: 'ratio', of: series, to: series },
  tolerance: { kind: 'points', value: 0.005 },
  minRequests: 20,
  windowMs: 30 * second,
  soakMs: 20 * second,
  intervalMs: 5 * second,
  timeoutMs: second,
};
const latency: ScrapeCheck = {
  ...errors,
  name: 'p50',
  measure: { kind: 'quantile', histogram: series, quantile: 0.5 },
  tolerance: { kind: 'relative', value: 0.1 },
};
const alive: HttpCheck = {
  type: 'http',
  name: 'alive',
  url: 'http://127.0.0.1/',
  passes: 3,
  expectStatus: 200,
  windowMs: 30 * second,
  soakMs: 10 * second,
  intervalMs: 5 * second,
  timeoutMs: second,
};

/** Counters every five seconds, the first at second zero. */
function counted(...rows: readonly (readonly number[] | string | undefined)[]): readonly Sample[] {
  return rows.map((row, index) => {
    const atMs = index * 5 * second;
    if (row === undefined) return { atMs, ok: false, why: 'connection refused' };
    return typeof row === 'string' ? { atMs, ok: true, why: row } : { atMs, ok: true, counters: row };
  });
}

function probed(...passed: readonly boolean[]): readonly Sample[] {
  return passed.map((ok, index) => ({
    atMs: index * 5 * second,
    ok,
    ...(ok ? {} : { why: 'it answered 503, not 200' }),
  }));
}

function endOf(samples: readonly Sample[]): number {
  return samples.at(-1)?.atMs ?? 0;
}

describe('the reading of a share', () => {
  it.each<[string, readonly Sample[], object]>([
    ['is the rate of one counter in another', counted([0, 0], [2, 50], [4, 100]), { value: 0.04, requests: 100 }],
    [
      'goes on from zero when a process starts anew',
      counted([90, 900], [95, 1000], [1, 100]),
      { value: 0.03, requests: 200 },
    ],
    ['starts anew for all counters at once', counted([5, 1000], [7, 50]), { value: 0.14, requests: 50 }],
    ['passes over a moment without an answer', counted([0, 0], undefined, [4, 100]), { value: 0.04, requests: 100 }],
    ['is zero when nothing went wrong', counted([3, 0], [3, 100]), { value: 0, requests: 100 }],
  ])('%s', (_, samples, reading) => {
    expect(readingOf(errors, samples)).toEqual({
      unit: 'share',
      check: 'errors',
      atMs: endOf(samples),
      state: 'value',
      ...reading,
    });
  });

  it.each<[string, readonly Sample[], string]>([
    ['was never asked', [], 'it was never asked'],
    ['has one sample', counted([0, 100]), 'there is only one sample in the window so far'],
    ['does not answer now', counted([0, 0], [0, 100], undefined), 'connection refused'],
    ['shows no such series', counted([0, 0], [0, 100], 'it shows no series m'), 'it shows no series m'],
    ['had no traffic', counted([7, 900], [7, 900]), 'no request in 30 s; 20 are needed to judge'],
    ['had too little traffic', counted([7, 900], [7, 901]), 'only 1 request in 30 s; 20 are needed to judge'],
    ['counts what is no number', counted([0, 0], [Number.NaN, 100]), 'the endpoint does not show what is measured'],
  ])('is no-data when the endpoint %s', (_, samples, why) => {
    expect(readingOf(errors, samples)).toMatchObject({ state: 'no-data', why });
  });

  it('forgets what happened before the window, except for the one sample that the window starts from', () => {
    const samples = counted(
      [0, 0],
      [99, 100],
      [99, 200],
      [99, 300],
      [99, 400],
      [99, 500],
      [99, 600],
      [99, 700],
      [99, 800],
    );
    expect(readingOf(errors, samples)).toMatchObject({ value: 0, requests: 700 });
  });

  it('does not reach back over a long silence', () => {
    const samples = [...counted([0, 0]), { atMs: 300 * second, ok: true, counters: [50, 100] }];
    expect(readingOf(errors, samples)).toMatchObject({ state: 'no-data' });
  });
});

describe('the reading of a quantile', () => {
  const buckets = (...rows: readonly (readonly number[])[]): readonly Sample[] =>
    counted(...rows).map((sample) => ({ ...sample, bounds: [0.1, 0.2, 0.4, null] }));

  it.each<[string, number, readonly number[], number]>([
    ['lies inside a bucket', 0.5, [0, 50, 100, 100], 0.2],
    ['lies in the middle of a bucket', 0.5, [0, 0, 100, 100], 0.3],
    ['lies in the first bucket, which begins at zero', 0.5, [100, 100, 100, 100], 0.05],
    ['is the highest bound when it lies above all of them', 0.99, [10, 20, 30, 100], 0.4],
    ['sits on the edge of a bucket', 0.95, [95, 100, 100, 100], 0.1],
  ])('%s', (_, quantile, increase, value) => {
    const check = { ...latency, measure: { kind: 'quantile', histogram: series, quantile } } as const;
    const samples = buckets(
      [5, 5, 5, 5],
      increase.map((count) => count + 5),
    );
    const reading = readingOf(check, samples);
    expect(reading).toMatchObject({ state: 'value', requests: 100 });
    expect(reading.value).toBeCloseTo(value, 10);
  });

  it('is counted anew when a process with other buckets starts', () => {
    const samples = [
      ...buckets([0, 0, 0, 0], [1000, 1000, 1000, 1000]),
      { atMs: 10 * second, ok: true, counters: [0, 100], bounds: [1, null] },
    ];
    expect(readingOf(latency, samples)).toMatchObject({ value: 1, requests: 100 });
  });

  it('is no-data for a histogram without an infinite bucket', () => {
    const samples = buckets([0, 0], [50, 100]).map((sample) => ({ ...sample, bounds: [0.1, 0.2] }));
    expect(readingOf(latency, samples)).toMatchObject({
      state: 'no-data',
      why: 'the counters do not make a number',
    });
  });
});

describe('the reading of a probe', () => {
  it.each<[string, readonly Sample[], number]>([
    ['counts the passes in a row', probed(true, false, true, true), 2],
    ['is zero right after a failure', probed(true, true, false), 0],
    ['counts all of them when none failed', probed(true, true, true, true), 4],
  ])('%s', (_, samples, value) => {
    expect(readingOf(alive, samples)).toMatchObject({ state: 'value', value });
  });

  it('counts no pass from before a long silence', () => {
    const samples = [...probed(true, true, true), { atMs: 51 * second, ok: true }];
    expect(readingOf(alive, samples)).toMatchObject({ state: 'value', value: 1 });
  });

  it('counts on over half a minute, however short its window: a slow answer of another check takes as long', () => {
    const samples = [...probed(true, true, true), { atMs: 40 * second, ok: true }];
    expect(readingOf({ ...alive, windowMs: second }, samples)).toMatchObject({ state: 'value', value: 4 });
  });
});

describe('a single reading', () => {
  const share = (value: number) => ({ check: 'errors', atMs: 0, state: 'value', value }) as const;
  it.each<[string, number, Partial<ScrapeCheck>, number | undefined, string]>([
    ['at the edge of the tolerance', 0.006, {}, 0.001, 'passed'],
    ['beyond the tolerance', 0.0061, {}, 0.001, 'failed'],
    ['within a relative tolerance', 0.011, { tolerance: { kind: 'relative', value: 0.1 } }, 0.01, 'passed'],
    ['beyond a relative tolerance', 0.0111, { tolerance: { kind: 'relative', value: 0.1 } }, 0.01, 'failed'],
    ['above the ceiling although the baseline was as bad', 0.2, { max: 0.05 }, 0.2, 'failed'],
    ['below the ceiling without a baseline', 0.01, { max: 0.05 }, undefined, 'passed'],
    ['above the ceiling without a baseline', 0.06, { max: 0.05 }, undefined, 'failed'],
    ['with nothing to compare with', 0, {}, undefined, 'no-data'],
    ['that is not a number', Number.NaN, { max: 0.05 }, undefined, 'no-data'],
  ])('%s: %d', (_, value, more, normal, verdict) => {
    const baseline: Baseline | undefined =
      normal === undefined
        ? undefined
        : { component: 'orders', check: 'errors', atMs: 0, state: 'value', value: normal };
    expect(passes({ ...errors, ...more }, share(value), baseline)).toBe(verdict);
  });

  it('without data is no-data, whatever the ceiling', () => {
    expect(passes({ ...errors, max: 1 }, { check: 'errors', atMs: 0, state: 'no-data', value: 0 }, undefined)).toBe(
      'no-data',
    );
  });

  it('a baseline without data is no baseline', () => {
    expect(passes(errors, share(0), { component: 'orders', check: 'errors', atMs: 0, state: 'no-data' })).toBe(
      'no-data',
    );
  });
});

describe('the judge', () => {
  const baseline: Baseline = { component: 'orders', check: 'errors', atMs: 0, state: 'value', value: 0.001 };
  const judged = (samples: readonly Sample[], state?: CheckState) => judge(errors, 'orders', baseline, state, samples);
  const steadily = (rows: number) => counted(...Array.from({ length: rows }, (_, row) => [0, row * 100]));

  it('waits until the readings have been clean for the soak time, and says since when and until when', () => {
    expect(judged(steadily(3))).toMatchObject({
      component: 'orders',
      check: 'errors',
      verdict: 'waiting',
      cleanSinceMs: 5 * second,
      earliestMs: 25 * second,
      why: 'clean for 5 s of 20 s',
    });
    expect(judged(steadily(6))).toMatchObject({ verdict: 'recovered', cleanSinceMs: 5 * second });
  });

  it('carries the clean time on from state to state', () => {
    const early = judged(steadily(3));
    expect(judged(steadily(6).slice(1), early)).toMatchObject({ verdict: 'recovered', cleanSinceMs: 5 * second });
  });

  it('starts the soak anew after one bad reading, also one that nobody looked at in between', () => {
    const good = judged(steadily(3));
    const samples = [
      ...steadily(3),
      { atMs: 15 * second, ok: true, counters: [90, 300] },
      ...Array.from({ length: 8 }, (_, row) => ({
        atMs: (20 + row * 5) * second,
        ok: true,
        counters: [90, 400 + row * 100],
      })),
    ];
    const state = judged(samples, good);
    expect(state).toMatchObject({ verdict: 'waiting', cleanSinceMs: 50 * second, earliestMs: 70 * second });
  });

  it('takes a recovery back when it turns bad again', () => {
    const recovered = judged(steadily(6));
    const samples = [...steadily(6), { atMs: 30 * second, ok: true, counters: [80, 600] }];
    const state = judged(samples, recovered);
    expect(state.verdict).toBe('waiting');
    expect(state.cleanSinceMs).toBeUndefined();
    expect(state.why).toBe('it is 13.3 %; clean is 0.6 % or less');
  });

  it('knows how long the bad requests need to leave the window', () => {
    const state = judged(counted([0, 0], [12, 1000]));
    expect(state.reading?.value).toBe(0.012);
    expect(state.earliestMs).toBe(5 * second + 15 * second + 20 * second);
  });

  it('never calls silence healthy: traffic that stops at night ends the soak', () => {
    const awake = steadily(3);
    const asleep = Array.from({ length: 9 }, (_, row) => ({
      atMs: (15 + row * 5) * second,
      ok: true,
      counters: [0, 200],
    }));
    const state = judged([...awake, ...asleep]);
    expect(state).toMatchObject({ verdict: 'no-data', why: 'no data: no request in 30 s; 20 are needed to judge' });
    expect(state.cleanSinceMs).toBeUndefined();
  });

  it('never calls an endpoint healthy that is down, or that nobody asked', () => {
    expect(
      judged([...steadily(6), ...counted(undefined).map((sample) => ({ ...sample, atMs: 30 * second }))]),
    ).toMatchObject({
      verdict: 'no-data',
      why: 'no data: connection refused',
    });
    expect(judged([])).toMatchObject({ verdict: 'no-data', why: 'no data: it was never asked' });
  });

  it('can not tell without a baseline and a ceiling', () => {
    const samples = steadily(9);
    const state = judge(errors, 'orders', undefined, undefined, samples);
    expect(state).toMatchObject({ verdict: 'inconclusive', why: 'there is no baseline and no max to compare it with' });
  });

  it('wants probes to pass in a row and then to soak', () => {
    const ask = (samples: readonly Sample[]) => judge(alive, 'orders', undefined, undefined, samples);
    expect(ask(probed(true, false, true))).toMatchObject({
      verdict: 'waiting',
      why: '1 of 3 answers in a row were as expected; the last bad one: it answered 503, not 200',
      earliestMs: 30 * second,
    });
    expect(ask(probed(true, true, true))).toMatchObject({ verdict: 'waiting', cleanSinceMs: 10 * second });
    expect(ask(probed(true, true, true, true, true))).toMatchObject({ verdict: 'recovered' });
  });

  it('begins the soak anew after a long silence: nobody knows how it was meanwhile', () => {
    const once = { ...alive, passes: 1 };
    const ask = (samples: readonly Sample[], state?: CheckState) => judge(once, 'orders', undefined, state, samples);
    const before = ask(probed(true, true));
    expect(before).toMatchObject({ verdict: 'waiting', cleanSinceMs: 0 });
    const after = (atS: number) => ask([...probed(true, true), { atMs: atS * second, ok: true }], before);
    expect(after(45)).toMatchObject({ verdict: 'recovered', cleanSinceMs: 0 });
    expect(after(46)).toMatchObject({ verdict: 'waiting', cleanSinceMs: 46 * second, why: 'clean for 0 s of 10 s' });
  });

  it('says the same as before when there is no sample that it has not judged', () => {
    const state = judged(steadily(3));
    expect(judged(steadily(3), state)).toEqual(state);
  });
});

describe('the final verdict', () => {
  const state = (check: string, verdict: CheckState['verdict'], more: Partial<CheckState> = {}): CheckState => ({
    component: 'orders',
    check,
    verdict,
    ...more,
  });
  const recovered = state('alive', 'recovered');
  const soaking = state('p95', 'waiting', { cleanSinceMs: 1, why: 'clean for 5 s of 20 s' });
  const silent = state('errors', 'no-data', { why: 'no data: it was never asked' });
  const bad = state('errors', 'waiting', { why: 'it is 20 %; clean is 0.6 % or less' });

  it.each<[string, readonly CheckState[], string, string]>([
    ['recovered when all are', [recovered, recovered], 'recovered', '2 of 2 checks are back at their baseline'],
    ['inconclusive while one soaks', [recovered, soaking], 'inconclusive', 'orders p95: clean for 5 s of 20 s'],
    [
      'no-data when one can not say',
      [soaking, silent],
      'no-data',
      'orders p95: clean for 5 s of 20 s; orders errors: no data: it was never asked',
    ],
    [
      'failed when one is bad',
      [silent, bad, recovered],
      'failed',
      'orders errors: no data: it was never asked; orders errors: it is 20 %; clean is 0.6 % or less',
    ],
    ['no-data when there is no check', [], 'no-data', 'there is no check that could say anything'],
  ])('is %s', (_, states, verdict, why) => {
    expect(finalVerdict(states)).toEqual({ verdict, why });
  });
});
