import { condition, continueAsNew } from '@temporalio/workflow';
import type { RollbackInput, RollbackResult } from './messages';

/**
 * A workflow that was reset in Temporal begins anew, as another run with its own number: what is live is looked at, planned
 * and asked about again. What was approved before the reset was approved for another run, and nobody knows what the run
 * that was cut off still did.
 */
export async function beginAnewAfterReset(input: RollbackInput): Promise<never> {
  const seed = seedNow();
  await condition(() => seedNow() !== seed);
  return beginAnew(input);
}

/** The same request in another run, with a number and asks of its own. */
export function beginAnew({ key, request }: RollbackInput): Promise<never> {
  return continueAsNew<(next: RollbackInput) => Promise<RollbackResult>>({ key, request });
}

/**
 * The seed of the workflow's random numbers. It follows from the history, and a reset is all that ever changes it. The SDK
 * keeps it to itself; a test on a real Temporal watches over the way to it.
 */
function seedNow(): string {
  const { __TEMPORAL_ACTIVATOR__: activator } = globalThis as typeof globalThis & {
    readonly __TEMPORAL_ACTIVATOR__?: { readonly randomnessSeed?: readonly number[] };
  };
  return String(activator?.randomnessSeed);
}
