import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import type { RollbackRow } from '../domain/inventory';
import type { RollbackResult } from '../workflows/messages';
import type { Connections } from './connections';
import { asking, type TemporalDoor } from './temporal';

/** How the workflow run behind a rollback stands in Temporal. */
export type RunStanding =
  | { readonly kind: 'running' }
  /** It came to its own end, and the inventory was never told. */
  | { readonly kind: 'completed'; readonly result: RollbackResult }
  /** Somebody ended it; `how` as a sentence. */
  | { readonly kind: 'cut-off'; readonly how: string }
  /** Temporal does not know it: its memory was lost or has run out, or this is another Temporal. */
  | { readonly kind: 'missing' };

/** What a rollback is looked up with. */
export type Custody = Pick<Connections, 'inventory' | 'temporal'>;

/** Looks at the run, and past a reset: a run that was just reset goes on under another id and has no number yet. */
export async function standingOf({ inventory, temporal }: Custody, row: RollbackRow): Promise<RunStanding> {
  const door = await temporal();
  const run = await described(door, row.workflowId, row.runId);
  if (run === undefined) return { kind: 'missing' };
  if (run.status.name === 'RUNNING') return { kind: 'running' };
  if (run.status.name === 'COMPLETED') return { kind: 'completed', result: await resultOf(door, row) };
  const newest = await described(door, row.workflowId);
  if (newest === undefined || newest.runId === row.runId) return { kind: 'cut-off', how: endedHow(run) };
  const next = await inventory.rollbacks.find(row.workflowId);
  if (next?.runId !== row.runId)
    return { kind: 'cut-off', how: `${endedHow(run)}, and ${next?.rollback ?? ''} began anew` };
  return newest.status.name === 'RUNNING' ? { kind: 'running' } : { kind: 'cut-off', how: endedHow(run) };
}

async function described(
  door: TemporalDoor,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  const handle = door.client.workflow.getHandle(workflowId, runId);
  try {
    return await asking(door, `describe ${workflowId}`, () => handle.describe());
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return undefined;
    throw thrown;
  }
}

function resultOf(door: TemporalDoor, { workflowId, runId }: RollbackRow): Promise<RollbackResult> {
  const handle = door.client.workflow.getHandle(workflowId, runId);
  return asking(door, `result of ${workflowId}`, () => handle.result() as Promise<RollbackResult>);
}

function endedHow({ status }: WorkflowExecutionDescription): string {
  const how = status.name.toLowerCase().replaceAll('_', ' ');
  return `its workflow was ended in Temporal (${how})`;
}
