import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { parseRequest } from '../contract';
import { LastgoodError } from '../domain/errors';
import { requestIdentity, type RollbackRequest } from '../domain/request';
import { commands } from '../report/commands';
import { controlQueue, rollbackWorkflowId, searchAttributes } from '../temporal/names';
import type { RollbackInput } from '../workflows/messages';
import type { rollback } from '../workflows';
import type { Connections } from './connections';
import type { RollbackWish, StartedRollback, StartOptions } from './lastgood';
import { asking, type TemporalDoor } from './temporal';

/**
 * Starts a rollback, or attaches to the one that is the same: under a key, the one with that key; without one, the open
 * one with the same request, however often it is typed. Throws BAD_REQUEST, KEY_IN_USE.
 */
export async function startRollback(
  connections: Connections,
  wish: RollbackWish,
  { key, again = false }: StartOptions,
): Promise<StartedRollback> {
  const request = parseRequest({ ...wish, requester: connections.identity });
  if (key === undefined) return startWithoutKey(connections, request);
  const workflowId = rollbackWorkflowId(request.environment, checkedKey(key));
  const known = again ? undefined : await endedBefore(connections, workflowId, request);
  return known ?? start(connections, { key, request }, again ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE');
}

/** The key is made from the request: whoever types the same at the same moment meets in one workflow. */
async function startWithoutKey(connections: Connections, request: RollbackRequest): Promise<StartedRollback> {
  const key = `manual-${createHash('sha256').update(requestIdentity(request)).digest('hex').slice(0, 12)}`;
  return (await openWithSameRequest(connections, request)) ?? start(connections, { key, request }, 'ALLOW_DUPLICATE');
}

/** One that somebody gave a key may be the same; one whose workflow was ended from outside is open in the books only. */
async function openWithSameRequest(
  { inventory, temporal }: Connections,
  request: RollbackRequest,
): Promise<StartedRollback | undefined> {
  const wanted = requestIdentity(request);
  const open = await inventory.rollbacks.list({ environment: request.environment, open: true, limit: 100 });
  const door = await temporal();
  for (const { workflowId, runId, requestIdentity: identity } of open) {
    if (identity === wanted && (await isRunning(door, workflowId, runId)))
      return { workflowId, runId, attached: true, ended: false };
  }
  return undefined;
}

async function isRunning(door: TemporalDoor, workflowId: string, runId: string): Promise<boolean> {
  const handle = door.client.workflow.getHandle(workflowId, runId);
  try {
    return (await asking(door, `describe ${workflowId}`, () => handle.describe())).status.name === 'RUNNING';
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return false;
    throw thrown;
  }
}

/** The inventory remembers a key for longer than Temporal does. */
async function endedBefore(
  { inventory }: Connections,
  workflowId: string,
  request: RollbackRequest,
): Promise<StartedRollback | undefined> {
  const row = await inventory.rollbacks.find(workflowId);
  if (row?.outcome === undefined) return undefined;
  if (row.requestIdentity !== requestIdentity(request)) throw keyInUse(row.key, row.workflowId, true);
  return { workflowId, runId: row.runId, rollback: row.rollback, attached: true, ended: true };
}

async function start(
  { temporal }: Connections,
  input: RollbackInput,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' | 'REJECT_DUPLICATE',
): Promise<StartedRollback> {
  const { key, request } = input;
  const { environment, components } = request;
  const workflowId = rollbackWorkflowId(environment, key);
  const door = await temporal();
  try {
    const handle = await asking(door, `start the rollback of ${components.join(', ')}`, () =>
      door.client.workflow.start<typeof rollback>('rollback', {
        workflowId,
        taskQueue: controlQueue,
        args: [input],
        memo: { requestIdentity: requestIdentity(request) },
        workflowIdReusePolicy,
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `roll back ${components.join(', ')} in ${environment}`.slice(0, 200),
        typedSearchAttributes: [
          { key: searchAttributes.environment, value: environment },
          { key: searchAttributes.components, value: [...components] },
          { key: searchAttributes.phase, value: 'planning' },
        ],
      }),
    );
    return { workflowId, runId: handle.firstExecutionRunId, attached: false, ended: false };
  } catch (thrown) {
    if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
    return attach(door, workflowId, input);
  }
}

async function attach(
  door: TemporalDoor,
  workflowId: string,
  { key, request }: RollbackInput,
): Promise<StartedRollback> {
  const handle = door.client.workflow.getHandle(workflowId);
  const { memo, runId, status } = await asking(door, `describe ${workflowId}`, () => handle.describe());
  const ended = status.name !== 'RUNNING';
  if (memo?.['requestIdentity'] !== requestIdentity(request)) throw keyInUse(key, workflowId, ended);
  return { workflowId, runId, attached: true, ended };
}

function keyInUse(key: string, workflowId: string, ended: boolean): LastgoodError {
  const instead = ended ? 'start yours anew with --again, or take another --key' : 'take another --key';
  return new LastgoodError('KEY_IN_USE', {
    what: `the key "${key}" belongs to another request${ended ? ', which has ended' : ', which is open'}`,
    why: 'a key stands for one incident, deployment or alert and for what was asked for then',
    next: `${instead}; what it stands for:  ${commands.status(workflowId)}`,
  });
}

/** A key is part of a workflow id, and people type it where they could type `rb-…`. */
function checkedKey(key: string): string {
  if (/^[\p{L}\p{N}\p{P}\p{S}]{1,128}$/u.test(key) && !/^(rb-|rollback\/)/.test(key)) return key;
  throw new LastgoodError('BAD_REQUEST', {
    what: `${JSON.stringify(key.slice(0, 140))} can not be a key`,
    why: 'expected 1 to 128 printable characters without spaces, not beginning with rb- or rollback/',
    next: 'write for example: --key INC-381',
  });
}
