import type { ComponentKey } from './identity';

/** One open request for a decision. A re-plan or a workflow reset voids it and opens another. */
export interface Ask {
  /** `<run id>:<counter>`: an answer to an earlier run or plan can not fit. */
  readonly id: string;
  readonly kind: 'approval' | 'decision';
  /** What an approval carries out: the plan of the rollback when left out, or putting the bad releases back. */
  readonly about?: 'reinstate';
  readonly planDigest: string;
  readonly question: string;
  readonly openedAtMs: number;
  readonly expiresAtMs: number;
  /** Roles that are asked, as the catalog names them. */
  readonly awaits?: readonly string[];
  /** What happens when nobody answers in time: `it ends as failed, everything stays as the map shows`. */
  readonly otherwise?: string;
  /** Who wants it, where that is not who asked for the rollback. */
  readonly requester?: string;
  /** What may be answered, and what each answer leads to. */
  readonly choices: readonly Choice[];
}

/** One possible answer: its consequence for people, and the complete command that gives it. */
export interface Choice {
  readonly action: Exclude<Action, 'decide'> | 'continue';
  /** Unit, for retry and skip. */
  readonly target?: string;
  readonly consequence: string;
  readonly command: string;
}

/** What a person can say to a rollback. One signal and one update each; one JSON object argument. */
export type Action = 'approve' | 'reject' | 'stop' | 'pause' | 'resume' | 'retry' | 'skip' | 'reinstate' | 'decide';

/** The argument of every signal and update, after tolerant reading. */
export interface DecisionMessage {
  readonly ask?: string;
  readonly planDigest?: string;
  /** Why; `reason` is read as the same. */
  readonly comment?: string;
  /** Unit or step, for retry and skip. */
  readonly target?: string;
  /** For decide: the name of one of the ask's choices, `retry orders`. */
  readonly choice?: string;
  /** Who says so, as claimed by the door; the sender identity of the event is used when it is left out. */
  readonly by?: string;
}

/** A decision as recorded, accepted or not: nothing that a person sent disappears. */
export interface Decision {
  readonly action: Action | 'unknown';
  readonly atMs: number;
  readonly ask?: string;
  readonly target?: string;
  readonly choice?: string;
  readonly comment?: string;
  /** Identity as claimed; nobody has verified it. */
  readonly claimedBy: string;
  readonly method: 'signal' | 'update';
  readonly accepted: boolean;
  /** Why nothing happened, or what happens now. */
  readonly code: DecisionCode;
  readonly why: string;
}

/** Machine-readable half of `why`. DUPLICATE answers as the first time did. */
export type DecisionCode =
  | 'ACCEPTED'
  | 'DUPLICATE'
  | 'NO_OPEN_ASK'
  | 'WRONG_ASK'
  | 'WRONG_DIGEST'
  | 'NOT_A_CHOICE'
  | 'NO_REASON'
  | 'SELF_APPROVAL'
  | 'UNREADABLE'
  | 'UNKNOWN_ACTION'
  | 'TOO_MANY'
  | 'CLOSED';

/** What an update answers; a signal's answer is the same record in the status. */
export interface DecisionAnswer extends Pick<Decision, 'accepted' | 'code' | 'why'> {
  /** Component → version as far as seen when it was answered; `3.1.0/3.0.9 mixed` between two. */
  readonly live: Readonly<Record<ComponentKey, string>>;
}
