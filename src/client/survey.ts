import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import type { SurveyResult } from '../activities/answers';
import type { SurveyInput } from '../activities/calls';
import { asLastgoodError } from '../domain/errors';
import { controlQueue } from '../temporal/names';
import type { survey } from '../workflows';
import type { Connections } from './connections';
import { heard } from './heard';
import { freshKey } from './keys';
import { asking, faultOf, workerSilent, type TemporalDoor } from './temporal';

/** A pipeline waits no longer than this for a worker to take its call. */
const silentAfterMs = 5_000;

/** After this the server itself ends the survey: what is captured in the middle of a deployment would be a lie. */
const endsAfterMs: Readonly<Record<SurveyInput['kind'], number>> = { begin: 30_000, finish: 60_000, import: 300_000 };

/**
 * Has a worker look at layers, and waits for what it recorded. A survey that nobody takes in time is taken back, so that
 * nothing is recorded late. Throws WORKER_SILENT, TEMPORAL_UNREACHABLE, and what the activities of the worker throw.
 */
export async function runSurvey({ temporal }: Connections, name: string, input: SurveyInput): Promise<SurveyResult> {
  const door = await temporal();
  const what = `${input.kind} in ${input.environment}`;
  const handle = await asking(door, what, () =>
    door.client.workflow.start<typeof survey>('survey', {
      workflowId: `survey/${input.environment}/${name}/${freshKey('s')}`,
      taskQueue: controlQueue,
      args: [input],
      workflowExecutionTimeout: endsAfterMs[input.kind],
      staticSummary: what,
    }),
  );
  try {
    const { connection } = door.client;
    return await heard(door, { handle, what, silentAfterMs }, (signal) =>
      connection.withAbortSignal(signal, () => handle.result()),
    );
  } catch (thrown) {
    if (thrown instanceof WorkflowFailedError && thrown.cause instanceof TimeoutFailure)
      throw workerSilent(what, endsAfterMs[input.kind], 'see in the log of the worker what holds it');
    const fault = faultOf(door, thrown);
    if (asLastgoodError(fault).code === 'WORKER_SILENT') await takeBack(door, handle);
    throw fault;
  }
}

async function takeBack(door: TemporalDoor, handle: WorkflowHandle): Promise<void> {
  await asking(door, 'take the call back', () => handle.terminate('no worker took it in time'));
}
