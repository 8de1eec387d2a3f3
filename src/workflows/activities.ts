import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, Flushed, LayerActivities, WithEvents } from '../activities/calls';
import type { StepLimits } from '../domain/reverter';
import type { RollbackRecord } from './record';

/** Back-off between attempts, and what is never tried again is said by the activity itself (nonRetryable). */
const backOff = { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '10 s' } as const;

/** A worker that died is noticed by its missing heartbeats. */
const light = { startToCloseTimeout: '2 minutes', heartbeatTimeout: '10 s', retry: backOff } as const;

/** Light activities: tried for a quarter of an hour, so that a restart of the inventory only delays. */
export const control = proxyActivities<ControlActivities>({ ...light, scheduleToCloseTimeout: '15 minutes' });

/** The last one: without it the inventory would never learn that the rollback has ended, so it waits for a whole day. */
export const closing = proxyActivities<Pick<ControlActivities, 'releaseLocks'>>({
  ...light,
  scheduleToCloseTimeout: '1 day',
});

/** A watch over checks that lasts this long, and as long as the readings take. */
export function watching(forMs: number, summary: string): Pick<ControlActivities, 'checkShift'> {
  const [startToCloseTimeout, scheduleToCloseTimeout] = [forMs + 2 * minuteMs, forMs + 15 * minuteMs];
  return proxyActivities({ ...light, summary, startToCloseTimeout, scheduleToCloseTimeout });
}

const minuteMs = 60_000;

/** Reads and rehearsals of one credential domain. */
export function readingLayers(queue: string, summary: string): LayerActivities {
  return proxyActivities<LayerActivities>({
    taskQueue: queue,
    summary,
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '10 minutes',
    heartbeatTimeout: '10 s',
    retry: backOff,
  });
}

/** One step of the plan, within the limits that were approved with it. */
export function steppingLayers(queue: string, summary: string, limits: StepLimits): LayerActivities {
  return proxyActivities<LayerActivities>({
    taskQueue: queue,
    summary,
    startToCloseTimeout: limits.attemptMs,
    heartbeatTimeout: limits.heartbeatMs,
    retry: { ...backOff, maximumAttempts: limits.attempts },
  });
}

/** Runs an activity that carries events, and remembers which of them the inventory has. */
export async function carrying<Input extends WithEvents, Value>(
  record: RollbackRecord,
  run: (input: Input) => Promise<Flushed<Value>>,
  input: Omit<Input, keyof WithEvents>,
): Promise<Value> {
  const handed = record.handOver();
  try {
    const { value, storedThrough } = await run({ ...input, ...handed } as unknown as Input);
    record.stored(storedThrough, handed.events);
    return value;
  } catch (thrown) {
    record.handAgain(handed.events);
    throw thrown;
  }
}

/** A fault as people read it: its code and its sentences, whatever Temporal wrapped around it. */
export function faultOf(thrown: unknown): { readonly code: string; readonly why: string } {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'INTERNAL', why: cause.message };
  if (cause instanceof Error)
    return { code: cause.name === 'TimeoutFailure' ? 'TIMED_OUT' : 'INTERNAL', why: cause.message };
  return { code: 'INTERNAL', why: String(cause) };
}
