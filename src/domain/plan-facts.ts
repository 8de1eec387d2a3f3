import type { CompatibilityRule, DeclaredEffect, PersistedFormat } from './catalog';
import type { ComponentKey } from './identity';
import type { JsonObject } from './json';
import type { CaptureRef, LossItem, StepPhase } from './reverter';

// What buildPlan is told.

/** The part of a catalog that planning reads, in the shape of the YAML. A parsed Catalog fits; so does a hand-written one. */
export interface PlanCatalog {
  readonly environment?: string;
  readonly components: Readonly<Record<string, PlanComponent>>;
  readonly compatibility?: {
    readonly default?: 'unknown-optimistic' | 'unknown-pessimistic';
    readonly rules?: readonly (Omit<CompatibilityRule, 'scope'> & { readonly scope?: 'placement' | 'any' })[];
  };
  readonly flags?: Readonly<
    Record<string, { readonly component: string; readonly layer: string; readonly waives: readonly string[] }>
  >;
  readonly groups?: readonly {
    readonly components: readonly string[];
    readonly mechanism: 'router' | 'quiesce' | 'window';
    readonly layer?: string;
  }[];
  readonly approval?: {
    readonly quorum?: number;
    readonly roles?: readonly string[];
    readonly selfApproval?: 'reversible' | 'always' | 'never';
  };
  readonly policies?: {
    readonly maxConcurrentUnits?: number;
    readonly dispatch?: { readonly barriers?: readonly (readonly string[])[] };
  };
}

/** One component as planning sees it. */
export interface PlanComponent {
  readonly kind?: string;
  readonly owner?: string;
  readonly tier?: number;
  readonly strategy?: 'rolling' | 'blue-green' | 'canary' | 'recreate';
  readonly dependsOn?: readonly string[];
  readonly layers?: readonly { readonly id: string; readonly layer: string; readonly versionFrom?: boolean }[];
  readonly placements?: Readonly<Record<string, unknown>>;
  readonly effects?: readonly DeclaredEffect[];
  readonly formats?: Readonly<Record<string, PersistedFormat | { readonly writes: number; readonly reads: string }>>;
}

/** One release the planner may choose, and how it stands in this environment. */
export interface ReleaseFact {
  readonly component: string;
  readonly version: string;
  readonly digest: string;
  readonly status: 'good' | 'unstable' | 'unknown' | 'revoked';
  /** Why it stands so; printed when it is passed over. */
  readonly why?: string;
  readonly goodForSeconds?: number;
  /** When it was last live, on any clock that grows; without it newer means the higher version. */
  readonly lastLiveAtMs?: number;
  readonly requires?: Readonly<Record<string, string>>;
  /** Persisted data as this release writes and reads it; the catalog's when left out. */
  readonly formats?: PlanComponent['formats'];
  /** In the order in which they would be used; probed. */
  readonly sources?: readonly SourceFact[];
}

/** One place an artifact could come from, probed. */
export interface SourceFact {
  readonly kind: string;
  readonly available: boolean;
  readonly why?: string;
}

/** What one component runs now. */
export interface LiveFact {
  readonly version: string;
  readonly digest: string;
  /** Set when the layers disagree; shown as `mixed`, never rounded. */
  readonly mixed?: string;
  /** Fingerprint per layer id. */
  readonly layers?: Readonly<Record<string, string>>;
  /** State per flag id: true = on. */
  readonly flags?: Readonly<Record<string, boolean>>;
}

/** What `assess` of one layer found, in the words of the planner. */
export interface LayerFact {
  /** Layer id within the component. */
  readonly layer: string;
  /** `reversible | lossy | irreversible`; `unavailable` when the layer could not be asked or lacks what it needs. */
  readonly reversibility: 'reversible' | 'lossy' | 'irreversible' | 'unavailable';
  readonly atTarget?: boolean;
  readonly why?: string;
  readonly loses?: readonly (LossItem | string)[];
  readonly cannotUndo?: readonly (LossItem | string)[];
  readonly compensation?: string | readonly string[];
  readonly risks?: readonly string[];
  readonly sources?: readonly SourceFact[];
  readonly estimateSeconds?: number;
  readonly steps?: readonly StepFact[];
  /** The same way with the layer standing still meanwhile, for groups that quiesce; absent where it can not be stopped. */
  readonly quiesced?: readonly StepFact[];
}

/** One step as assessed; the planner copies it into a unit and gives it an id. */
export interface StepFact {
  readonly from: string;
  readonly to: string;
  readonly reversibility?: 'reversible' | 'lossy' | 'irreversible';
  readonly guard?: 'atomic' | 'read-then-write';
  readonly accepts?: 'any';
  readonly goal?: JsonObject;
  readonly capture?: CaptureRef;
  readonly oneWay?: string;
  readonly summary?: string;
  readonly impact?: string;
  /** When it runs within a group; `move` when left out. */
  readonly phase?: StepPhase;
  /** How long the checks are watched between this step and the next of a gradual shift. */
  readonly checkAfterMs?: number;
  readonly estimateSeconds?: number;
  /** For a chain component (a schema): the stage this step enters; one unit per stage. */
  readonly version?: string;
}

/** The one document that `buildPlan` needs. No clock, no I/O; the order of keys and lists does not matter. */
export interface PlanFacts {
  readonly environment: string;
  readonly catalog: PlanCatalog;
  readonly bad: readonly ComponentKey[];
  readonly live: Readonly<Record<ComponentKey, LiveFact>>;
  readonly releases: readonly ReleaseFact[];
  readonly observedTogether?: readonly Readonly<Record<string, string>>[];
  readonly pinned?: readonly { readonly component: ComponentKey; readonly why: string }[];
  readonly to?: Readonly<Record<ComponentKey, string>>;
  readonly layers?: Readonly<Record<ComponentKey, readonly LayerFact[]>>;
  readonly effects?: readonly (DeclaredEffect & { readonly component?: string; readonly count?: number })[];
  readonly accept?: readonly string[];
  /** Only switch off the flags of the bad components; the releases stay. */
  readonly flagOnly?: boolean;
  /** What switching a waiving flag writes, as assessed, by flag or by `<flag> <component placement>`; without it `on → off` and back. */
  readonly flagSteps?: Readonly<Record<string, { readonly off?: StepFact; readonly restore?: StepFact }>>;
  /** Inputs of the decision advisor. */
  readonly decision?: JsonObject;
  /** Things that stand in the way and are not the planner's own finding: a running deployment, an unreachable layer, a lock. */
  readonly obstacles?: readonly Obstacle[];
}

/** Something that others found, and what to do about it. */
export interface Obstacle {
  readonly code: string;
  /** The environment as a whole without one. */
  readonly component?: ComponentKey;
  readonly why: string;
  readonly remedy?: string;
  /** It stands in the way (also when left out), it keeps anybody from calling the plan safe, or it is worth knowing. */
  readonly weight?: 'blocks' | 'doubt' | 'note';
}
