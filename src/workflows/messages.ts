import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Action, DecisionAnswer, DecisionMessage } from '../domain/approval';
import type { ComponentKey } from '../domain/identity';
import type { Outcome, Progress } from '../domain/progress';
import type { RollbackRequest } from '../domain/request';

/** Argument of the workflow `rollback`. */
export interface RollbackInput {
  readonly key: string;
  readonly request: RollbackRequest;
}

/** What the workflow `rollback` answers when it ends. */
export interface RollbackResult {
  readonly rollback: string;
  readonly outcome: Outcome;
  readonly why: string;
  /** Component → version, as last seen. */
  readonly live: Readonly<Record<ComponentKey, string>>;
  readonly restoredAtMs?: number;
  readonly confirmedAtMs?: number;
  readonly reportPath?: string;
}

/** Answer of the query `plan`: small on purpose; the whole plan is in the inventory under `ref`. */
export interface PlanAnswer {
  readonly digest: string;
  readonly verdict: string;
  /** At most 4 KB. */
  readonly text: string;
  readonly ref: string;
}

/** What the Temporal UI shows beside each handler: what it does, and an example to paste. */
export const actionDescriptions: Readonly<Record<Action, string>> = {
  approve:
    'Approve the plan that is shown under "Current details". Paste its JSON: {"ask":"…","planDigest":"sha256:…","comment":"why"}',
  reject: 'Reject the plan; nothing is touched. Paste: {"ask":"…","planDigest":"sha256:…","comment":"why"}',
  stop: 'Stop here and keep everything as it is: running steps end, nothing new starts. Paste: {"comment":"why"}',
  retry: 'Try a failed unit again. Paste: {"target":"orders","comment":"why"}',
};

/** All actions, in the order in which people meet them. */
export const actions = Object.keys(actionDescriptions) as readonly Action[];

/** One signal per action; the argument is read tolerantly, so its type is a wish. */
export const actionSignal = (action: Action) => defineSignal<[DecisionMessage?]>(action);

/** One update per action: answers with its consequence. */
export const actionUpdate = (action: Action) => defineUpdate<DecisionAnswer, [DecisionMessage]>(action);

/** The whole record of the rollback so far. */
export const statusQuery = defineQuery<Progress>('status');

/** The plan, short. Undefined until there is one. */
export const planQuery = defineQuery<PlanAnswer | undefined>('plan');
