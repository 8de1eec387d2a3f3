import type { Check, HttpCheck, QuantileMeasure, Reading, Sample, ScrapeCheck } from './verification';

/**
 * The value of a check over its window, from raw samples in order of time, at the moment of the last one: what happened
 * since then, a slow answer of another check for one, says nothing about this one. What can not be said is no-data, with a
 * sentence: no samples, an endpoint that does not answer, too few requests. A value is never guessed.
 */
export function readingOf(check: Check, samples: readonly Sample[]): Reading {
  return { ...readingIn(check, samples), unit: unitOf(check) };
}

/**
 * After a longer time in ms without any look nothing is carried on: not a rate, not passes in a row, not a soak. At least
 * half a minute, since all checks are watched side by side, and the slowest answer holds up the next look at the others.
 */
export function longestSilenceMs({ windowMs, intervalMs }: Check): number {
  return Math.max(windowMs + 2 * intervalMs, 30_000);
}

function unitOf(check: Check): NonNullable<Reading['unit']> {
  if (check.type === 'http') return 'passes';
  return check.measure.kind === 'ratio' ? 'share' : 'seconds';
}

function readingIn(check: Check, samples: readonly Sample[]): Reading {
  const last = samples.at(-1);
  if (last === undefined) return noData(check, 0, 'it was never asked');
  return check.type === 'http' ? passesInARow(check, samples, last) : overWindow(check, samples, last);
}

/** `0.4 s`, `30 s`. */
export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function passesInARow(check: HttpCheck, samples: readonly Sample[], { atMs, why }: Sample): Reading {
  const longestMs = longestSilenceMs(check);
  const isBroken = (sample: Sample, at: number): boolean => sample.atMs - (samples[at - 1]?.atMs ?? 0) > longestMs;
  const firstInARow = Math.max(samples.findLastIndex(({ ok }) => !ok) + 1, samples.findLastIndex(isBroken));
  const value = samples.length - firstInARow;
  return { check: check.name, atMs, state: 'value', value, ...(why === undefined ? {} : { why }) };
}

function overWindow(check: ScrapeCheck, samples: readonly Sample[], last: Sample): Reading {
  const { atMs } = last;
  if (!last.ok) return noData(check, atMs, last.why ?? 'the endpoint does not answer');
  if (!isCounted(last)) return noData(check, atMs, last.why ?? 'the endpoint does not show what is measured');
  const increase = increaseOver(spanning(samples, check, atMs).filter(isCounted));
  if (increase === undefined) return noData(check, atMs, 'there is only one sample in the window so far');
  const requests = Math.round(requestsIn(check, increase));
  if (requests < check.minRequests || requests === 0) return tooQuiet(check, atMs, requests);
  const value = valueOf(check, increase, last.bounds ?? []);
  return Number.isFinite(value)
    ? { check: check.name, atMs, state: 'value', value, requests }
    : noData(check, atMs, 'the counters do not make a number');
}

interface Counted extends Sample {
  readonly counters: readonly number[];
}

function isCounted(sample: Sample): sample is Counted {
  return sample.ok && sample.counters !== undefined && sample.counters.every((count) => Number.isFinite(count));
}

/** The samples of the window and the one before it, so that the rate spans the window whole; an old one is left out. */
function spanning(samples: readonly Sample[], check: ScrapeCheck, atMs: number): readonly Sample[] {
  const fromMs = atMs - check.windowMs;
  const first = samples.findIndex((sample) => sample.atMs >= fromMs);
  const before = samples[first - 1];
  return samples.slice(before !== undefined && before.atMs >= atMs - longestSilenceMs(check) ? first - 1 : first);
}

/**
 * Increase of every counter from the first to the last sample. Other buckets than before make older counts useless, so
 * counting begins anew there.
 */
function increaseOver(samples: readonly Counted[]): readonly number[] | undefined {
  return samples.slice(1).reduce<readonly number[] | undefined>((sum, sample, index) => {
    const before = samples[index];
    if (before === undefined) return sum;
    const grown = grownSince(before, sample);
    return sum === undefined || !sameBounds(before, sample) ? grown : sum.map((count, at) => count + (grown[at] ?? 0));
  }, undefined);
}

/**
 * A process that starts anew counts from zero, and all its counters do so together: when one has fallen, the new counts are
 * the increase (the rule of Prometheus' `increase`, without its extrapolation).
 */
function grownSince(before: Counted, sample: Counted): readonly number[] {
  const isSameProcess =
    sameBounds(before, sample) && sample.counters.every((count, at) => count >= (before.counters[at] ?? Infinity));
  return isSameProcess ? sample.counters.map((count, at) => count - (before.counters[at] ?? 0)) : sample.counters;
}

function sameBounds(left: Sample, right: Sample): boolean {
  return JSON.stringify(left.bounds) === JSON.stringify(right.bounds);
}

/** ratio: the second counter; quantile: the bucket that holds everything. */
function requestsIn({ measure }: ScrapeCheck, increase: readonly number[]): number {
  return (measure.kind === 'ratio' ? increase[1] : increase.at(-1)) ?? 0;
}

function valueOf({ measure }: ScrapeCheck, increase: readonly number[], bounds: readonly (number | null)[]): number {
  if (measure.kind === 'quantile') return quantileOf(measure, increase, bounds);
  const [of = Number.NaN, to = Number.NaN] = increase;
  return of / to;
}

/**
 * Quantile of cumulative buckets by linear interpolation inside the bucket, as Prometheus' `histogram_quantile` does: the
 * first bucket begins at zero, and what falls into the last (+Inf) is reported as the highest finite bound.
 */
function quantileOf(
  { quantile }: QuantileMeasure,
  cumulative: readonly number[],
  bounds: readonly (number | null)[],
): number {
  const total = cumulative.at(-1) ?? 0;
  if (bounds.length < 2 || bounds.at(-1) !== null || total <= 0) return Number.NaN;
  const rank = quantile * total;
  const index = cumulative.findIndex((count) => count >= rank);
  const upper = bounds[index] ?? null;
  if (upper === null) return bounds.at(-2) ?? Number.NaN;
  if (index === 0 && upper <= 0) return upper;
  const lower = index === 0 ? 0 : (bounds[index - 1] ?? 0);
  const below = index === 0 ? 0 : (cumulative[index - 1] ?? 0);
  const inside = (cumulative[index] ?? 0) - below;
  return inside === 0 ? upper : lower + (upper - lower) * ((rank - below) / inside);
}

function tooQuiet(check: ScrapeCheck, atMs: number, requests: number): Reading {
  const counted = requests === 1 ? 'only 1 request' : requests === 0 ? 'no request' : `only ${requests} requests`;
  const window = Number.isSafeInteger(check.windowMs * 2) ? ` in ${seconds(check.windowMs)}` : '';
  return { ...noData(check, atMs, `${counted}${window}; ${check.minRequests} are needed to judge`), requests };
}

function noData(check: Check, atMs: number, why: string): Reading {
  return { check: check.name, atMs, state: 'no-data', why };
}
