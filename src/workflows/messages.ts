import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Opened } from '../activities/calls';
import type { Action, Ask, DecisionAnswer, DecisionMessage } from '../domain/approval';
import { choiceName } from '../domain/decide';
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

/** What each action does, and the fields of its example; the order in which people meet them. */
const about: Readonly<Record<Action, { readonly does: string; readonly fields: readonly (keyof DecisionMessage)[] }>> =
  {
    approve: { does: 'Carry out exactly the plan that is asked about.', fields: ['ask', 'planDigest', 'comment'] },
    reject: { does: 'Do not carry out the plan that is asked about.', fields: ['ask', 'planDigest', 'comment'] },
    pause: { does: 'Let what runs end and start nothing new, until somebody says resume.', fields: ['comment'] },
    resume: { does: 'Go on after a pause.', fields: ['comment'] },
    stop: { does: 'Let what runs end, start nothing new, and keep everything as it is.', fields: ['comment'] },
    decide: { does: 'Answer the open question with one of its choices.', fields: ['ask', 'choice', 'comment'] },
    retry: { does: 'Try a failed unit again.', fields: ['target', 'comment'] },
    skip: { does: 'Leave out a unit or a step; what waits for it is left behind.', fields: ['target', 'comment'] },
    reinstate: { does: 'Ask for approval of putting the BAD releases back.', fields: ['comment'] },
  };

/** All actions, in the order in which people meet them. */
export const actions = Object.keys(about) as readonly Action[];

/** What the Temporal UI shows beside a handler: what it does, and an example to paste, with the open ask in it. */
export function actionDescription(action: Action, ask: Ask | undefined): string {
  const { does, fields } = about[action];
  const choice = ask?.choices[0];
  const values: Readonly<Record<string, string | undefined>> = {
    ask: ask?.id,
    planDigest: ask?.planDigest,
    choice: choice === undefined ? undefined : choiceName(choice),
    target: ask?.choices.find((offered) => offered.action === action)?.target ?? 'orders',
    comment: 'why',
  };
  const example = Object.fromEntries(fields.map((field) => [field, values[field] ?? '…']));
  return `${does} Paste: ${JSON.stringify(example)}`;
}

/** One signal per action; the argument is read tolerantly, so its type is a wish. */
export const actionSignal = (action: Action) => defineSignal<[DecisionMessage?]>(action);

/** One update per action: answers with its consequence. */
export const actionUpdate = (action: Action) => defineUpdate<DecisionAnswer, [DecisionMessage]>(action);

/** The record of the rollback so far, by pages counted from 0; the first tells how many there are. */
export const statusQuery = defineQuery<ProgressPage, [page?: number]>('status');

/** The plan, short. Undefined until there is one. */
export const planQuery = defineQuery<PlanAnswer | undefined>('plan');
