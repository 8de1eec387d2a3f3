import { workflowInfo } from '@temporalio/workflow';
import type { UnitPlace } from './run-unit';

/** Events of one run before the rollback goes on in a fresh one: Temporal advises 4,096, and the end takes some hundreds. */
const eventsPerRun = 3_000;

/** Bytes of one run; Temporal advises 4 MB. */
const bytesPerRun = 3_000_000;

/** A history this long is ended at the next moment at which nothing runs. */
export function isLong({ eventsAtMost = eventsPerRun }: UnitPlace): boolean {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  return historyLength >= eventsAtMost || historySize >= bytesPerRun || continueAsNewSuggested;
}
