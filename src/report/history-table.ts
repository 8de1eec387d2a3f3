import { oneLine } from './escape';
import { historyMetrics, type HistoryRow } from './history-metrics';
import { table, wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { recoveryTime, utcShort } from './time';

/** Rollbacks with their recovery times, newest first as given, and how they stand against the two-minute target. */
export function historyTable(rows: readonly HistoryRow[], look: Look): string {
  const width = screenWidth(look);
  if (rows.length === 0) return 'no rollbacks yet';
  const [head = '', ...lines] = table([heads, ...rows.map(cells)], { width, last: 20 });
  const body = rows.flatMap((row, at) => [lines[at] ?? '', ...wrap(storyOf(row), width, '    ')]);
  return paint([head, ...body, '', ...wrap(summary(rows), width, '  ')], look.colour);
}

const heads = ['rollback', 'when (UTC)', 'restored', 'confirmed', 'outcome'] as const;

/** Every cell fits its line, so that there is one line a rollback. */
function cells({ rollback, openedAtMs, restoredMs, confirmedMs, phase, outcome }: HistoryRow): readonly string[] {
  return [
    rollback,
    utcShort(openedAtMs),
    time(restoredMs).padStart(8),
    time(confirmedMs).padStart(9),
    outcome ?? `● ${phase}`,
  ];
}

function storyOf({ components, reason, requester, approvedBy }: HistoryRow): string {
  const approved = approvedBy === undefined ? '' : `, approved by ${oneLine(approvedBy, 60)}`;
  return `${components.join(', ')}: "${oneLine(reason, 120)}" · asked by ${oneLine(requester, 60)}${approved}`;
}

function summary(rows: readonly HistoryRow[]): string {
  const { total, restored, outcomes, withinTarget, targetMs, ...times } = historyMetrics(rows);
  const others = Object.entries(outcomes)
    .filter(([outcome]) => outcome !== 'confirmed')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([outcome, count]) => `${count} ${outcome}`);
  const { averageRestoredMs: average, worstRestoredMs: worst, averageDetectedToRestoredMs: detected } = times;
  const speed =
    average === undefined || worst === undefined
      ? ''
      : `approval→restored average ${recoveryTime(average)}, worst ${recoveryTime(worst)}, within ${recoveryTime(targetMs)}: ${withinTarget} of ${restored}`;
  const noticed = detected === undefined ? '' : `detected→restored average ${recoveryTime(detected)}`;
  return [[`${restored} of ${total} restored`, ...others].join(', '), speed, noticed]
    .filter((part) => part !== '')
    .join(' · ');
}

function time(ms: number | undefined): string {
  return ms === undefined ? '–' : recoveryTime(ms);
}
