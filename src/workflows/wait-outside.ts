import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * Waits for an activity that only looks: it fails until it has seen what it waits for, and the server makes the next
 * attempt, so that waiting takes no worker's time and no history. Ends early when `halts` says so. Throws what the
 * activity ended with when its time was over.
 */
export async function waitOutside(halts: () => boolean, look: () => Promise<unknown>): Promise<void> {
  const scope = new CancellationScope({ cancellable: true });
  try {
    await scope.run(() => Promise.race([look(), condition(halts)]));
  } finally {
    scope.cancel();
  }
}
