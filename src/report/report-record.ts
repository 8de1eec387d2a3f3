import type { Decision } from '../domain/approval';
import type { JournalRow } from '../domain/inventory';
import type { Plan } from '../domain/plan';
import type { Progress } from '../domain/progress';
import type { RollbackEvent } from '../domain/rollback-event';
import type { Hold, Mark } from '../domain/release';
import { given, recoveryTargetMs, span } from './recovery-time';

/** All that is known of one rollback: the record, the events it was folded from, and what the inventory adds. */
export interface RollbackRecord {
  readonly progress: Progress;
  readonly events: readonly RollbackEvent[];
  readonly journal: readonly JournalRow[];
  readonly plan?: Plan;
  /** Every decision; those of the record when left out (it keeps the newest ones). */
  readonly decisions?: readonly Decision[];
  readonly marks?: readonly Mark[];
  readonly holds?: readonly Hold[];
  /** When the trouble was noticed, if an alert or a person said so. */
  readonly detectedAtMs?: number;
}

/** A moment that a recovery passes; `sinceMs` counts from the moment before it that is known. */
export interface Milestone {
  readonly name:
    'detected' | 'requested' | 'planned' | 'rehearsed' | 'approved' | 'first write' | 'restored' | 'confirmed';
  readonly atMs: number;
  readonly sinceMs?: number;
}

/** The moments of a recovery in their order; those that never came are left out. */
export function milestonesOf({ progress, events, detectedAtMs }: RollbackRecord): readonly Milestone[] {
  const last = (kind: RollbackEvent['kind']): number | undefined =>
    events.findLast((event) => event.kind === kind)?.atMs;
  const { startedAtMs, approvedAtMs, firstWriteAtMs, restoredAtMs, confirmedAtMs } = progress;
  const moments: readonly (readonly [Milestone['name'], number | undefined])[] = [
    ['detected', detectedAtMs],
    ['requested', progress.lastSeq < 0 ? undefined : startedAtMs],
    ['planned', last('planned')],
    ['rehearsed', last('rehearsed')],
    ['approved', approvedAtMs],
    ['first write', firstWriteAtMs],
    ['restored', restoredAtMs],
    ['confirmed', confirmedAtMs],
  ];
  const known = moments.flatMap(([name, atMs]) => (atMs === undefined ? [] : [{ name, atMs }]));
  return known.map((moment, at) => {
    const before = known[at - 1];
    return before === undefined ? moment : { ...moment, sinceMs: moment.atMs - before.atMs };
  });
}

/** How long it took, in ms, from what people count from; what is not known is left out. */
export interface RecoveryTimes {
  readonly targetMs: number;
  readonly approvalToRestoredMs?: number;
  readonly approvalToConfirmedMs?: number;
  readonly detectedToRestoredMs?: number;
}

/** The recovery times of one rollback beside the target. */
export function recoveryOf({ progress, detectedAtMs }: RollbackRecord): RecoveryTimes {
  const { approvedAtMs, restoredAtMs, confirmedAtMs } = progress;
  return {
    targetMs: recoveryTargetMs,
    ...given('approvalToRestoredMs', span(approvedAtMs, restoredAtMs)),
    ...given('approvalToConfirmedMs', span(approvedAtMs, confirmedAtMs)),
    ...given('detectedToRestoredMs', span(detectedAtMs, restoredAtMs)),
  };
}

/** One transition of one layer, and how often it was tried. */
export interface Transition {
  readonly step: string;
  readonly from: string;
  readonly to: string;
  readonly attempts: number;
  readonly writes: number;
  /** Attempts that a crash ended between the write's announcement and its end. */
  readonly leftOpen: number;
  /** Attempts with a write beyond the first: the same write again, which changes nothing. */
  readonly repeats: number;
  readonly ended: string;
  readonly openedAtMs: number;
}

/** The journal as transitions, each once, in the order in which they were begun. */
export function transitionsOf(journal: readonly JournalRow[]): readonly Transition[] {
  const groups = new Map<string, JournalRow[]>();
  for (const row of [...journal].sort((left, right) => left.openedAtMs - right.openedAtMs)) {
    const key = JSON.stringify([row.step, row.from, row.to]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap(transitionOf);
}

function transitionOf(rows: readonly JournalRow[]): readonly Transition[] {
  const [first] = rows;
  if (first === undefined) return [];
  const writing = rows.filter(({ writes = 0 }) => writes > 0).length;
  return [
    {
      step: first.step,
      from: first.from,
      to: first.to,
      attempts: rows.length,
      writes: rows.reduce((sum, { writes = 0 }) => sum + writes, 0),
      leftOpen: rows.filter(({ closedAtMs }) => closedAtMs === undefined).length,
      repeats: Math.max(0, writing - 1),
      ended: rows.at(-1)?.kind ?? 'open',
      openedAtMs: first.openedAtMs,
    },
  ];
}
