import { shiftVerdict } from '../../src/domain/shift';
import type { HttpCheck, Reading, ScrapeCheck } from '../../src/domain/verification';

const series = { metric: 'm', labels: [] };
const errors: ScrapeCheck = {
  type: 'scrape',
  name: 'errors',
  url: 'http://127.0.0.1/metrics',
  measure: { kind: 'ratio', of: series, to: series },
  tolerance: { kind: 'points', value: 0.005 },
  minRequests: 20,
  windowMs: 30_000,
  soakMs: 20_000,
  intervalMs: 5_000,
  timeoutMs: 1_000,
};
const latency: ScrapeCheck = { ...errors, name: 'p50', tolerance: { kind: 'relative', value: 0.1 } };
const alive: HttpCheck = {
  type: 'http',
  name: 'alive',
  url: 'http://127.0.0.1/',
  passes: 3,
  expectStatus: 200,
  windowMs: 30_000,
  soakMs: 10_000,
  intervalMs: 5_000,
  timeoutMs: 1_000,
};

const at = (value: number): Reading => ({ check: 'any', atMs: 0, state: 'value', value, requests: 100 });
const silent: Reading = { check: 'any', atMs: 0, state: 'no-data', why: 'connection refused' };
const quiet: Reading = { ...silent, why: 'only 2 requests', requests: 2 };
const normal = { component: 'c', check: 'errors', atMs: 0, state: 'value', value: 0.001 } as const;

describe('a check in the middle of a gradual shift', () => {
  it('is clean at its baseline, whatever it was before', () => {
    expect(shiftVerdict(errors, at(0.2), at(0.002), normal)).toBe('clean');
  });

  it('need not be clean while the bad release still takes its part: it must not be worse', () => {
    expect(shiftVerdict(errors, at(0.2), at(0.11), normal)).toBe('no worse');
    expect(shiftVerdict(errors, at(0.2), at(0.204), normal)).toBe('no worse');
    expect(shiftVerdict(errors, at(0.2), at(0.206), normal)).toBe('worse');
  });

  it('may be worse by its own tolerance, absolute or relative, with or without a baseline', () => {
    expect(shiftVerdict(latency, at(1), at(1.09), undefined)).toBe('no worse');
    expect(shiftVerdict(latency, at(1), at(1.2), undefined)).toBe('worse');
  });

  it('is worse when it was clean and fails, and no worse when it failed before', () => {
    expect(shiftVerdict(alive, at(3), at(1), undefined)).toBe('worse');
    expect(shiftVerdict(alive, at(2), at(0), undefined)).toBe('no worse');
    expect(shiftVerdict(alive, at(0), at(3), undefined)).toBe('clean');
  });

  it('is worse when it is bad and nobody knows how it was', () => {
    expect(shiftVerdict(errors, undefined, at(0.2), normal)).toBe('worse');
    expect(shiftVerdict(errors, quiet, at(0.2), normal)).toBe('worse');
    expect(shiftVerdict(errors, quiet, at(0.2), undefined)).toBe('no worse');
  });

  it('is worse when it falls silent, and never clean when it says nothing', () => {
    expect(shiftVerdict(errors, at(0.2), silent, normal)).toBe('worse');
    expect(shiftVerdict(errors, quiet, silent, normal)).toBe('worse');
    expect(shiftVerdict(errors, silent, silent, normal)).toBe('no worse');
    expect(shiftVerdict(errors, undefined, silent, normal)).toBe('no worse');
    expect(shiftVerdict(errors, at(0.2), quiet, normal)).toBe('quiet');
  });
});
