import type { Ask, Decision } from './approval';
import type { AuditTrail, WriteSwitch } from './custody';
import type { ComponentKey } from './identity';
import type { Json } from './json';
import type { Outcome, Phase, RollbackEvent } from './rollback-event';
import type {
  Deployment,
  DeploymentStatus,
  GateAnswer,
  Hold,
  Mark,
  Release,
  ReleaseEvent,
  ReleaseManifest,
} from './release';
import type { RollbackRequest } from './request';
import type { CaptureBody, CaptureRef } from './reverter';
import type { Baseline } from './verification';

/**
 * The authority on the past: what was good, what is bad, what was done. Every call is one transaction;
 * every call may be repeated with the same arguments. Throws DATABASE_UNREACHABLE (retryable) or DATABASE_SCHEMA.
 * Times are set by the database unless a parameter says otherwise.
 */
export interface Inventory {
  readonly catalogs: CatalogShelf;
  readonly documents: DocumentShelf;
  readonly releases: ReleaseBook;
  readonly captures: CaptureShelf;
  readonly rollbacks: RollbackBook;
  readonly journal: StepJournal;
  readonly locks: LockTable;
  readonly writes: WriteSwitch;
  readonly audit: AuditTrail;
  /** Answers when the database answers and its schema is the one this version needs. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Catalogs by digest: a rollback uses the one it began with to its end. */
export interface CatalogShelf {
  /** Stores a catalog under the digest of its canonical JSON and makes it the environment's current one. */
  put(environment: string, catalog: Json): Promise<string>;
  get(digest: string): Promise<Json | undefined>;
  current(environment: string): Promise<{ readonly digest: string; readonly catalog: Json } | undefined>;
  environments(): Promise<readonly string[]>;
}

/** Content-addressed JSON: plans, observations, assessments. Never updated. */
export interface DocumentShelf {
  /** Returns `sha256:…` of the canonical JSON. */
  put(kind: 'plan' | 'observations' | 'assessments' | 'facts' | 'rehearsals' | 'watch', body: Json): Promise<string>;
  get(ref: string): Promise<Json | undefined>;
}

/** Releases, deployments, what happened to them, marks and holds. */
export interface ReleaseBook {
  /** Idempotent by `deployment`; another content under the same id throws DEPLOYMENT_CHANGED. Computes release digests. */
  begin(
    manifest: ReleaseManifest,
    by: string,
  ): Promise<{ readonly deployment: Deployment; readonly warnings: readonly string[] }>;
  /** Records the end; `succeeded` opens the live interval of each release and closes that of its predecessor. */
  finish(environment: string, deployment: string, status: 'succeeded' | 'failed', by: string): Promise<Deployment>;
  /** Records something that is live but was not announced (import, unrecorded change) or that the layer's history knows. */
  record(
    environment: string,
    release: Omit<Release, 'digest'>,
    component: ComponentKey,
    by: string,
    live: boolean,
  ): Promise<Release>;
  /** After a rollback: the target is live again, the bad one is not. */
  returned(environment: string, component: ComponentKey, toDigest: string, rollback: string): Promise<void>;
  release(component: string, digest: string): Promise<Release | undefined>;
  /** All releases of a component ever seen in the environment with all that happened to them there; newest live first. */
  history(
    environment: string,
    component: ComponentKey,
  ): Promise<readonly { readonly release: Release; readonly events: readonly ReleaseEvent[] }[]>;
  /** The digest that the inventory believes to be live. */
  live(
    environment: string,
    component: ComponentKey,
  ): Promise<
    | { readonly digest: string; readonly version: string; readonly sinceMs: number; readonly deployment: string }
    | undefined
  >;
  deployment(environment: string, deployment: string): Promise<Deployment | undefined>;
  deployments(
    environment: string,
    filter?: { readonly status?: DeploymentStatus; readonly limit?: number },
  ): Promise<readonly Deployment[]>;
  /** Versions that were live together with passing checks for at least `forMs`. */
  observedTogether(environment: string, forMs: number): Promise<readonly Readonly<Record<ComponentKey, string>>[]>;
  putCheckResult(
    environment: string,
    component: ComponentKey,
    digest: string,
    verdict: 'passed' | 'failed' | 'no-data',
    detail: Json,
  ): Promise<void>;
  putBaselines(environment: string, deployment: string, baselines: readonly Baseline[]): Promise<void>;
  /** Newest baseline per check with a value, taken before the deployment that made `digest` live (newest of all if there is none). */
  baselines(environment: string, component: ComponentKey, beforeDigest?: string): Promise<readonly Baseline[]>;
  mark(mark: Omit<Mark, 'atMs'>): Promise<void>;
  /** All of these marks and holds in one transaction, each said as `mark` and `hold` would: a gate sees all of them or none. */
  condemn(marks: readonly Omit<Mark, 'atMs'>[], holds: readonly Omit<Hold, 'atMs'>[]): Promise<void>;
  /** Lifts every mark of this kind on the release. */
  lift(mark: Omit<Mark, 'atMs'>): Promise<void>;
  /** Digests of every release with this label; usually one. */
  digests(component: string, version: string): Promise<readonly string[]>;
  marks(component?: string): Promise<readonly Mark[]>;
  hold(hold: Omit<Hold, 'atMs'>): Promise<void>;
  liftHold(environment: string, component: string, by: string, reason: string): Promise<boolean>;
  holds(environment: string): Promise<readonly Hold[]>;
  /** Marked, on hold, rollback in progress. `what` is a version label or a digest; refused if *any* release with the label is marked. */
  gate(environment: string, component: string, what: string): Promise<GateAnswer>;
}

/** Captured states. Bodies are AES-256-GCM encrypted with LASTGOOD_CAPTURE_KEY; the hash is keyed. */
export interface CaptureShelf {
  put(capture: NewCapture): Promise<CaptureRef>;
  /** Throws CAPTURE_MISSING or CAPTURE_UNREADABLE. */
  get(ref: CaptureRef): Promise<CaptureBody>;
  /** The newest capture of each layer of a component while it showed this release; key = layer id. */
  showing(
    environment: string,
    component: ComponentKey,
    releaseDigest: string,
  ): Promise<Readonly<Record<string, CaptureRef>>>;
  /** The capture that a revert made before the first write of this step. */
  before(step: StepBegin): Promise<CaptureRef | undefined>;
}

/** A step as one plan has it: a plan that was made again begins the step of the same id from another state. */
export interface StepBegin {
  readonly rollback: string;
  readonly step: string;
  /** The fingerprint that the plan begins it from. */
  readonly from: string;
}

/** One captured state on its way into the inventory. */
export interface NewCapture {
  readonly environment: string;
  readonly component: ComponentKey;
  readonly layer: string;
  readonly fingerprint: string;
  readonly body: CaptureBody;
  /** Digest of the release that the component showed. */
  readonly showsRelease?: string;
  readonly deployment?: string;
  /** The step before whose first write it was made; the first such capture is kept. */
  readonly before?: StepBegin;
}

/** Rollbacks as people list them, and the event log behind each. */
export interface RollbackBook {
  /** Gives the rollback its number `rb-<env>-<n>`; the same workflow and first run get the same one again, at any time. */
  open(workflowId: string, runId: string, key: string, request: RollbackRequest): Promise<string>;
  /** The rollback goes on as this run of its workflow: in its row and in its locks. */
  goesOnAs(rollback: string, runId: string): Promise<void>;
  /** Upserts on (rollback, seq); events are never changed. Asks and decisions among them are indexed in the same transaction. */
  append(rollback: string, events: readonly RollbackEvent[]): Promise<void>;
  events(rollback: string, afterSeq?: number): Promise<readonly RollbackEvent[]>;
  /** What it was opened with. */
  request(rollback: string): Promise<RollbackRequest | undefined>;
  /** By `rb-…` id, workflow id or key. */
  find(name: string): Promise<RollbackRow | undefined>;
  list(filter: {
    readonly environment?: string;
    readonly open?: boolean;
    readonly limit?: number;
  }): Promise<readonly RollbackRow[]>;
}

/** One rollback in a list; phase and outcome are those of its newest event. */
export interface RollbackRow {
  readonly rollback: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly key: string;
  readonly environment: string;
  readonly components: readonly ComponentKey[];
  readonly reason: string;
  readonly requester: string;
  /** `requestIdentity` of the request it was opened with. */
  readonly requestIdentity: string;
  readonly openedAtMs: number;
  readonly phase: Phase;
  readonly outcome?: Outcome;
  readonly ask?: Ask;
  readonly decisions: readonly Decision[];
}

/** A row before each outside write, closed after it: crash evidence and proof of "every transition once". */
export interface StepJournal {
  /**
   * Opens a row. Throws WRITES_FROZEN while nobody may write, FENCE_LOST when `fence` is no longer the lock's. Returns the
   * row and whether an earlier attempt left one open.
   */
  open(row: {
    readonly rollback: string;
    readonly step: string;
    readonly component: ComponentKey;
    readonly environment: string;
    readonly attempt: number;
    readonly fence: number;
    readonly from: string;
    readonly to: string;
  }): Promise<{ readonly id: string; readonly leftOpen: boolean }>;
  close(
    id: string,
    how: {
      readonly kind: 'reverted' | 'already-there' | 'drift' | 'failed';
      readonly writes: number;
      readonly seen?: string;
    },
  ): Promise<void>;
  rows(rollback: string): Promise<readonly JournalRow[]>;
  /** Rows that nobody will close: their rollback has ended, and nothing was written to the component since. */
  left(): Promise<readonly LeftRow[]>;
}

/** A write that was begun, and nobody knows whether it reached the outside. */
export interface LeftRow {
  readonly rollback: string;
  readonly environment: string;
  readonly component: ComponentKey;
  readonly step: string;
  readonly openedAtMs: number;
}

/** One attempt at one write. */
export interface JournalRow {
  readonly id: string;
  readonly step: string;
  readonly attempt: number;
  readonly fence: number;
  readonly from: string;
  readonly to: string;
  readonly openedAtMs: number;
  readonly closedAtMs?: number;
  readonly kind?: 'reverted' | 'already-there' | 'drift' | 'failed';
  readonly writes?: number;
}

/** The run that asks for locks. */
export interface LockHolder {
  readonly rollback: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** One rollback per (environment, component, placement), all of a plan's locks or none. */
export interface LockTable {
  /**
   * `taken` again for the same holder returns the same fence. `beside` are not locked, but nobody else may hold them: two
   * rollbacks that a rule relates never go on at the same time. Throws FENCE_LOST when the rollback has ended or goes on in
   * another run: a late attempt would leave locks that nobody releases.
   */
  take(
    environment: string,
    components: readonly ComponentKey[],
    holder: LockHolder,
    beside?: readonly ComponentKey[],
  ): Promise<
    | { readonly taken: true; readonly fence: number }
    | { readonly taken: false; readonly heldBy: string; readonly component: ComponentKey }
  >;
  release(rollback: string): Promise<void>;
  /** Those of one environment, or all; sorted by environment and component. */
  held(environment?: string): Promise<readonly HeldLock[]>;
}

/** One component placement and the rollback that may write to it. */
export interface HeldLock {
  readonly environment: string;
  readonly component: ComponentKey;
  readonly rollback: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly fence: number;
  readonly sinceMs: number;
}
