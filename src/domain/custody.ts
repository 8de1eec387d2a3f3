/** Nobody's write goes out: who said so, why, and since when. */
export interface Freeze {
  readonly by: string;
  readonly reason: string;
  readonly sinceMs: number;
}

/**
 * One switch for every write of every rollback. It is looked at in the statement that opens a journal row, so that a
 * write either has its row before the switch was turned, or does not begin. Survives restarts; every turn is audited.
 */
export interface WriteSwitch {
  /** Undefined while writes go on. */
  state(): Promise<Freeze | undefined>;
  /** Answers the freeze that is in force now: the first one stays, whoever says it again. */
  freeze(by: string, reason: string): Promise<Freeze>;
  /** Answers the freeze that was lifted; undefined when there was none. */
  thaw(by: string, reason: string): Promise<Freeze | undefined>;
}

/** Whether the chain of audit entries is whole, and where it breaks if it is not. */
export type AuditVerdict =
  | { readonly whole: true; readonly entries: number; readonly head: string }
  | { readonly whole: false; readonly seq: number; readonly why: string };

/** Who changed what, as a chain of hashes. */
export interface AuditTrail {
  /**
   * Computes every hash again: a changed, missing or swapped entry shows. That the newest entries were cut off does
   * not: keep `head` somewhere else for that.
   */
  verify(): Promise<AuditVerdict>;
}

/** How long a step that met the switch waits before it counts as failed, in ms: a day, as for a decision. */
export const thawWithinMs = 86_400_000;

/** What a look at everything can find. */
export type FindingCode =
  | 'AUDIT_BROKEN'
  | 'FROZEN'
  | 'HALF_DONE'
  | 'NO_WORKER'
  | 'OPEN_WRITE'
  | 'ORPHANED_LOCK'
  | 'SEARCH_ATTRIBUTES'
  | 'UNREACHABLE'
  | 'WORKFLOW_GONE';

/** One thing that is not as it should be: what, why, and the complete command that helps. */
export interface Finding {
  readonly code: FindingCode;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** It was put right while it was looked at. */
  readonly fixed: boolean;
  readonly rollback?: string;
  /** Component → version, where somebody may want to go on. */
  readonly live?: Readonly<Record<string, string>>;
  /** Steps whose write was begun and never closed. */
  readonly inFlight?: readonly string[];
}

/** One finding; `fixed` when it was put right at once. */
export function finding(code: FindingCode, what: string, why: string, next: string, fixed = false): Finding {
  return { code, what, why, next, fixed };
}
