import { WorkflowNotFoundError } from '@temporalio/client';
import type { Action, DecisionAnswer, DecisionMessage } from '../domain/approval';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { progressOf } from '../domain/fold-progress';
import { commands } from '../report/commands';
import { actionUpdate } from '../workflows/messages';
import type { Connections } from './connections';
import { runNamed } from './find';
import { asking } from './temporal';

/** Says something to a running rollback, and answers with the consequence. Throws UNKNOWN_ROLLBACK, WORKER_SILENT. */
export async function decide(
  connections: Connections,
  name: string,
  action: Action,
  message: Omit<DecisionMessage, 'by'>,
): Promise<DecisionAnswer> {
  const { workflowId, runId } = await runNamed(connections, name);
  const door = await connections.temporal();
  const handle = door.client.workflow.getHandle(workflowId, runId);
  try {
    return await asking(door, `${action} ${name}`, () =>
      handle.executeUpdate(actionUpdate(action), { args: [{ ...message, by: connections.identity }] }),
    );
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError)
      return {
        accepted: false,
        code: 'CLOSED',
        why: 'the rollback has ended; nothing changes any more',
        live: await lastMap(connections, name),
      };
    throw isSilence(thrown) ? unheard(thrown, name) : thrown;
  }
}

/** The map of a rollback that has ended, as far as the inventory knows it. */
async function lastMap({ inventory }: Connections, name: string): Promise<DecisionAnswer['live']> {
  const row = await inventory.rollbacks.find(name);
  const { live } = progressOf(row === undefined ? [] : await inventory.rollbacks.events(row.rollback));
  return Object.fromEntries(live.map(({ component, version }) => [component, version]));
}

function isSilence(thrown: unknown): thrown is LastgoodError {
  return asLastgoodError(thrown).code === 'WORKER_SILENT';
}

/** The server keeps what was said for a while: a worker that comes soon may still hear it. */
function unheard({ text }: LastgoodError, name: string): LastgoodError {
  return new LastgoodError('WORKER_SILENT', {
    ...text,
    why: 'a worker that starts soon may still hear it',
    next: `start one:  lastgood worker  then see whether it counted:  ${commands.status(name)}`,
  });
}
