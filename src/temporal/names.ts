import { defineSearchAttributeKey } from '@temporalio/common';

/** Task queue of workflows and light activities. */
export const controlQueue = 'lastgood';

/** Task queue of the activities that use one credential domain of the catalog. */
export function layerQueue(credentials: string): string {
  return `lastgood-${credentials}`;
}

/** Workflow id of the rollback with this key: its identity for machines. */
export function rollbackWorkflowId(environment: string, key: string): string {
  return `rollback/${environment}/${key}`;
}

/** Search attributes, for people's lists only: Temporal visibility may be seconds behind and is never a lock. */
export const searchAttributes = {
  environment: defineSearchAttributeKey('LastgoodEnvironment', 'KEYWORD'),
  components: defineSearchAttributeKey('LastgoodComponents', 'KEYWORD_LIST'),
  phase: defineSearchAttributeKey('LastgoodPhase', 'KEYWORD'),
  outcome: defineSearchAttributeKey('LastgoodOutcome', 'KEYWORD'),
} as const;
