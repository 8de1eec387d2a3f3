/** One open request for a decision. A re-plan or a workflow reset voids it and opens another. */
export interface Ask {
  /** `<run id>:<counter>`: an answer to an earlier run or plan can not fit. */
  readonly id: string;
  readonly kind: 'approval' | 'decision';
  readonly planDigest: string;
  readonly question: string;
  readonly openedAtMs: number;
  readonly expiresAtMs: number;
  /** What may be answered, and what each answer leads to. */
  readonly choices: readonly Choice[];
}

/** One possible answer: its consequence for people, and the complete command that gives it. */
export interface Choice {
  readonly action: Action;
  readonly target?: string;
  readonly consequence: string;
  readonly command: string;
}

/** What a person can say to a rollback. One signal and one update each; one JSON object argument. */
export type Action = 'approve' | 'reject' | 'stop' | 'retry';

/** The argument of every signal and update, after tolerant reading. */
export interface DecisionMessage {
  readonly ask?: string;
  readonly planDigest?: string;
  readonly comment?: string;
  /** Unit or step, for retry. */
  readonly target?: string;
  /** Who says so, as claimed by the door; the sender identity of the event is used when it is left out. */
  readonly by?: string;
}

/** A decision as recorded, accepted or not: nothing that a person sent disappears. */
export interface Decision {
  readonly action: Action | 'unknown';
  readonly atMs: number;
  readonly ask?: string;
  readonly target?: string;
  readonly comment?: string;
  /** Identity as claimed; nobody has verified it. */
  readonly claimedBy: string;
  readonly method: 'signal' | 'update';
  readonly accepted: boolean;
  /** Why nothing happened, or what happens now. */
  readonly code: DecisionCode;
  readonly why: string;
}

/** Machine-readable half of `why`. */
export type DecisionCode =
  | 'ACCEPTED'
  | 'DUPLICATE'
  | 'NO_OPEN_ASK'
  | 'WRONG_ASK'
  | 'WRONG_DIGEST'
  | 'NOT_A_CHOICE'
  | 'SELF_APPROVAL'
  | 'UNREADABLE'
  | 'UNKNOWN_ACTION'
  | 'CLOSED';

/** What an update answers; a signal's answer is the same record in the status. */
export type DecisionAnswer = Pick<Decision, 'accepted' | 'code' | 'why'>;
