import type { ControlActivities, Watch } from '../activities/calls';
import type { Outline } from '../domain/plan';
import { finalVerdict } from '../domain/judge';
import { carrying, control } from './activities';
import type { Desk } from './desk';
import type { RollbackRecord } from './record';

/** What the checks said in the end. */
export interface Confirmation {
  /** `reinstate`: somebody wants the bad releases back before it is confirmed. */
  readonly kind: 'confirmed' | 'unconfirmed' | 'stopped' | 'reinstate';
  readonly why: string;
}

type WatchInput = Parameters<ControlActivities['watchChecks']>[0];

/**
 * Watches every check of every moved component until all have been back at their baseline for their soak time, or
 * until the deadline. Slice by slice, so that progress is seen, a crash costs one slice, and the history stays small.
 */
export async function confirm(
  place: { readonly environment: string; readonly outline: Outline },
  withinMs: number,
  record: RollbackRecord,
  desk: Desk,
): Promise<Confirmation> {
  const deadlineMs = Date.now() + withinMs;
  let watch: Watch = { states: [], samples: {} };
  for (;;) {
    const { environment, outline } = place;
    const { planRef, catalogDigest } = outline;
    watch = await carrying<WatchInput, Watch>(record, control.watchChecks, {
      environment,
      planRef,
      catalogDigest,
      watch,
    });
    record.add({ kind: 'checked', checks: watch.states });
    if (watch.states.every(({ verdict }) => verdict === 'recovered')) return confirmed(watch);
    if (Date.now() >= deadlineMs) return { kind: 'unconfirmed', why: finalVerdict(watch.states).why };
    if (desk.stopping !== undefined) return { kind: 'stopped', why: desk.stopping };
    const { reinstating } = desk.steering;
    if (reinstating !== undefined) return { kind: 'reinstate', why: reinstating };
  }
}

function confirmed(watch: Watch): Confirmation {
  const count = watch.states.length;
  return count === 0
    ? { kind: 'unconfirmed', why: 'the catalog names no check for what moved, so nothing could confirm the recovery' }
    : { kind: 'confirmed', why: `${count} of ${count} checks are back at their baseline` };
}
