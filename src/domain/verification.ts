/** One check of the catalog: a question that a healthy component answers the same way before and after. */
export type Check = HttpCheck | ScrapeCheck;

interface CheckBase {
  /** Unique within the component. */
  readonly name: string;
  /** Time over which one reading looks back, in ms. */
  readonly windowMs: number;
  /** How long the readings must stay clean before the component counts as recovered, in ms. */
  readonly soakMs: number;
  /** Time between two samples, in ms. */
  readonly intervalMs: number;
}

/** Probes a URL; healthy after `passes` answers in a row with an expected status. */
export interface HttpCheck extends CheckBase {
  readonly type: 'http';
  readonly url: string;
  readonly passes: number;
  readonly expectStatus: number;
  readonly timeoutMs: number;
}

/** Reads a Prometheus text endpoint directly and compares a rate or a latency with the captured baseline. */
export interface ScrapeCheck extends CheckBase {
  readonly type: 'scrape';
  readonly url: string;
  readonly measure: RatioMeasure | QuantileMeasure;
  /** Allowed distance above the baseline: `points` = absolute share (0.005 = 0.5 %), `relative` = share of the baseline. */
  readonly tolerance: { readonly kind: 'points' | 'relative'; readonly value: number };
  /** Absolute ceiling; lets the very first release be judged without a baseline. Same unit as the reading. */
  readonly max?: number;
  /** Fewer requests than this in the window is no-data, never healthy. */
  readonly minRequests: number;
  readonly timeoutMs: number;
}

/** Share of one counter in another, as rates over the window: errors of all requests. */
export interface RatioMeasure {
  readonly kind: 'ratio';
  readonly of: SeriesSelector;
  readonly to: SeriesSelector;
}

/** Quantile of a Prometheus histogram over the window, in the histogram's own unit (seconds by convention). */
export interface QuantileMeasure {
  readonly kind: 'quantile';
  readonly histogram: SeriesSelector;
  readonly quantile: number;
}

/** A metric name and label matchers; a value may be exact text or an anchored regular expression. */
export interface SeriesSelector {
  readonly metric: string;
  readonly labels: readonly { readonly name: string; readonly op: '=' | '!=' | '=~' | '!~'; readonly value: string }[];
}

/** One look at one check. Counters are raw, so that rates can be computed between any two samples. */
export interface Sample {
  readonly atMs: number;
  /** http: did the probe pass; scrape: always true when the endpoint answered. */
  readonly ok: boolean;
  readonly why?: string;
  /** ratio: [of, to]; quantile: cumulative bucket counts in the order of `bounds`. */
  readonly counters?: readonly number[];
  /** Upper bounds of the histogram's buckets; +Inf is written as null. */
  readonly bounds?: readonly (number | null)[];
}

/** The value of a check over its window: what is compared and shown. */
export interface Reading {
  readonly check: string;
  readonly atMs: number;
  readonly state: 'value' | 'no-data';
  /** Ratio 0..1, quantile in seconds, or for http: consecutive passes. */
  readonly value?: number;
  /** How the value reads to people: a share as `7.1 %`, seconds as `181 ms`. Set on no-data readings too. */
  readonly unit?: 'share' | 'seconds' | 'passes';
  readonly requests?: number;
  readonly why?: string;
}

/** What was normal before a deployment. */
export interface Baseline {
  readonly component: string;
  readonly check: string;
  readonly atMs: number;
  readonly state: 'value' | 'no-data';
  readonly value?: number;
}

/** What one check says now. Only `recovered` is healthy; no data never is. */
export type CheckVerdict = 'recovered' | 'failed' | 'inconclusive' | 'no-data';

/** Where one check stands in its soak: the state that a judge carries from reading to reading. */
export interface CheckState {
  readonly component: string;
  readonly check: string;
  readonly verdict: CheckVerdict | 'waiting';
  /** Since when the readings are clean, if they are. */
  readonly cleanSinceMs?: number;
  /** Earliest time at which this check can be recovered, if nothing turns bad again. */
  readonly earliestMs?: number;
  readonly reading?: Reading;
  readonly baseline?: Baseline;
  readonly why?: string;
}
