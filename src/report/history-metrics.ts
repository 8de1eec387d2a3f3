import type { RollbackRow } from '../domain/inventory';
import type { Progress } from '../domain/progress';
import type { Outcome, Phase } from '../domain/rollback-event';
import { given, recoveryTargetMs, span } from './recovery-time';

/** One rollback in the history: who, why, how long, how it ended. */
export interface HistoryRow {
  readonly rollback: string;
  readonly openedAtMs: number;
  readonly components: readonly string[];
  readonly reason: string;
  readonly requester: string;
  readonly approvedBy?: string;
  readonly phase: Phase;
  readonly outcome?: Outcome;
  /** From approval until every target ran and was verified. */
  readonly restoredMs?: number;
  /** From approval until the system had been back at its baseline for the soak time. */
  readonly confirmedMs?: number;
  /** From the first notice until restored; only when somebody recorded the first notice. */
  readonly detectedToRestoredMs?: number;
}

/** The row of one rollback, from its place in the list and its record. */
export function historyRowOf(row: RollbackRow, progress: Progress, detectedAtMs?: number): HistoryRow {
  const { rollback, openedAtMs, components, reason, requester, phase, outcome } = row;
  const { approvedAtMs, approvedBy, restoredAtMs, confirmedAtMs } = progress;
  return {
    rollback,
    openedAtMs,
    components,
    reason,
    requester,
    phase,
    ...given('outcome', outcome),
    ...given('approvedBy', approvedBy),
    ...given('restoredMs', span(approvedAtMs, restoredAtMs)),
    ...given('confirmedMs', span(approvedAtMs, confirmedAtMs)),
    ...given('detectedToRestoredMs', span(detectedAtMs, restoredAtMs)),
  };
}

/** Recovery times over many rollbacks, in ms; averages and the worst are left out when nothing was restored. */
export interface HistoryMetrics {
  readonly total: number;
  readonly restored: number;
  /** Ended in each way; open ones under `open`. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly targetMs: number;
  readonly withinTarget: number;
  readonly averageRestoredMs?: number;
  readonly worstRestoredMs?: number;
  readonly averageDetectedToRestoredMs?: number;
}

/** Counts, averages and the worst of a history. */
export function historyMetrics(rows: readonly HistoryRow[]): HistoryMetrics {
  const restored = rows.flatMap(({ restoredMs }) => (restoredMs === undefined ? [] : [restoredMs]));
  const detected = rows.flatMap(({ detectedToRestoredMs: ms }) => (ms === undefined ? [] : [ms]));
  const outcomes: Record<string, number> = {};
  for (const { outcome = 'open' } of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    total: rows.length,
    restored: restored.length,
    outcomes,
    targetMs: recoveryTargetMs,
    withinTarget: restored.filter((ms) => ms <= recoveryTargetMs).length,
    ...given('averageRestoredMs', average(restored)),
    ...given('worstRestoredMs', restored.length === 0 ? undefined : Math.max(...restored)),
    ...given('averageDetectedToRestoredMs', average(detected)),
  };
}

function average(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
