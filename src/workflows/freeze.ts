import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { Reverted } from '../activities/answers';
import type { ControlActivities, WithEvents } from '../activities/calls';
import { thawWithinMs, type Freeze } from '../domain/custody';
import { carrying } from './activities';
import type { RollbackRecord } from './record';
import type { Steering } from './steering';
import { waitOutside } from './wait-outside';

/** Waits on the server, not in a worker: each attempt is one look at the switch. */
const { awaitThaw } = proxyActivities<Pick<ControlActivities, 'awaitThaw'>>({
  summary: 'all writes are frozen; waits until they go on',
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: thawWithinMs,
});

/** How a step ended that may have met the switch. */
export type Unfrozen =
  Exclude<Reverted, { kind: 'frozen' }> | { readonly kind: 'stopped' } | { readonly kind: 'thawed' };

/**
 * Runs one step's revert. When it meets the switch that stops all writes, it waits and begins again when they go on: no
 * failure and no attempt of the layer. On the way back to the bad releases it ends as `thawed` instead: a late write of
 * the way there may have come meanwhile. Ends early when the steering halts. Throws WRITES_FROZEN when nobody lifts it in
 * time.
 */
export async function throughFreeze(
  record: RollbackRecord,
  steering: Pick<Steering, 'halts' | 'isGoingBack'>,
  revert: () => Promise<Reverted>,
): Promise<Unfrozen> {
  const halts = (): boolean => steering.halts;
  for (;;) {
    const reverted = await revert();
    if (reverted.kind !== 'frozen') return reverted;
    await thawed(record, reverted.freeze, halts);
    if (halts()) return { kind: 'stopped' };
    if (steering.isGoingBack) return { kind: 'thawed' };
  }
}

/** One wait for all the steps of this rollback that met the switch. */
let waiting: Promise<void> | undefined;

function thawed(record: RollbackRecord, freeze: Freeze, halts: () => boolean): Promise<void> {
  waiting ??= waitForThaw(record, freeze, halts).finally(() => (waiting = undefined));
  return waiting;
}

async function waitForThaw(record: RollbackRecord, freeze: Freeze, halts: () => boolean): Promise<void> {
  const untilMs = Date.now() + thawWithinMs;
  record.add({ kind: 'frozen', ...freeze, untilMs });
  try {
    await waitOutside(halts, () => carrying<WithEvents, null>(record, awaitThaw, {}));
  } catch (thrown) {
    throw ApplicationFailure.create({
      type: 'WRITES_FROZEN',
      message: `WRITES_FROZEN  all writes were frozen by ${freeze.by} (${freeze.reason}), and nobody lifted it in time`,
      nonRetryable: true,
      ...(thrown instanceof Error ? { cause: thrown } : {}),
    });
  } finally {
    record.add({ kind: 'thawed' });
  }
}
