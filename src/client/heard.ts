import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { asking, workerSilent, type TemporalDoor } from './temporal';

/** A workflow that waits for an answer, for how long it may stay unheard, and what people must know when it does. */
export interface Unheard {
  readonly handle: Pick<WorkflowHandle, 'describe'>;
  readonly what: string;
  readonly silentAfterMs: number;
  readonly next?: string;
}

/** The answer; or WORKER_SILENT when no worker has even begun with the workflow after `silentAfterMs`. */
export async function heard<Value>(door: TemporalDoor, unheard: Unheard, answer: () => Promise<Value>): Promise<Value> {
  const answered = new AbortController();
  try {
    return await Promise.race([answer(), silence(door, unheard, answered.signal)]);
  } finally {
    answered.abort();
  }
}

/** A workflow that nobody has begun with: the start and the first task that waits are all that its history holds. */
const eventsOfAnUnheardWorkflow = 2;

async function silence(door: TemporalDoor, unheard: Unheard, answered: AbortSignal): Promise<never> {
  const { handle, what, silentAfterMs, next } = unheard;
  await sleep(silentAfterMs, undefined, { signal: answered });
  const { historyLength } = await asking(door, what, () => handle.describe());
  if (historyLength <= eventsOfAnUnheardWorkflow) throw workerSilent(what, silentAfterMs, next);
  return new Promise(() => undefined);
}
