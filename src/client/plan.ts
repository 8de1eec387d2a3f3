import { carriedError } from './carried-error';
import type { Connections } from './connections';
import { fileOf } from './file';
import { rowNamed } from './find';
import { heard } from './heard';
import { freshKey } from './keys';
import type { RollbackFile, RollbackWish } from './lastgood';
import { resultOf } from './result';
import { startRollback } from './start';

/** A plan that nobody has begun with after this long has no worker. */
const silentAfterMs = 10_000;

/**
 * The plan and its rehearsal, by a dry run of its own. Throws WORKER_SILENT, and what kept the worker from opening it:
 * CATALOG_NOT_FOUND, CATALOG_UNKNOWN_COMPONENT and the other CATALOG_* errors.
 */
export async function planRollback(
  connections: Connections,
  wish: Omit<RollbackWish, 'dryRun'>,
): Promise<RollbackFile> {
  const run = await startRollback(connections, { ...wish, dryRun: true }, { key: freshKey('plan') });
  const door = await connections.temporal();
  const handle = door.client.workflow.getHandle(run.workflowId, run.runId);
  const unheard = { handle, what: `plan for ${wish.environment}`, silentAfterMs };
  const { rollback, why } = await heard(door, unheard, (signal) => resultOf(connections, run, signal));
  if (rollback === '') throw carriedError(why);
  return fileOf(connections, await rowNamed(connections, rollback));
}
