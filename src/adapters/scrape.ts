import type { Sample, ScrapeCheck, SeriesSelector } from '../domain/verification';

/** One line of a Prometheus text page. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads the Prometheus text format (0.0.4; comments, HELP, TYPE, timestamps and exemplars are passed over).
 * Throws a SyntaxError that names the first line that is not part of it: half a page must not pass for a whole one.
 */
export function parseScrape(text: string): readonly Series[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const series = parseLine(trimmed);
    if (series === undefined) throw new SyntaxError(`line ${index + 1} is not Prometheus text`);
    return [series];
  });
}

/** What a scrape check needs of a page: counters, or why they are not there. */
export function countersOf(
  { measure }: ScrapeCheck,
  page: readonly Series[],
): Pick<Sample, 'counters' | 'bounds' | 'why'> {
  if (measure.kind === 'quantile') return bucketsOf(measure.histogram, page);
  const all = page.filter((series) => selects(measure.to, series));
  if (all.length === 0) return { why: `it shows no series ${shownSelector(measure.to)}` };
  const some = page.filter((series) => selects(measure.of, series));
  return finite({ counters: [sumOf(some), sumOf(all)] });
}

/** Buckets with the same bound are added up over all matching series; the bounds ascend, +Inf (null) is last. */
function bucketsOf(histogram: SeriesSelector, page: readonly Series[]): Pick<Sample, 'counters' | 'bounds' | 'why'> {
  const selector = { ...histogram, metric: `${histogram.metric}_bucket` };
  const sums = new Map<number, number>();
  for (const series of page.filter((one) => selects(selector, one) && one.labels['le'] !== undefined)) {
    const bound = numberOf(series.labels['le'] ?? '') ?? Number.NaN;
    sums.set(bound, (sums.get(bound) ?? 0) + series.value);
  }
  if (sums.size === 0) return { why: `it shows no series ${shownSelector(selector)}` };
  const ascending = [...sums].toSorted(([left], [right]) => left - right);
  return finite({
    counters: ascending.map(([, count]) => count),
    bounds: ascending.map(([bound]) => (bound === Number.POSITIVE_INFINITY ? null : bound)),
  });
}

/** Not-a-number can not be stored as JSON and says nothing: it is no data. */
function finite(found: {
  readonly counters: readonly number[];
  readonly bounds?: readonly (number | null)[];
}): Pick<Sample, 'counters' | 'bounds' | 'why'> {
  const numbers = [...found.counters, ...(found.bounds ?? []).filter((bound) => bound !== null)];
  return numbers.every((value) => Number.isFinite(value)) ? found : { why: 'a counter is not a number' };
}

function sumOf(series: readonly Series[]): number {
  return series.reduce((sum, { value }) => sum + value, 0);
}

function selects({ metric, labels }: SeriesSelector, series: Series): boolean {
  return series.name === metric && labels.every((matcher) => fits(matcher, series.labels[matcher.name] ?? ''));
}

/** A label that is not there counts as empty, as in Prometheus. */
function fits({ op, value }: SeriesSelector['labels'][number], actual: string): boolean {
  switch (op) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return new RegExp(`^(?:${value})$`).test(actual);
    case '!~':
      return !new RegExp(`^(?:${value})$`).test(actual);
    default:
      return op;
  }
}

function shownSelector({ metric, labels }: SeriesSelector): string {
  return labels.length === 0
    ? metric
    : `${metric}{${labels.map(({ name, op, value }) => `${name}${op}"${value}"`).join(',')}}`;
}

const linePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*(\S+)/;
const labelPattern = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/;

function parseLine(line: string): Series | undefined {
  const [, name, inside = '', number = ''] = linePattern.exec(line) ?? [];
  const labels = labelsOf(inside);
  const value = numberOf(number);
  return name === undefined || labels === undefined || value === undefined ? undefined : { name, labels, value };
}

function labelsOf(inside: string): Readonly<Record<string, string>> | undefined {
  const labels: [string, string][] = [];
  for (let rest = inside.trim(); rest !== '';) {
    const [whole, name, quoted] = labelPattern.exec(rest) ?? [];
    if (whole === undefined || name === undefined || quoted === undefined) return undefined;
    labels.push([name, quoted.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))]);
    rest = rest.slice(whole.length).trim();
  }
  return Object.fromEntries(labels);
}

function numberOf(text: string): number | undefined {
  const special: Readonly<Record<string, number>> = {
    nan: Number.NaN,
    '+inf': Infinity,
    inf: Infinity,
    '-inf': -Infinity,
  };
  const named = special[text.toLowerCase()];
  if (named !== undefined) return named;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
