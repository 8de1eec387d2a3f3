import { WorkflowNotFoundError } from '@temporalio/client';
import { LastgoodError } from '../domain/errors';
import type { RollbackRow } from '../domain/inventory';
import type { Connections } from './connections';
import type { RollbackRun } from './lastgood';
import { asking } from './temporal';

/**
 * The newest run that a name stands for. A rollback has a row as soon as a worker has begun with it; before that its
 * workflow id alone is its name. Throws UNKNOWN_ROLLBACK.
 */
export async function runNamed({ inventory, temporal }: Connections, name: string): Promise<RollbackRun> {
  const row = await inventory.rollbacks.find(name);
  if (row !== undefined) return { workflowId: row.workflowId, runId: row.runId, rollback: row.rollback };
  if (!name.startsWith('rollback/')) throw unknownRollback(name);
  const door = await temporal();
  try {
    const { runId } = await asking(door, `describe ${name}`, () => door.client.workflow.getHandle(name).describe());
    return { workflowId: name, runId };
  } catch (thrown) {
    throw thrown instanceof WorkflowNotFoundError ? unknownRollback(name) : thrown;
  }
}

/** The row of exactly this run: one workflow id may have several, and the inventory finds the newest. */
export async function rowOfRun({ inventory }: Connections, run: RollbackRun): Promise<RollbackRow | undefined> {
  const row = await inventory.rollbacks.find(run.rollback ?? run.workflowId);
  return row?.runId === run.runId ? row : undefined;
}

/** The row of the newest run that a name stands for. Throws UNKNOWN_ROLLBACK. */
export async function rowNamed({ inventory }: Connections, name: string): Promise<RollbackRow> {
  const row = await inventory.rollbacks.find(name);
  if (row === undefined) throw unknownRollback(name);
  return row;
}

/** Nothing has this name. */
export function unknownRollback(name: string): LastgoodError {
  return new LastgoodError('UNKNOWN_ROLLBACK', { what: `there is no rollback "${name}"` });
}
