import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningDev } from './dev-process';
import type { Shop } from './shop';

/**
 * Waits until payments points at its target but does not run it yet, and kills the worker there with SIGKILL: the middle of
 * a revert. Answers with what was done.
 */
export async function killWorkerInTheMiddle(shop: Shop, dev: RunningDev, version: string): Promise<string> {
  const link = join(shop.directory, 'payments', 'current');
  while (readlinkSync(link) !== `releases/${version}`) await new Promise((done) => setTimeout(done, 5));
  const pid = dev.workerPid();
  process.kill(pid, 'SIGKILL');
  return `the worker (process ${pid}) was killed with SIGKILL while payments was being switched; process ${dev.workerPid()} went on`;
}
