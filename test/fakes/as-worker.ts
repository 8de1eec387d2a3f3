import { LastgoodError } from '../../src/domain/errors';
import type { Reverter } from '../../src/domain/reverter';
import { Crash } from './crashing-world';

/**
 * A reverter as a worker runs it: what died, and what met the write of a controller at the same moment, is tried again. A
 * test of one attempt calls the reverter itself.
 */
export function asWorker<Target>(reverter: Reverter<Target>): Reverter<Target> {
  return {
    ...reverter,
    observe: (...call) => again(() => reverter.observe(...call)),
    capture: (...call) => again(() => reverter.capture(...call)),
    assess: (...call) => again(() => reverter.assess(...call)),
    dryRun: (...call) => again(() => reverter.dryRun(...call)),
    revert: (...call) => again(() => reverter.revert(...call)),
    verify: (...call) => again(() => reverter.verify(...call)),
  };
}

async function again<Value>(attempt: () => Promise<Value>, left = 5): Promise<Value> {
  try {
    return await attempt();
  } catch (thrown) {
    const isConflict = thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_CONFLICT';
    if (left === 0 || !(isConflict || thrown instanceof Crash)) throw thrown;
    return again(attempt, left - 1);
  }
}
