import * as fc from 'fast-check';
import type { JournalRow } from '../../src/domain/inventory';
import { progressOf } from '../../src/domain/fold-progress';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import { reportJson } from '../../src/report/report-json';
import { reportMarkdown } from '../../src/report/report-markdown';
import type { RollbackRecord } from '../../src/report/report-record';
import { buildPlan } from '../../src/planning';
import { digest } from './fixtures';
import { expectGolden } from './golden';
import { dataLossOfTwo } from './scenes';
import { hostileText, outsideOfCodeBlocks } from './markdown';
import { openedAtMs, stories } from './story';

const journalRow = (id: string, step: string, seconds: number, more: Partial<JournalRow>): JournalRow => ({
  id,
  step,
  attempt: 1,
  fence: 7,
  from: digest('9f31c2'),
  to: digest('17aa90'),
  openedAtMs: openedAtMs + seconds * 1_000,
  ...more,
});
const ended = (seconds: number, kind: NonNullable<JournalRow['kind']>, writes: number): Partial<JournalRow> => ({
  closedAtMs: openedAtMs + seconds * 1_000,
  kind,
  writes,
});

const journal: readonly JournalRow[] = [
  journalRow('1', 'payments/flag/1', 91.2, ended(92, 'reverted', 1)),
  journalRow('2', 'payments/workload/1', 96, {}),
  journalRow('3', 'payments/workload/1', 101, { attempt: 2, ...ended(103, 'reverted', 1) }),
  journalRow('4', 'orders/workload/1', 109.3, {
    from: digest('c20b77'),
    to: digest('aa41e5'),
    ...ended(132, 'reverted', 1),
  }),
];

const recordOf = (events: readonly RollbackEvent[]): RollbackRecord => ({
  progress: progressOf(events),
  events,
  journal,
  plan: buildPlan(dataLossOfTwo),
});

const full: RollbackRecord = {
  ...recordOf(stories.confirmed),
  detectedAtMs: openedAtMs - 84_000,
  marks: [
    {
      component: 'orders',
      digest: digest('c20b77'),
      version: '3.1.0',
      mark: 'unstable',
      by: 'ana@laptop',
      reason: 'rolled back by rb-production-42: orders answer 500',
      atMs: openedAtMs + 90_600,
    },
  ],
  holds: [
    {
      environment: 'production',
      component: 'payments',
      by: 'ana@laptop',
      reason: 'moved along in rb-production-42',
      atMs: openedAtMs + 90_600,
    },
  ],
};

describe('the report of a rollback', () => {
  test('tells people everything, verdict first', () => {
    expectGolden('report-confirmed.md', reportMarkdown(full));
  });

  test('tells programs the same with stable keys', () => {
    expectGolden('report-confirmed.json', JSON.stringify(reportJson(full), null, 2));
  });

  test('says what is left half-way after a failure', () => {
    expectGolden('report-failed.md', reportMarkdown(recordOf(stories.failed)));
  });

  test('is short when nothing was touched', () => {
    const { plan: _plan, ...record } = recordOf(stories.rejected);
    expectGolden('report-rejected.md', reportMarkdown({ ...record, journal: [] }));
  });

  test('counts every transition once, with attempts that a crash ended', () => {
    expect(reportJson(full).transitions).toMatchObject([
      { step: 'payments/flag/1', attempts: 1, writes: 1, leftOpen: 0, repeats: 0, ended: 'reverted' },
      { step: 'payments/workload/1', attempts: 2, writes: 1, leftOpen: 1, repeats: 0, ended: 'reverted' },
      { step: 'orders/workload/1', attempts: 1, writes: 1, leftOpen: 0, repeats: 0, ended: 'reverted' },
    ]);
  });

  test('measures each phase from the one before it', () => {
    expect(reportJson(full).milestones.map(({ name, sinceMs }) => [name, sinceMs])).toEqual([
      ['detected', undefined],
      ['requested', 84_000],
      ['planned', 1_100],
      ['rehearsed', 1_500],
      ['approved', 87_400],
      ['first write', 3_000],
      ['restored', 44_000],
      ['confirmed', 307_000],
    ]);
  });

  test('survives JSON unchanged', () => {
    const report = reportJson(full);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('can be drawn for every state, and from an empty record', () => {
    for (const events of [[], ...Object.values(stories)]) {
      expect(reportMarkdown({ progress: progressOf(events), events, journal: [] })).toMatch(/^# [A-Z]/);
    }
  });

  test('lets no hostile value become markup', () => {
    fc.assert(
      fc.property(hostileText, (hostile) => {
        const events = stories.failed.map((event) => {
          if (event.kind === 'opened') return { ...event, reason: hostile, requester: hostile };
          if (event.kind === 'decided') return { ...event, decision: { ...event.decision, comment: hostile } };
          return event.kind === 'closed' ? { ...event, why: hostile } : event;
        });
        const outside = outsideOfCodeBlocks(reportMarkdown({ ...recordOf(events), journal: [] }));
        expect(outside).not.toMatch(/<a|<\/pre|[^\\]\[approve|\u202e/);
        expect(outside).not.toContain('\u001b');
        expect(outside.split('\n').filter((line) => /^(?:EVIL|```|~~~|#(?!#? [A-Z]))/.test(line))).toEqual([]);
      }),
    );
  });
});
