import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { asLastgoodError } from '../domain/errors';
import type { rollback } from '../workflows';
import type { RollbackResult } from '../workflows/messages';
import type { Connections } from './connections';
import { unknownRollback } from './find';
import type { RollbackRun } from './lastgood';
import { faultOf, type TemporalDoor } from './temporal';

/** A server that is away is asked again for this long. */
const patienceMs = 300_000;

/** Waits for the end of a run, through restarts of the server. Throws ROLLBACK_CUT_OFF, TEMPORAL_UNREACHABLE. */
export async function resultOf(
  { temporal }: Connections,
  run: RollbackRun,
  signal = new AbortController().signal,
): Promise<RollbackResult> {
  // The SDK listens anew with each question and never lets go: during a long wait Node would warn of a leak.
  setMaxListeners(0, signal);
  let answeredAtMs = Date.now();
  for (;;) {
    const door = await temporal();
    const askedAtMs = Date.now();
    try {
      return await waitOnce(door, run, signal);
    } catch (thrown) {
      if (thrown instanceof WorkflowNotFoundError) throw unknownRollback(run.workflowId);
      const fault = faultOf(door, thrown);
      // The client itself tries for about half a minute; what lasted longer was a wait, not an outage.
      if (Date.now() - askedAtMs > 60_000) answeredAtMs = Date.now();
      const isAway = asLastgoodError(fault).code === 'TEMPORAL_UNREACHABLE';
      if (!isAway || signal.aborted || Date.now() - answeredAtMs > patienceMs) throw fault;
      await sleep(1_000, undefined, { signal });
    }
  }
}

function waitOnce({ client }: TemporalDoor, { workflowId, runId }: RollbackRun, signal: AbortSignal) {
  const handle = client.workflow.getHandle<typeof rollback>(workflowId, runId);
  return client.connection.withAbortSignal(signal, () => handle.result());
}
