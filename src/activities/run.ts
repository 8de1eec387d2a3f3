import { setMaxListeners } from 'node:events';
import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { asLastgoodError } from '../domain/errors';
import type { Inventory } from '../domain/inventory';
import type { Json } from '../domain/json';
import type { Flushed, WithEvents } from './calls';
import { patiently, type Patience } from './patience';

/** Longest error text that enters a history. */
const maxFaultLength = 4_000;

/** Says that the attempt is alive, three times per heartbeat timeout, with the latest checkpoint. */
export interface Pulse extends Patience {
  readonly attempt: number;
  readonly resumeFrom: Json | undefined;
  beat(detail?: Json): void;
}

/** Runs the body of an activity: heartbeats while it runs, and turns every fault into the house wording. */
export async function running<Value>(body: (pulse: Pulse) => Promise<Value>): Promise<Value> {
  const context = Context.current();
  // Many layers and checks wait on one signal at the same time.
  setMaxListeners(0, context.cancellationSignal);
  const { heartbeatTimeoutMs, startToCloseTimeoutMs, attempt, heartbeatDetails } = context.info;
  const patience = AbortSignal.timeout(Math.ceil(startToCloseTimeoutMs / 2));
  let latest: Json = (heartbeatDetails as Json | undefined) ?? null;
  const beat = (detail?: Json): void => {
    if (detail !== undefined) latest = detail;
    context.heartbeat(latest);
  };
  const timer = heartbeatTimeoutMs === undefined ? undefined : setInterval(beat, heartbeatTimeoutMs / 3);
  try {
    const resumeFrom = heartbeatDetails === undefined ? undefined : (heartbeatDetails as Json);
    return await body({ signal: context.cancellationSignal, patience, attempt, resumeFrom, beat });
  } catch (thrown) {
    throw failureOf(thrown, attempt);
  } finally {
    clearInterval(timer);
  }
}

/** As `running`, and stores the workflow's events first. An inventory that is away delays them; the body still runs. */
export async function runningWithEvents<Value>(
  inventory: Inventory,
  { rollback, events }: WithEvents,
  body: (pulse: Pulse) => Promise<Value>,
): Promise<Flushed<Value>> {
  return running(async (pulse) => {
    const storedThrough = await store(inventory, rollback, events);
    return { value: await body(pulse), storedThrough };
  });
}

/** As `runningWithEvents`, while the events are being stored: a layer need not wait for what is told about others. */
export async function runningBesideEvents<Value>(
  inventory: Inventory,
  { rollback, events }: WithEvents,
  body: (pulse: Pulse) => Promise<Value>,
): Promise<Flushed<Value>> {
  return running(async (pulse) => {
    const [stored, ran] = await Promise.allSettled([store(inventory, rollback, events), body(pulse)]);
    if (ran.status === 'rejected') throw ran.reason;
    if (stored.status === 'rejected') throw stored.reason;
    return { value: ran.value, storedThrough: stored.value };
  });
}

/**
 * As `runningWithEvents`, where no later activity could soon carry what could not be stored: before a human is asked, and
 * for the papers at the end. The body waits until the inventory has every event.
 */
export async function runningAfterEvents<Value>(
  inventory: Inventory,
  { rollback, events }: WithEvents,
  body: (pulse: Pulse) => Promise<Value>,
): Promise<Flushed<Value>> {
  return running(async (pulse) => {
    await patiently(pulse, () => inventory.rollbacks.append(rollback, events));
    return { value: await body(pulse), storedThrough: events.at(-1)?.seq ?? -1 };
  });
}

async function store(inventory: Inventory, rollback: string, events: WithEvents['events']): Promise<number> {
  const last = events.at(-1);
  if (last === undefined) return -1;
  try {
    await inventory.rollbacks.append(rollback, events);
    return last.seq;
  } catch (thrown) {
    if (asLastgoodError(thrown).isRetryable) return -1;
    throw thrown;
  }
}

/** What has no name is tried three times: a defect does not go away by waiting a quarter of an hour for it. */
const attemptsOfUnknown = 3;

function failureOf(thrown: unknown, attempt: number): unknown {
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'CancelledFailure')) return thrown;
  if (thrown instanceof ApplicationFailure) return thrown;
  const error = asLastgoodError(thrown);
  const message = error.message.slice(0, maxFaultLength);
  const nonRetryable = !error.isRetryable || (error.code === 'INTERNAL' && attempt >= attemptsOfUnknown);
  return ApplicationFailure.create({ type: error.code, message, nonRetryable });
}
