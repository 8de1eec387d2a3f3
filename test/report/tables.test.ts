import type { RollbackRow } from '../../src/domain/inventory';
import { progressOf } from '../../src/domain/fold-progress';
import { comparePlans } from '../../src/planning';
import { changesText } from '../../src/report/changes-text';
import { checkAllText } from '../../src/report/check-all-text';
import { checkText } from '../../src/report/check-text';
import { gateText } from '../../src/report/gate-text';
import { historyMetrics, historyRowOf, type HistoryRow } from '../../src/report/history-metrics';
import { historyTable } from '../../src/report/history-table';
import { listTable } from '../../src/report/list-table';
import { nowMs, plans } from './fixtures';
import { expectGolden } from './golden';
import { approvalAsk, openedAtMs, rollback, stories } from './story';

const dayMs = 86_400_000;

const row: RollbackRow = {
  rollback,
  workflowId: 'rollback/production/inc-381',
  runId: '0198f3c2',
  key: 'inc-381',
  environment: 'production',
  components: ['orders'],
  reason: 'orders answer 500 since deployment 812',
  requester: 'ana@laptop',
  openedAtMs,
  phase: 'closed',
  outcome: 'confirmed',
  decisions: [],
  requestIdentity: '[]',
};

const past = (number: number, daysAgo: number, more: Partial<HistoryRow>): HistoryRow => ({
  rollback: `rb-production-${number}`,
  openedAtMs: openedAtMs - daysAgo * dayMs,
  phase: 'closed',
  components: ['search'],
  reason: 'health check fails',
  requester: 'ci@build',
  ...more,
});

const history: readonly HistoryRow[] = [
  past(43, 0, { phase: 'awaiting-approval', components: ['ledger'], reason: 'alert LedgerErrors', requester: 'alert' }),
  historyRowOf(row, progressOf(stories.confirmed), openedAtMs - 84_000),
  past(41, 7, { outcome: 'confirmed', approvedBy: 'ben@ops', restoredMs: 21_000, confirmedMs: 182_000 }),
  past(40, 12, { outcome: 'refused', components: ['ledger', 'orders-db'], requester: 'ana@laptop' }),
  past(39, 30, { outcome: 'restored-unconfirmed', approvedBy: 'ana@laptop', restoredMs: 143_000 }),
];

describe('the history', () => {
  test('shows every rollback with its recovery times, averages and the target', () => {
    expectGolden('history.txt', historyTable(history, { nowMs, width: 80 }));
  });

  test('counts from approval, and from the first notice when that is known', () => {
    expect(history[1]).toMatchObject({ restoredMs: 47_000, confirmedMs: 354_000, detectedToRestoredMs: 221_000 });
    expect(historyMetrics(history)).toEqual({
      total: 5,
      restored: 3,
      outcomes: { confirmed: 2, open: 1, refused: 1, 'restored-unconfirmed': 1 },
      targetMs: 120_000,
      withinTarget: 2,
      averageRestoredMs: (47_000 + 21_000 + 143_000) / 3,
      worstRestoredMs: 143_000,
      averageDetectedToRestoredMs: 221_000,
    });
  });

  test('claims no average when nothing was restored', () => {
    expect(historyMetrics([])).toEqual({ total: 0, restored: 0, outcomes: {}, targetMs: 120_000, withinTarget: 0 });
    expect(historyTable([], { nowMs })).toBe('no rollbacks yet');
  });
});

describe('the list', () => {
  test('names those that wait for a human below the table, with the command that shows them', () => {
    const { outcome: _ended, ...open } = row;
    const rows: readonly RollbackRow[] = [
      {
        ...open,
        rollback: 'rb-production-44',
        phase: 'awaiting-approval',
        ask: approvalAsk,
        openedAtMs: nowMs - 44_000,
      },
      { ...open, rollback: 'rb-production-43', phase: 'reverting', openedAtMs: nowMs - 300_000 },
      row,
    ];
    expectGolden('list.txt', listTable(rows, { nowMs, width: 80 }));
    expect(listTable([], { nowMs })).toBe('no rollbacks');
  });
});

describe('the gate', () => {
  test('refuses with every reason and its way out', () => {
    const name = 'orders@3.1.0';
    const reasons = [
      'orders 3.1.0 is marked unstable by ana@laptop: rolled back by rb-production-42; lift it:  lastgood release mark lift orders@3.1.0 --reason "why"',
      'orders is on hold; lift it:  lastgood hold lift production orders --reason "why"',
    ];
    expectGolden('gate-refused.txt', gateText({ promotable: false, reasons }, { name, environment: 'production' }));
    expect(gateText({ promotable: true, reasons: [] }, { name, environment: 'production' })).toBe(
      'PROMOTABLE  orders@3.1.0 may go out to production',
    );
  });
});

describe('the check of a whole environment', () => {
  const found = Object.entries(plans).map(([component, plan]) => ({ component, plan }));

  test('is one table, the worst first', () => {
    const broken = { component: 'ledger', why: 'CATALOG_INVALID  ledger has no layers' };
    expectGolden('check-all.txt', checkAllText('production', [...found, broken], { nowMs, width: 80, tookMs: 4_200 }));
  });
});

describe('what is different from an earlier plan', () => {
  test('is a short list', () => {
    const before = { rollback, startedAtMs: nowMs - 720_000, approvedAtMs: nowMs - 600_000, approvedBy: 'ben@laptop' };
    const [one, other] = [plans['safe-group-with-flag'], plans['data-loss']];
    expectGolden('changes.txt', changesText(other, comparePlans(one, other), before, { nowMs, width: 80 }));
  });
});

describe('the check', () => {
  test.each(Object.entries(plans))('says the verdict first and at most three reasons: %s', (name, plan) => {
    const text = checkText(plan, { nowMs, width: 80, tookMs: 1_130 });
    expectGolden(`check-${name}.txt`, text);
    expect(text.split('\n').filter((line) => /^ {2}\d\. /.test(line)).length).toBeLessThanOrEqual(3);
  });
});
