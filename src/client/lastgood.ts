import type { SurveyResult } from '../activities/answers';
import type { Action, DecisionAnswer, DecisionMessage } from '../domain/approval';
import type { AuditVerdict, Finding } from '../domain/custody';
import type { JournalRow, RollbackRow } from '../domain/inventory';
import type { Plan } from '../domain/plan';
import type { Progress } from '../domain/progress';
import type { RollbackEvent } from '../domain/rollback-event';
import type { Deployment, GateAnswer, Hold, Mark, ReleaseManifest } from '../domain/release';
import type { RollbackRequest } from '../domain/request';
import type { WritesState } from '../domain/writes-state';
import type { RollbackResult } from '../workflows/messages';

/** One run of one rollback, as Temporal names it; `rollback` = its `rb-…` id, where it is known. */
export interface RollbackRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly rollback?: string;
}

/** A rollback that was started or found: later calls take its run, its workflow id, its key or its `rb-…` id. */
export interface StartedRollback extends RollbackRun {
  /** True when it ran already, or had ended, under the same key or with the same request. */
  readonly attached: boolean;
  /** True when it had ended before: its old result is the answer. */
  readonly ended: boolean;
}

/** What is asked for. What is left out: no explicit targets, nothing accepted, not a dry run, releases and not only flags, trigger `pipeline`. */
export type RollbackWish = Pick<RollbackRequest, 'environment' | 'components' | 'reason'> &
  Partial<Pick<RollbackRequest, 'to' | 'dryRun' | 'accept' | 'trigger' | 'flagOnly' | 'preempt' | 'decision'>>;

/** How to start: a key makes the start idempotent; `again` starts anew under a key whose rollback has ended. */
export interface StartOptions {
  readonly key?: string;
  readonly again?: boolean;
}

/** All that is known of one rollback, from the inventory alone. */
export interface RollbackFile {
  readonly row: RollbackRow;
  readonly progress: Progress;
  readonly events: readonly RollbackEvent[];
  readonly journal: readonly JournalRow[];
  readonly plan?: Plan;
}

/** A word on a release; who and when are added by the client, the digests are looked up. */
export type Word = Omit<Mark, 'atMs' | 'by' | 'digest'>;

/** What a pipeline says about releases, and what it may ask. */
export interface ReleaseCalls {
  /** Records a deployment before it goes out: captures, baselines, warnings about what it is about to replace. */
  beginRelease(manifest: ReleaseManifest): Promise<SurveyResult>;
  finishRelease(environment: string, deployment: string, status: 'succeeded' | 'failed'): Promise<SurveyResult>;
  /** Day one: records what is live, and the history that layers keep themselves. */
  importReleases(environment: string, components: readonly string[]): Promise<SurveyResult>;
  gate(environment: string, component: string, versionOrDigest: string): Promise<GateAnswer>;
  /** Answers the digests of all releases with the label. Throws UNKNOWN_RELEASE. */
  mark(word: Word): Promise<readonly string[]>;
  lift(word: Word): Promise<readonly string[]>;
  hold(environment: string, component: string, reason: string): Promise<void>;
  /** False when there was none. */
  liftHold(environment: string, component: string, reason: string): Promise<boolean>;
  holds(environment: string): Promise<readonly Hold[]>;
  /** Deployments of the last `withinMs` that something is still live of, or that did not end well; newest first. */
  recentDeployments(environment: string, withinMs: number): Promise<readonly Deployment[]>;
  /** Every component placement of an environment, sorted. Throws BAD_REQUEST for one that the inventory does not know. */
  components(environment: string): Promise<readonly string[]>;
  /** What the inventory does not know among these names, as a sentence that suggests; undefined when it knows them. */
  stranger(environment: string, component?: string): Promise<string | undefined>;
}

/** Which rollbacks to list. */
export interface RollbackFilter {
  readonly environment?: string;
  readonly open?: boolean;
  readonly limit?: number;
}

/** What can be done with rollbacks. */
export interface RollbackCalls {
  /** The plan and its rehearsal, and nothing touched: the same road, stopped before approval. */
  planRollback(wish: Omit<RollbackWish, 'dryRun'>): Promise<RollbackFile>;
  /** Starts or attaches. Throws BAD_REQUEST, KEY_IN_USE. */
  startRollback(wish: RollbackWish, options?: StartOptions): Promise<StartedRollback>;
  /** Says something to a running rollback and answers with the consequence. */
  decide(name: string, action: Action, message: Omit<DecisionMessage, 'by'>): Promise<DecisionAnswer>;
  /** Mid-flight truth from the workflow; from the inventory once it has ended. Throws WORKER_SILENT. */
  status(name: string): Promise<Progress>;
  /** Waits for the end, through restarts of the server. Throws ROLLBACK_CUT_OFF when it was ended from outside. */
  result(name: string | RollbackRun, signal?: AbortSignal): Promise<RollbackResult>;
  /** The newest run that this name stands for. Throws UNKNOWN_ROLLBACK. */
  run(name: string): Promise<RollbackRun>;
  file(name: string): Promise<RollbackFile>;
  /** The plan that a record is about; undefined while there is none. */
  planOf(progress: Progress): Promise<Plan | undefined>;
  /** The plan for the same components that was approved or shown before this rollback's; undefined when there is none. */
  planBefore(row: RollbackRow): Promise<{ readonly plan: Plan; readonly progress: Progress } | undefined>;
  /** Events of this run after `afterSeq`; empty while the rollback has no number yet. */
  events(run: RollbackRun, afterSeq: number): Promise<readonly RollbackEvent[]>;
  list(filter: RollbackFilter): Promise<readonly RollbackRow[]>;
  /** As `list`, each with its record. */
  records(filter: RollbackFilter): Promise<readonly { readonly row: RollbackRow; readonly progress: Progress }[]>;
}

/** What keeps the truth when something went wrong: the switch, the doctor, the audit. */
export interface CustodyCalls {
  writes(): Promise<WritesState>;
  /** Stops every write of every rollback, before it answers. Those that were begun may end. */
  freezeWrites(reason: string): Promise<WritesState>;
  /** Writes go on within a second. */
  thawWrites(reason: string): Promise<WritesState>;
  /** Everything that is not as it should be. With `fix`, dead rollbacks are written off and their locks freed. */
  diagnose(options: { readonly fix?: boolean }): Promise<readonly Finding[]>;
  /** Starts anew what was cut off, under the same key. Throws UNKNOWN_ROLLBACK, and BAD_REQUEST while it still runs. */
  continueRollback(name: string): Promise<StartedRollback>;
  verifyAudit(): Promise<AuditVerdict>;
}

/** Everything a pipeline or a door can do. Each call throws LastgoodError with a code of docs/errors.md. */
export interface Lastgood extends ReleaseCalls, RollbackCalls, CustodyCalls {
  /** Recorded with everything this client does: `ana@laptop`. */
  readonly identity: string;
  close(): Promise<void>;
}
