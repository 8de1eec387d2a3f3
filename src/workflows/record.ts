import { upsertSearchAttributes } from '@temporalio/workflow';
import type { WithEvents } from '../activities/calls';
import { foldProgress } from '../domain/fold-progress';
import { emptyProgress, type Progress } from '../domain/progress';
import type { Phase, RollbackEvent, RollbackEventBody } from '../domain/rollback-event';
import type { Reading } from '../domain/verification';
import { detailsMarkdown } from '../report/details-markdown';
import { searchAttributes } from '../temporal/names';
import { showDetails } from './details';

/**
 * The record of one rollback: events in order, folded as they happen, and kept until the inventory has them.
 * Lives in workflow memory; the history rebuilds it on replay.
 */
export class RollbackRecord {
  progress: Progress = emptyProgress;
  planMarkdown = '';
  /** Steps of the present plan that were begun. */
  readonly begun = new Set<string>();
  /** How the checks of components were before their gradual shift. */
  readonly beforeShift = new Map<string, readonly Reading[]>();
  private unstored: RollbackEvent[] = [];
  private nextSeq = 0;
  private sentThrough = -1;

  /** The inventory lacks events that nobody carries. */
  get hasUnstored(): boolean {
    return this.unstored.length > 0;
  }

  /** A fresh run of a rollback begins: its first event has this number. */
  begin(rollback: string, nextSeq: number): void {
    this.progress = { ...emptyProgress, rollback, lastSeq: nextSeq - 1 };
    this.nextSeq = nextSeq;
    this.sentThrough = nextSeq - 1;
  }

  /** Goes on from the record of the run before; what was added meanwhile comes after it. */
  recall(progress: Progress, begun: readonly string[]): void {
    this.progress = this.unstored.reduce(foldProgress, progress);
    for (const step of begun) this.begun.add(step);
  }

  /** Adds one event at the workflow's clock. */
  add(body: RollbackEventBody): void {
    const event = { ...body, seq: this.nextSeq, atMs: Date.now() };
    this.nextSeq += 1;
    this.unstored.push(event);
    this.progress = foldProgress(this.progress, event);
    if (event.kind === 'planned') {
      this.begun.clear();
      this.beforeShift.clear();
    }
    if (event.kind === 'step-started') this.begun.add(event.step);
    showDetails(() => detailsMarkdown(this.progress, { nowMs: event.atMs, planMarkdown: this.planMarkdown }));
  }

  /** Enters a phase, once: the search attribute costs an event of the history. */
  enter(phase: Phase): void {
    if (this.progress.phase === phase && this.progress.lastSeq > 0) return;
    this.add({ kind: 'phase', phase });
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
  }

  /** Events to hand to the next activity: those that no other running activity carries. */
  handOver(): WithEvents {
    const events = this.unstored.filter(({ seq }) => seq > this.sentThrough);
    this.sentThrough = this.nextSeq - 1;
    return { rollback: this.progress.rollback, events };
  }

  /** The inventory has these events now. */
  stored(through: number, handed: readonly RollbackEvent[]): void {
    const done = new Set(handed.filter(({ seq }) => seq <= through).map(({ seq }) => seq));
    this.unstored = this.unstored.filter(({ seq }) => !done.has(seq));
    if (done.size < handed.length) this.handAgain(handed);
  }

  /** The activity that carried these events failed: the next one carries them again. */
  handAgain(handed: readonly RollbackEvent[]): void {
    const first = handed[0]?.seq;
    if (first !== undefined) this.sentThrough = Math.min(this.sentThrough, first - 1);
  }
}
