import { z } from 'zod';
import { defaultIntervalMs, ceilingOf, toHttpCheck, toScrapeCheck } from './check-model';
import { duration, httpUrl, integer, label, object, percentage } from './leaves';
import { parseSeries } from './series';
import { expects, notSupportedYet, words } from './wording';

const name = label('a name, unique within the component', 'error rate');
const times = {
  window: duration('30s', 100).prefault('30s').describe('How far one reading looks back.'),
  soak: duration('5m', 0)
    .prefault('60s')
    .describe('How long readings must stay clean before the component counts as recovered.'),
  interval: duration('5s', 100)
    .exactOptional()
    .describe('Time between two samples. Default: a tenth of the window, at least 500ms and at most 15s.'),
  timeout: duration('5s', 10).prefault('5s').describe('Longest wait for one answer.'),
};
const series = (example: string) => {
  const error = expects('a metric, with label matchers if needed', example);
  return z
    .string({ error })
    .max(1024, { error })
    .refine((text) => parseSeries(text) !== undefined, { error });
};

const http = object('an http check', {
  name: name.describe('Unique within the component.'),
  type: z.literal('http').describe('Probes a URL.'),
  url: httpUrl('http://127.0.0.1:8080/healthz').describe('Asked with GET; redirects are not followed.'),
  passes: integer(1, 1000, 3).prefault(3).describe('Answers in a row that must be as expected.'),
  status: integer(100, 599, 200).prefault(200).describe('The expected HTTP status.'),
  ...times,
})
  .superRefine(refuseLongInterval)
  .superRefine(refuseEndlessPasses);

const scrapeShape = {
  name: name.describe('Unique within the component.'),
  type: z.literal('scrape').describe('Reads a Prometheus text endpoint directly.'),
  url: httpUrl('http://127.0.0.1:9101/metrics').describe('The text endpoint.'),
  errors: series('\'http_requests_total{status=~"5.."}\'')
    .exactOptional()
    .describe('Counter of what went wrong; needs `total`.'),
  total: series('http_requests_total').exactOptional().describe('Counter of everything; needs `errors`.'),
  histogram: series('http_request_duration_seconds')
    .exactOptional()
    .describe('Histogram (without `_bucket`); needs `quantile`.'),
  quantile: z
    .number({ error: expects('a number between 0 and 1', '0.95') })
    .gt(0, { error: expects('a number between 0 and 1', '0.95') })
    .lt(1, { error: expects('a number between 0 and 1', '0.95') })
    .exactOptional()
    .describe('Which quantile of the histogram.'),
  tolerance: percentage('0.5%', 10).describe(
    'Allowed distance above the baseline: percentage points of a share, per cent of a quantile.',
  ),
  max: label('a percentage (of a share) or a duration (of a quantile)', '1%')
    .exactOptional()
    .describe('Absolute ceiling, such as `1%` or `500ms`; lets a first release be judged without a baseline.'),
  minRequests: integer(1, 1_000_000_000, 20)
    .prefault(20)
    .describe('Fewer requests than this in the window is no-data, never healthy.'),
  ...times,
};
const scrape = object('a scrape check', scrapeShape).superRefine(refuseLongInterval).superRefine(refuseMixedMeasure);

/** Marks an alternative that exists only to be refused by name; documentation leaves it out. */
export const notSupported = 'notSupported';

const prometheus = z
  .looseObject({ type: z.literal('prometheus') })
  .meta({ [notSupported]: true })
  .superRefine((_, context) => {
    const wording = notSupportedYet('use type: scrape with the /metrics address of the component itself');
    context.addIssue({ code: 'custom', path: ['type'], message: wording({ path: ['check type prometheus'] }) });
  })
  .transform((): never => z.NEVER);

/** One check: `http` or `scrape`. */
export const checkSchema = z.discriminatedUnion(
  'type',
  [http.transform(toHttpCheck), scrape.transform(toScrapeCheck), prometheus],
  {
    error: expects('a check with type http or scrape', 'scrape'),
  },
);

/** Samples older than the window are forgotten: passes that do not fit into it could never be counted. */
function refuseEndlessPasses(
  { passes, interval, window }: { readonly passes: number; readonly interval?: number; readonly window: number },
  context: z.RefinementCtx,
): void {
  const everyMs = interval ?? defaultIntervalMs(window);
  if (passes * everyMs <= window) return;
  const message = words({
    what: `${passes} passes every ${everyMs} ms do not fit into the window (${window} ms)`,
    why: 'answers older than the window are forgotten, so the check could never pass',
    next: 'write fewer passes, a shorter interval or a longer window',
  });
  context.addIssue({ code: 'custom', path: ['passes'], message });
}

function refuseLongInterval(
  check: { readonly window: number; readonly interval?: number },
  context: z.RefinementCtx,
): void {
  if (check.interval === undefined || check.interval <= check.window) return;
  const message = words({
    what: `the interval (${check.interval} ms) is longer than the window (${check.window} ms)`,
    why: 'a window without two samples can say nothing',
    next: 'write a shorter interval or a longer window',
  });
  context.addIssue({ code: 'custom', path: ['interval'], message });
}

function refuseMixedMeasure(check: z.output<typeof scrape>, context: z.RefinementCtx): void {
  const { errors, total, histogram, quantile, max } = check;
  const isRatio = errors !== undefined && total !== undefined && histogram === undefined && quantile === undefined;
  const isQuantile = histogram !== undefined && quantile !== undefined && errors === undefined && total === undefined;
  if (!isRatio && !isQuantile) {
    const message = words({
      what: `the check "${check.name}" measures neither a share nor a quantile`,
      why: 'a scrape check has either errors and total, or histogram and quantile',
      next: 'write both keys of one of the two, and none of the other',
    });
    context.addIssue({ code: 'custom', message });
  } else if (max !== undefined && ceilingOf(isRatio ? 'ratio' : 'quantile', max) === undefined) {
    const next = isRatio ? 'write max: 1%' : 'write max: 500ms';
    const why = isRatio
      ? 'expected a percentage, because the check is a share'
      : 'expected a duration, because the check is a quantile';
    context.addIssue({ code: 'custom', path: ['max'], message: words({ what: `max is "${max}"`, why, next }) });
  }
}
