import { standstill } from '../../src/reverters/parts/standstill';
import type { Rollout } from '../../src/reverters/parts/workload-rollout';

const rollout = (progress: string, more: Partial<Rollout> = {}): Rollout => ({
  complete: false,
  progress,
  deadlineMs: 10_000,
  timedOut: false,
  ...more,
});
const why = 'no progress for 10 s, the progress deadline of the workload';

describe('a rollout that does not get further', () => {
  let nowMs = 0;
  let stuck = standstill(() => nowMs);
  const after = (ms: number, seen: Rollout, name?: string): string | undefined => {
    nowMs += ms;
    return stuck(seen, name);
  };
  beforeEach(() => {
    stuck = standstill(() => nowMs);
  });

  it('is told when nothing changed for the deadline, and as often as one asks', () => {
    expect([after(0, rollout('1 of 3')), after(9_999, rollout('1 of 3'))]).toEqual([undefined, undefined]);
    expect([after(1, rollout('1 of 3')), after(0, rollout('1 of 3'))]).toEqual([why, why]);
  });

  it('counts from the last change, and per workload', () => {
    after(0, rollout('1 of 3'), 'orders');
    after(0, rollout('1 of 3'), 'payments');
    expect(after(9_000, rollout('2 of 3'), 'orders')).toBeUndefined();
    expect(after(1_000, rollout('1 of 3'), 'payments')).toBe(why);
    expect(after(8_999, rollout('2 of 3'), 'orders')).toBeUndefined();
    expect(after(1, rollout('2 of 3'), 'orders')).toBe(why);
  });

  it('is not told of one that is complete, nor of a workload without a deadline, whatever the controller said before', () => {
    const { deadlineMs: _none, ...endless } = rollout('1 of 3', { timedOut: true });
    after(0, rollout('3 of 3'), 'done');
    after(0, endless, 'endless');
    expect(after(3_600_000, rollout('3 of 3', { complete: true }), 'done')).toBeUndefined();
    expect(after(0, endless, 'endless')).toBeUndefined();
  });
});
