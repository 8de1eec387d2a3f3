import type { CatalogPolicies } from '../domain/catalog';
import type { Freeze } from '../domain/custody';
import type { ComponentKey } from '../domain/identity';
import type { Outline } from '../domain/plan';
import type { Deployment } from '../domain/release';
import type { LayerPlan, StepLimits } from '../domain/reverter';
import type { CheckState, Reading, Sample } from '../domain/verification';

/** One layer of one component placement. */
export interface LayerAddress {
  readonly component: ComponentKey;
  /** Layer id within the component. */
  readonly layer: string;
}

/** Layers that one credential domain serves. */
export interface LayerBatch {
  readonly queue: string;
  readonly layers: readonly LayerAddress[];
}

/** Everything the workflow needs to know about its environment; taken from one catalog, by digest, to the end. */
export interface Opened {
  readonly rollback: string;
  readonly catalogDigest: string;
  readonly batches: readonly LayerBatch[];
  readonly approval: {
    readonly expiresMs: number;
    readonly selfApproval: 'reversible' | 'always' | 'never';
    readonly roles: readonly string[];
  };
  readonly policies: Pick<CatalogPolicies, 'confirmWithinMs' | 'decideWithinMs' | 'resumeWithinMs' | 'onFailure'>;
}

/** Result of choosing targets and the closure: what must be assessed, per credential domain. */
export interface Scoped {
  readonly scopeRef: string;
  readonly batches: readonly LayerBatch[];
}

/** What the workflow carries of a plan; `changes` tells an approver what is different from the plan that was voided. */
export interface Planned {
  readonly outline: Outline;
  readonly blocked: boolean;
  readonly changes: readonly string[];
  /** What else people should know: a deployment in progress, an unrecorded release. */
  readonly notes: readonly string[];
}

/** What a fresh run of a long rollback is told about its plan. */
export interface TakenUp {
  readonly outline: Outline;
  /** Steps that were begun, of units that are not done. */
  readonly begun: readonly string[];
}

/** A layer that is neither where the plan starts nor where it leads. */
export interface Drifted {
  readonly component: ComponentKey;
  readonly step: string;
  readonly why: string;
}

/**
 * How one step's revert ended. `verified` is there when the layer had settled by the end of the attempt: most have, and
 * then no activity of its own is needed to wait for it.
 */
export type Reverted =
  | {
      readonly kind: 'reverted' | 'already-there';
      readonly writes: number;
      readonly summary: string;
      readonly verified?: Verified;
    }
  | { readonly kind: 'drift'; readonly why: string }
  | { readonly kind: 'frozen'; readonly freeze: Freeze };

/** The locks of a plan, and the pipelines that were deploying there when they were taken. */
export interface Locked {
  readonly taken: true;
  readonly fence: number;
  /** Layers that tell the release of every placement that stays, and that the plan's rules speak of. */
  readonly beside: readonly LayerBatch[];
  readonly deploying: readonly RunningDeployment[];
  readonly whenDeploying: NonNullable<CatalogPolicies['deploymentInProgress']>;
}

/** A deployment that has begun and not ended; `untilMs`: from then on it is taken for ended. */
export interface RunningDeployment {
  readonly deployment: string;
  readonly by: string;
  readonly component: ComponentKey;
  readonly untilMs: number;
}

/** What verify saw. */
export interface Verified {
  readonly ok: boolean;
  readonly summary: string;
}

/** Memory of the watch over checks between two slices. Samples are kept for the longest window only. */
export interface Watch {
  readonly states: readonly CheckState[];
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

/** The memory itself, or where it lies when it is too big for a history. */
export type WatchMemory = Watch | { readonly ref: string };

/** What one slice of the watch came to. */
export interface Watched {
  readonly memory: WatchMemory;
  /** Every check; of very many only those whose verdict is new, and the others are as before. */
  readonly states: readonly CheckState[];
  readonly others?: 'as before';
  readonly total: number;
  readonly recovered: number;
  /** How it would end if this were the last slice. */
  readonly why: string;
}

/** How the checks of a component are around a part of a gradual shift. */
export interface ShiftLook {
  readonly readings: readonly Reading[];
  /** A line for each check that is worse than before the shift. */
  readonly worse: readonly string[];
  /** All of them, for people. */
  readonly summary: string;
}

/** What a rollback has begun, in the order in which it would be put back: between two states first, then the verified. */
export interface Begun {
  readonly between: readonly string[];
  readonly verified: readonly string[];
}

/** Whether the bad releases could be put back from here, and what is live together against the rules. */
export interface WayBack {
  /** `the BAD orders 3.1.0, then payments 2.1.0`. */
  readonly text: string;
  readonly forbidden: readonly string[];
  /** Why it can not be put back. */
  readonly obstacle?: string;
}

/** One layer of one unit, as it was before its first write. */
export interface ReturnEntry extends LayerAddress {
  readonly unit: string;
  readonly limits: StepLimits;
  /** Absent where nothing was written, so that there is nothing to put back. */
  readonly plan?: LayerPlan;
  readonly fault?: string;
}

/** The plan of a reinstate, or why there is none. */
export type PlannedReturn =
  { readonly kind: 'planned'; readonly outline: Outline } | { readonly kind: 'refused'; readonly why: string };

/** A survey's first answer: which layers must be looked at. */
export interface SurveyOpened {
  readonly catalogDigest: string;
  readonly batches: readonly LayerBatch[];
}

/** What a survey found and recorded. */
export interface SurveyResult {
  readonly deployment?: Deployment;
  readonly imported: readonly string[];
  readonly warnings: readonly string[];
}
