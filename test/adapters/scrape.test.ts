import { countersOf, parseScrape } from '../../src/adapters/scrape';
import { sampleCheck } from '../../src/adapters/probe';
import { createWorld } from '../../src/adapters/world';
import type { HttpCheck, ScrapeCheck, SeriesSelector } from '../../src/domain/verification';
import { Loopback } from '../fakes/loopback';

const page = `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{status="200",path="/a"} 90 1700000000000
http_requests_total{status="404",path="/a"} 6
http_requests_total{status="500",path="/b"} 3
http_requests_total{status="503",path="/b"} 1e0 # {trace_id="abc"} 1.0

  # TYPE latency_seconds histogram
latency_seconds_bucket{path="/a",le="0.1"} 50
latency_seconds_bucket{path="/a",le="+Inf"} 60
latency_seconds_bucket{path="/b",le="0.1"} 5
latency_seconds_bucket{path="/b",le="+Inf"} 10
latency_seconds_sum 12.5
# EOF
`;

describe('the text format', () => {
  it.each<[string, string, object]>([
    ['a bare number', 'up 1', { name: 'up', labels: {}, value: 1 }],
    ['an exponent', 'bytes -1.5E+3', { name: 'bytes', labels: {}, value: -1500 }],
    [
      'escapes',
      'm{p="C:\\\\dir",q="a\\"b",n="1\\n2"} 1',
      { name: 'm', labels: { p: 'C:\\dir', q: 'a"b', n: '1\n2' }, value: 1 },
    ],
    ['braces and commas in a value', 'm{p="{a,b}", q="#"} 2', { name: 'm', labels: { p: '{a,b}', q: '#' }, value: 2 }],
    ['a comma at the end', 'm{p="x",} 3', { name: 'm', labels: { p: 'x' }, value: 3 }],
    ['no labels in braces', 'm{} 4', { name: 'm', labels: {}, value: 4 }],
    ['infinity', 'm +Inf', { name: 'm', labels: {}, value: Infinity }],
    ['not a number', 'm NaN', { name: 'm', labels: {}, value: Number.NaN }],
    [
      'a label that is called like an object part',
      'm{__proto__="x"} 1',
      { name: 'm', labels: { ['__proto__']: 'x' }, value: 1 },
    ],
    ['Windows line ends', 'm 5\r', { name: 'm', labels: {}, value: 5 }],
  ])('reads %s', (_, text, series) => {
    expect(parseScrape(text)).toEqual([series]);
  });

  it.each(['<html>', 'm', 'm{a="x} 1', 'm{a=x} 1', 'm 1.2.3', '{a="b"} 1', 'm{a="b" 1'])(
    'refuses %s and names the line',
    (line) => {
      expect(() => parseScrape(`up 1\n${line}`)).toThrow('line 2 is not Prometheus text');
    },
  );
});

describe('what a check needs of a page', () => {
  const series = (metric: string, ...labels: SeriesSelector['labels']): SeriesSelector => ({ metric, labels });
  const counted = (of: SeriesSelector, to = series('http_requests_total')) =>
    countersOf({ ...scrapeCheck, measure: { kind: 'ratio', of, to } }, parseScrape(page));

  it.each<[string, SeriesSelector['labels'][number], number]>([
    ['equal', { name: 'status', op: '=', value: '500' }, 3],
    ['not equal', { name: 'status', op: '!=', value: '200' }, 10],
    ['an anchored expression', { name: 'status', op: '=~', value: '5..' }, 4],
    ['an expression that is only part of the value', { name: 'status', op: '=~', value: '5' }, 0],
    ['an expression with choices', { name: 'status', op: '=~', value: '404|500' }, 9],
    ['the opposite of an expression', { name: 'status', op: '!~', value: '2..' }, 10],
    ['a label that no series has', { name: 'zone', op: '=', value: '' }, 100],
  ])('adds up the series with %s', (_, matcher, sum) => {
    expect(counted(series('http_requests_total', matcher))).toEqual({ counters: [sum, 100] });
  });

  it('counts errors that never happened as none, and says when there are no requests to count', () => {
    expect(counted(series('http_panics_total'))).toEqual({ counters: [0, 100] });
    const status = { name: 'status', op: '=~', value: '7..' } as const;
    expect(counted(series('x'), series('http_requests_total', status))).toEqual({
      why: 'it shows no series http_requests_total{status=~"7.."}',
    });
  });

  it('adds up buckets with the same bound, smallest first and +Inf as null', () => {
    const measure = { kind: 'quantile', histogram: series('latency_seconds'), quantile: 0.95 } as const;
    const shown = countersOf({ ...scrapeCheck, measure }, parseScrape(page));
    expect(shown).toEqual({ counters: [55, 70], bounds: [0.1, null] });
  });

  it('calls a counter that is not a number no data', () => {
    const check = { ...scrapeCheck, measure: { kind: 'ratio', of: series('a'), to: series('b') } } as const;
    expect(countersOf(check, parseScrape('a NaN\nb 1'))).toEqual({ why: 'a counter is not a number' });
  });
});

describe('one look at a check', () => {
  const loopback = new Loopback();
  afterEach(() => loopback.closeAll());
  const world = createWorld({});
  const { signal } = new AbortController();

  it('probes a URL', async () => {
    let status = 200;
    const url = await loopback.serve((_, response) => void response.writeHead(status).end());
    expect(await sampleCheck({ ...httpCheck, url }, world, 7, signal)).toEqual({ atMs: 7, ok: true });
    status = 503;
    const why = 'it answered 503, not 200';
    expect(await sampleCheck({ ...httpCheck, url }, world, 8, signal)).toEqual({ atMs: 8, ok: false, why });
  });

  it('reads counters from a metrics page', async () => {
    const url = await loopback.serve((_, response) => void response.end(page));
    expect(await sampleCheck({ ...scrapeCheck, url }, world, 7, signal)).toEqual({
      atMs: 7,
      ok: true,
      counters: [3, 100],
    });
  });

  it.each<[string, number, string, string]>([
    ['is broken', 500, '', 'the metrics endpoint answered 500'],
    [
      'shows something else',
      200,
      '<html>login</html>',
      'the metrics page can not be read: line 1 is not Prometheus text',
    ],
    ['is endless', 200, 'm 1\n'.repeat(300_000), 'the metrics page is longer than 1 MB'],
  ])('is a sample that is not ok when the page %s', async (_, status, body, why) => {
    const url = await loopback.serve((__, response) => void response.writeHead(status).end(body));
    expect(await sampleCheck({ ...scrapeCheck, url }, world, 7, signal)).toEqual({ atMs: 7, ok: false, why });
  });

  it('is a sample that is not ok when nothing answers, and an error only when it was cancelled', async () => {
    const check = { ...scrapeCheck, url: 'http://127.0.0.1:1/metrics' };
    expect(await sampleCheck(check, world, 7, signal)).toMatchObject({
      ok: false,
      why: expect.stringContaining('ECONNREFUSED') as string,
    });
    await expect(sampleCheck(check, world, 7, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const times = { windowMs: 30_000, soakMs: 60_000, intervalMs: 3_000, timeoutMs: 5_000 };
const httpCheck: HttpCheck = { type: 'http', name: 'alive', url: '', passes: 3, expectStatus: 200, ...times };
const scrapeCheck: ScrapeCheck = {
  type: 'scrape',
  name: 'errors',
  url: '',
  measure: {
    kind: 'ratio',
    of: { metric: 'http_requests_total', labels: [{ name: 'status', op: '=', value: '500' }] },
    to: { metric: 'http_requests_total', labels: [] },
  },
  tolerance: { kind: 'points', value: 0.005 },
  minRequests: 20,
  ...times,
};
