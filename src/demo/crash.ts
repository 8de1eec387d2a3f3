import { setTimeout as delay } from 'node:timers/promises';
import type { DevProcess, RunningDev } from './dev-process';
import type { Shop } from './shop';

/**
 * Waits until payments is told to run its target but does not run it yet, and kills a process of `lastgood dev` there with
 * SIGKILL: the middle of a revert. Answers with the process that was killed; undefined when `over` came first.
 */
export async function killInTheMiddle(
  victim: DevProcess,
  shop: Shop,
  dev: RunningDev,
  version: string,
  over: AbortSignal,
): Promise<number | undefined> {
  while (!(await shop.isBetween(version))) {
    if (over.aborted) return undefined;
    await delay(5);
  }
  const pid = dev.pid(victim);
  process.kill(pid, 'SIGKILL');
  return pid;
}
