import { progressOf } from '../../src/domain/fold-progress';
import { statusText } from '../../src/report/status-text';
import { expectGolden } from './golden';
import { stories } from './story';

describe('the status of a rollback as one screen', () => {
  test.each(Object.entries(stories))('looks as agreed: %s', (name, events) => {
    const nowMs = (events.at(-1)?.atMs ?? 0) + 4_000;
    expectGolden(`status-${name}.txt`, statusText(progressOf(events), { nowMs, width: 80 }));
  });

  test('says in one line how far a check has soaked', () => {
    const reading = { check: 'error rate', atMs: 9_000, state: 'value', value: 0.002, unit: 'share' } as const;
    const soaking = {
      verdict: 'waiting',
      cleanSinceMs: 5_000,
      earliestMs: 10_000,
      why: 'clean for 4 s of 5 s',
    } as const;
    const checks = [{ component: 'payments', check: 'error rate', reading, ...soaking }];
    const screen = statusText({ ...progressOf(stories.confirming), checks }, { nowMs: 9_000, width: 80 });
    expect(screen).toContain('  ● payments error rate  0.2 % (baseline none) · clean for 4 s of 5 s\n');
  });
});
