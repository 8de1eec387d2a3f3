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

/**
 * The answer; or WORKER_SILENT when no worker has even begun with the workflow after `silentAfterMs`. `answer` is handed
 * the signal that ends its waiting then.
 */
export async function heard<Value>(
  door: TemporalDoor,
  unheard: Unheard,
  answer: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const over = new AbortController();
  try {
    return await Promise.race([answer(over.signal), silence(door, unheard, over.signal)]);
  } finally {
    over.abort();
  }
}

/** A workflow that nobody has begun with: the start and the first task that waits are all that its history holds. */
const eventsOfAnUnheardWorkflow = 2;

async function silence(door: TemporalDoor, unheard: Unheard, over: AbortSignal): Promise<never> {
  const { handle, what, silentAfterMs, next } = unheard;
  await sleep(silentAfterMs, undefined, { signal: over });
  const { historyLength } = await asking(door, what, () => handle.describe());
  if (historyLength <= eventsOfAnUnheardWorkflow) throw workerSilent(what, silentAfterMs, next);
  return new Promise(() => undefined);
}
