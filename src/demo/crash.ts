import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevProcess, RunningDev } from './dev-process';
import type { Shop } from './shop';

/**
 * Waits until payments points at its target but does not run it yet, and kills a process of `lastgood dev` there with
 * SIGKILL: the middle of a revert. Answers with the process that was killed; undefined when `over` came first.
 */
export async function killInTheMiddle(
  victim: DevProcess,
  shop: Shop,
  dev: RunningDev,
  version: string,
  over: AbortSignal,
): Promise<number | undefined> {
  const link = join(shop.directory, 'payments', 'current');
  while (readlinkSync(link) !== `releases/${version}`) {
    if (over.aborted) return undefined;
    await delay(5);
  }
  const pid = dev.pid(victim);
  process.kill(pid, 'SIGKILL');
  return pid;
}
