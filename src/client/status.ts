import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { progressOf } from '../domain/fold-progress';
import type { Progress } from '../domain/progress';
import { joinedPages } from '../domain/progress-pages';
import { statusQuery } from '../workflows/messages';
import type { Connections } from './connections';
import { runNamed, unknownRollback } from './find';
import { lastWordsOf } from './last-words';
import { asking } from './temporal';

/**
 * Mid-flight truth from the workflow; from the inventory once it has ended. A rollback whose workflow was ended from
 * outside says so in its notes, because nobody goes on with it. Throws UNKNOWN_ROLLBACK, WORKER_SILENT.
 */
export async function status(connections: Connections, name: string): Promise<Progress> {
  const { rollbacks } = connections.inventory;
  const row = await rollbacks.find(name);
  if (row?.outcome !== undefined) return progressOf(await rollbacks.events(row.rollback));
  const { workflowId, runId } = await runNamed(connections, name);
  const door = await connections.temporal();
  const handle = door.client.workflow.getHandle(workflowId, runId);
  try {
    const progress = await asking(door, `status of ${name}`, () => wholeRecord(handle));
    if (progress.phase === 'closed') return progress;
    const seen = withNotes(progress, await asking(door, `describe ${name}`, () => handle.describe()));
    return { ...seen, frozen: progress.frozen ?? (await connections.inventory.writes.state()) };
  } catch (thrown) {
    throw thrown instanceof WorkflowNotFoundError ? unknownRollback(name) : thrown;
  }
}

/** How often a record is read again that changed between its pages. */
const attempts = 5;

/** All pages of the record, of one moment: pages that were read while it changed do not fit together. */
async function wholeRecord(handle: WorkflowHandle): Promise<Progress> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await handle.query(statusQuery);
    const numbers = Array.from({ length: (first.pages ?? 1) - 1 }, (_one, at) => at + 1);
    const rest = await Promise.all(numbers.map((page) => handle.query(statusQuery, page)));
    const isOneMoment = rest.every(({ lastSeq }) => lastSeq === first.lastSeq);
    if (isOneMoment || attempt === attempts) return joinedPages([first, ...rest]);
  }
}

/** An activity that nobody has taken for this long waits for a worker. */
const untakenAfterMs = 10_000;

function withNotes(progress: Progress, { status: { name }, raw }: WorkflowExecutionDescription): Progress {
  const cutOff = name === 'RUNNING' || name === 'COMPLETED' ? [] : [cutOffNote(name)];
  const untaken = (raw.pendingActivities ?? [])
    .filter(({ lastStartedTime, scheduledTime }) => lastStartedTime == null && isOld(scheduledTime?.seconds))
    .map(
      ({ activityType }) =>
        `no worker has taken "${activityType?.name ?? 'an activity'}" so far; is its domain served?`,
    );
  const said = (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) =>
    lastWordsOf(heartbeatDetails?.payloads?.[0]),
  );
  return { ...progress, notes: [...progress.notes, ...new Set([...said, ...untaken]), ...cutOff] };
}

function isOld(seconds: unknown): boolean {
  return seconds != null && Date.now() - Number(seconds) * 1_000 > untakenAfterMs;
}

function cutOffNote(how: string): string {
  return `its workflow was ended from outside (${how.toLowerCase().replace('_', ' ')}): nobody goes on with it`;
}
