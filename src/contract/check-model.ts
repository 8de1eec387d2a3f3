import type { HttpCheck, QuantileMeasure, RatioMeasure, ScrapeCheck, SeriesSelector } from '../domain/verification';
import { parseSeries } from './series';
import { durationMs, share } from './units';

interface Times {
  readonly name: string;
  readonly url: string;
  readonly window: number;
  readonly soak: number;
  readonly interval?: number;
  readonly timeout: number;
}

/** An http check as the catalog writes it, durations in ms. */
interface WrittenHttpCheck extends Times {
  readonly type: 'http';
  readonly passes: number;
  readonly status: number;
}

/** A scrape check as the catalog writes it: either errors and total, or histogram and quantile. */
interface WrittenScrapeCheck extends Times {
  readonly type: 'scrape';
  readonly errors?: string;
  readonly total?: string;
  readonly histogram?: string;
  readonly quantile?: number;
  /** A share: 0.5% is 0.005. */
  readonly tolerance: number;
  readonly max?: string;
  readonly minRequests: number;
}

/** The check of the domain. */
export function toHttpCheck(check: WrittenHttpCheck): HttpCheck {
  const { type, url, passes, status } = check;
  return { type, url, passes, expectStatus: status, ...timesOf(check) };
}

/** The check of the domain, its measure and its ceiling read. */
export function toScrapeCheck(check: WrittenScrapeCheck): ScrapeCheck {
  const { type, url, tolerance, minRequests } = check;
  const measure = measureOf(check);
  const max = check.max === undefined ? undefined : ceilingOf(measure.kind, check.max);
  return {
    type,
    url,
    measure,
    tolerance: { kind: measure.kind === 'ratio' ? 'points' : 'relative', value: tolerance },
    ...(max === undefined ? {} : { max }),
    minRequests,
    ...timesOf(check),
  };
}

/** What `max` says: a share 0..1 of a ratio, or seconds of a quantile, the unit of Prometheus histograms by convention. Undefined in the wrong unit. */
export function ceilingOf(kind: 'ratio' | 'quantile', max: string): number | undefined {
  if (kind === 'ratio') return share(max);
  const ms = durationMs(max);
  return ms === undefined ? undefined : ms / 1000;
}

/** A tenth of the window, at least 500 ms and at most 15 s, and never more than the window. */
export function defaultIntervalMs(windowMs: number): number {
  return Math.min(Math.max(Math.round(windowMs / 10), 500), 15_000, windowMs);
}

function timesOf({ name, window, soak, interval, timeout }: Times) {
  const intervalMs = interval ?? defaultIntervalMs(window);
  return { name, windowMs: window, soakMs: soak, intervalMs, timeoutMs: timeout };
}

function measureOf({ errors, total, histogram, quantile }: WrittenScrapeCheck): RatioMeasure | QuantileMeasure {
  if (histogram !== undefined) return { kind: 'quantile', histogram: seriesOf(histogram), quantile: quantile ?? 0 };
  return { kind: 'ratio', of: seriesOf(errors ?? ''), to: seriesOf(total ?? '') };
}

function seriesOf(text: string): SeriesSelector {
  return parseSeries(text) ?? { metric: text, labels: [] };
}
