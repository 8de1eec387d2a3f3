import type { Watched, WatchMemory } from '../activities/answers';
import type { ControlActivities } from '../activities/calls';
import type { Outline } from '../domain/plan';
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
  let memory: WatchMemory = { states: [], samples: {} };
  for (;;) {
    const { environment, outline } = place;
    const { planRef, catalogDigest } = outline;
    const watched: Watched = await carrying<WatchInput, Watched>(record, control.watchChecks, {
      environment,
      planRef,
      catalogDigest,
      memory,
    });
    memory = watched.memory;
    const { states: checks, others } = watched;
    record.add({ kind: 'checked', checks, ...(others && { others }) });
    if (watched.recovered === watched.total) return confirmed(watched);
    if (Date.now() >= deadlineMs) return { kind: 'unconfirmed', why: watched.why };
    if (desk.stopping !== undefined) return { kind: 'stopped', why: desk.stopping };
    const { reinstating } = desk.steering;
    if (reinstating !== undefined) return { kind: 'reinstate', why: reinstating };
  }
}

function confirmed({ total: count }: Watched): Confirmation {
  return count === 0
    ? { kind: 'unconfirmed', why: 'the catalog names no check for what moved, so nothing could confirm the recovery' }
    : { kind: 'confirmed', why: `${count} of ${count} checks are back at their baseline` };
}
