import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Opened } from '../activities/answers';
import type { Action, DecisionAnswer, DecisionMessage } from '../domain/approval';
import type { ComponentKey } from '../domain/identity';
import type { ProgressPage } from '../domain/progress-pages';
import type { Outcome } from '../domain/rollback-event';
import type { RollbackRequest } from '../domain/request';

/** Argument of the workflow `rollback`. */
export interface RollbackInput {
  readonly key: string;
  readonly request: RollbackRequest;
  /** Set by the workflow itself when a long rollback goes on in a fresh run. */
  readonly continued?: Continued;
  /** Events of one run; a default of some thousands. Tests go on earlier. */
  readonly eventsPerRun?: number;
}

/** What a rollback takes with it into a fresh run; the record and the plan lie in the inventory. */
export interface Continued {
  readonly rollback: string;
  readonly opened: Opened;
  readonly planRef: string;
  readonly fence: number;
  /** Number of the next event. */
  readonly nextSeq: number;
  readonly steering: SteeringMemory;
}

/** What a fresh run of a long rollback must know of what was said in the one before. */
export interface SteeringMemory {
  readonly retriedOnce: readonly string[];
  readonly skippedSteps: readonly (readonly [step: string, word: { readonly by: string; readonly reason: string }])[];
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

/** What the Temporal UI shows beside each handler: what it does, and an example to paste. Short: its list cuts long ones off. */
export const actionDescriptions: Readonly<Record<Action, string>> = {
  approve: 'Carry out the plan. Paste from User Metadata: {"ask":"…","planDigest":"…"}',
  reject: 'Do not carry it out. Paste from User Metadata: {"ask":"…","planDigest":"…"}',
  pause: 'Start nothing new. Paste: {"comment":"why"}',
  resume: 'Go on after a pause. Paste: {"comment":"why"}',
  stop: 'Keep everything as it is. Paste: {"comment":"why"}',
  decide: 'Answer a question. Paste from User Metadata: {"ask":"…","choice":"…"}',
  retry: 'Try a failed unit again. Paste: {"target":"orders","comment":"why"}',
  skip: 'Leave a unit or step out. Paste: {"target":"orders","comment":"why"}',
  reinstate: 'Ask to put the BAD release back. Paste: {"comment":"why"}',
};

/** All actions, in the order in which people meet them. */
export const actions = Object.keys(actionDescriptions) as readonly Action[];

/** One signal per action; the argument is read tolerantly, so its type is a wish. */
export const actionSignal = (action: Action) => defineSignal<[DecisionMessage?]>(action);

/** One update per action: answers with its consequence. */
export const actionUpdate = (action: Action) => defineUpdate<DecisionAnswer, [DecisionMessage]>(action);

/** The record of the rollback so far, by pages counted from 0; the first tells how many there are. */
export const statusQuery = defineQuery<ProgressPage, [page?: number]>('status');

/** The plan, short. Undefined until there is one. */
export const planQuery = defineQuery<PlanAnswer | undefined>('plan');
