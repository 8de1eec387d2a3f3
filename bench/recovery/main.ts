import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedGround, type Ground } from '../../test/faults/ground';
import { Stage } from '../../test/faults/stage';
import { print, roundsOf, spread } from '../figures';
import { onServers } from '../stand';

const repetitions = roundsOf(5);
/** What the catalog of the fault suite says: a worker that says nothing for so long is considered dead. */
const heartbeatMs = 2_000;

/**
 * B8: of two worker processes one dies by SIGKILL in the middle of a revert, just before its write. When does the other
 * one write? By the clocks of the file system and of the target, which are those of this machine. Needs `npm run build`.
 */
onServers(async ({ address, databaseUrl }) => {
  const ground = sharedGround(address, databaseUrl);
  const waits: number[] = [];
  for (let round = 0; round < repetitions; round += 1) waits.push(await recover(ground));
  const name = 'B8 SIGKILL of a worker in the middle of a revert: from its death to the write of another';
  print(name, `${spread(waits).text} ms`, `≤ ${heartbeatMs + 3_000} ms`);
});

async function recover(ground: Ground): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'lastgood-bench-stage-'));
  const stage = new Stage(directory, ground);
  try {
    await stage.open({ points: 'write:before' });
    await stage.workers.start({ points: 'write:before' });
    const run = await stage.begin();
    await stage.approve(run);
    await stage.workers.untilStruck(1);
    const { outcome, why } = await stage.ended(run);
    if (outcome !== 'confirmed') throw new Error(`the rollback ended as ${outcome}: ${why}`);
    const diedAtMs = statSync(join(directory, 'spent', 'write.before')).mtimeMs;
    const next = stage.targets.journal().find(({ by, atMs }) => by !== 'deploy' && atMs > diedAtMs);
    return Math.round((next?.atMs ?? Number.NaN) - diedAtMs);
  } finally {
    await stage.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
