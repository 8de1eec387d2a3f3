import type { Ask, Decision, DecisionCode } from './approval';
import type { Verdict } from './plan';

/** What a rollback knows when somebody says something to it. */
export interface DecisionContext {
  readonly closed: boolean;
  readonly ask: Ask | undefined;
  /** The approval that was accepted before, while its dispatch has not begun: a reject may still win. */
  readonly approvedAsk: string | undefined;
  readonly dispatched: boolean;
  /** Every target runs, only the checks are watched: there is nothing left to pause. */
  readonly restored: boolean;
  readonly stopping: boolean;
  readonly paused: boolean;
  /** Putting the bad releases back is asked for, or under way. */
  readonly reinstating: boolean;
  /** Why the bad releases can not be put back, where that was found out. */
  readonly noReinstate: string | undefined;
  /** Units of what is carried out now; empty before the first start. */
  readonly units: readonly UnitStanding[];
  /** Longest pause, in ms. */
  readonly resumeWithinMs: number;
  readonly verdict: Verdict | undefined;
  readonly requester: string;
  readonly selfApproval: 'reversible' | 'always' | 'never';
  readonly earlier: readonly Decision[];
  /** Messages so far, whatever became of them. */
  readonly heard: number;
}

/** Where one unit stands; `skipped` never satisfies those that wait for it. */
export interface UnitStanding {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'verified' | 'failed' | 'skipped';
  readonly after: readonly string[];
  /** Ids of its steps. */
  readonly steps: readonly string[];
}

/** What a decision that counts does. */
export type Effect =
  | { readonly kind: 'approve' | 'reject' | 'stop' | 'pause' | 'resume' | 'reinstate' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'retry'; readonly unit: string }
  | { readonly kind: 'skip'; readonly unit: string; readonly step?: string };

/** Whether a decision counts, the sentence that says why or why not, and what it does. */
export interface Consideration {
  readonly accepted: boolean;
  readonly code: DecisionCode;
  readonly why: string;
  readonly effect?: Effect;
}

/** It counts. */
export function accept(why: string, effect: Effect): Consideration {
  return { accepted: true, code: 'ACCEPTED', why, effect };
}

/** It counted before: the same answer, and nothing is done twice. */
export function again(why: string): Consideration {
  return { accepted: true, code: 'DUPLICATE', why };
}

/** It does not count. */
export function refuse(code: DecisionCode, why: string): Consideration {
  return { accepted: false, code, why };
}
