import { observedTogether, type CheckedAt, type LiveInterval } from '../../src/adapters/inventory/observed-together';

const now = 10_000;

/** `orders 3.1 [0, 500]`; live until now without an end. */
function live(component: string, version: string, beganAtMs: number, endedAtMs = Infinity): LiveInterval {
  return { component, digest: `sha256:${version}`, version, beganAtMs, endedAtMs };
}

function checked(
  component: string,
  version: string,
  atMs: number,
  verdict: CheckedAt['verdict'] = 'passed',
): CheckedAt {
  return { component, digest: `sha256:${version}`, atMs, verdict };
}

describe('versions observed together', () => {
  it('are those that were live together long enough and passed meanwhile', () => {
    const intervals = [live('orders', '3.0', 0, 500), live('payments', '2.0', 100, 900)];
    const checks = [checked('orders', '3.0', 200), checked('payments', '2.0', 300)];
    expect(observedTogether(intervals, checks, 400, now)).toEqual([{ orders: '3.0', payments: '2.0' }]);
    expect(observedTogether(intervals, checks, 401, now)).toEqual([]);
  });

  it('are not those of which one was never checked, or only outside of the common time', () => {
    const intervals = [live('orders', '3.0', 0, 500), live('payments', '2.0', 100, 900)];
    expect(observedTogether(intervals, [checked('orders', '3.0', 200)], 100, now)).toEqual([]);
    const early = [checked('orders', '3.0', 50), checked('payments', '2.0', 200)];
    expect(observedTogether(intervals, early, 100, now)).toEqual([]);
    const silent = [checked('orders', '3.0', 200, 'no-data'), checked('payments', '2.0', 200)];
    expect(observedTogether(intervals, silent, 100, now)).toEqual([]);
  });

  it('are not those of which one failed last', () => {
    const intervals = [live('orders', '3.0', 0), live('payments', '2.0', 0)];
    const checks = [
      checked('payments', '2.0', 500),
      checked('orders', '3.0', 200),
      checked('orders', '3.0', 600, 'failed'),
    ];
    expect(observedTogether(intervals, checks, 100, now)).toEqual([]);
    expect(observedTogether(intervals, [...checks, checked('orders', '3.0', 700)], 100, now)).toHaveLength(1);
  });

  it('count until now while they are live', () => {
    const intervals = [live('orders', '3.0', now - 300), live('payments', '2.0', now - 900)];
    const checks = [checked('orders', '3.0', now - 1), checked('payments', '2.0', now - 1)];
    expect(observedTogether(intervals, checks, 300, now)).toHaveLength(1);
    expect(observedTogether(intervals, checks, 301, now)).toEqual([]);
  });

  it('are told in the largest sets only, the latest first', () => {
    const intervals = [
      live('accounts', '1.0', 0),
      live('orders', '3.0', 0, 1_000),
      live('orders', '3.1', 1_000),
      live('payments', '2.0', 0),
    ];
    const checks = [500, 1_500].flatMap((at) => [
      checked('accounts', '1.0', at),
      checked('orders', at < 1_000 ? '3.0' : '3.1', at),
      checked('payments', '2.0', at),
    ]);
    expect(observedTogether(intervals, checks, 400, now)).toEqual([
      { accounts: '1.0', orders: '3.1', payments: '2.0' },
      { accounts: '1.0', orders: '3.0', payments: '2.0' },
    ]);
  });

  it('keep a pair that was checked in its own time when the larger set was not', () => {
    const intervals = [
      live('accounts', '1.0', 0, 1_000),
      live('orders', '3.0', 0, 1_000),
      live('payments', '2.0', 500, 1_000),
    ];
    const checks = [checked('accounts', '1.0', 200), checked('orders', '3.0', 200), checked('payments', '2.0', 600)];
    expect(observedTogether(intervals, checks, 400, now)).toEqual([{ accounts: '1.0', orders: '3.0' }]);
  });

  it('never hold two versions of one component, not even for an instant', () => {
    const intervals = [live('orders', '3.0', 0, 500), live('orders', '3.1', 500), live('payments', '2.0', 0)];
    const checks = [checked('orders', '3.0', 100), checked('orders', '3.1', 600), checked('payments', '2.0', 500)];
    const sets = observedTogether(intervals, checks, 0, now);
    expect(sets.map(({ orders }) => orders)).toEqual(['3.1', '3.0']);
  });

  it('are at most 200 sets, of the latest', () => {
    const intervals = Array.from({ length: 250 }, (_, at) => live('orders', `3.${at}`, at * 10, at * 10 + 10));
    const checks = intervals.map(({ version, beganAtMs }) => checked('orders', version, beganAtMs + 5));
    const payments = intervals.map(({ beganAtMs }) => checked('payments', '2.0', beganAtMs + 5));
    const sets = observedTogether([...intervals, live('payments', '2.0', 0)], [...checks, ...payments], 10, now);
    expect(sets).toHaveLength(200);
    expect(sets[0]).toEqual({ orders: '3.249', payments: '2.0' });
  });
});
