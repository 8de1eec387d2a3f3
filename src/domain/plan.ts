import type { CompatibilityRule, DeclaredEffect, PersistedFormat } from './catalog';
import type { ComponentKey } from './identity';
import type { JsonObject } from './json';
import type { CaptureRef, LossItem, StepLimits, StepPhase } from './reverter';

// ---------------------------------------------------------------- facts: what buildPlan is told

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

// ---------------------------------------------------------------- answer: what buildPlan says

/** First word of everything people see. */
export type Verdict = 'SAFE' | 'LOSES DATA' | 'BLOCKED' | 'UNKNOWN';

/** The plan: what would be done, in which order, and what can not be. Content-addressed, never updated. */
export interface Plan {
  readonly environment: string;
  readonly bad: readonly ComponentKey[];
  readonly verdict: Verdict;
  /** The first line: `SAFE (evidence: 4 of 4 pairs seen or ruled)`. */
  readonly verdictText: string;
  /** SHA-256 over the canonical JSON of the decision part; approvals bind to it. */
  readonly digest: string;
  readonly targets: readonly PlanTarget[];
  /** Topological order. */
  readonly units: readonly PlanUnit[];
  readonly refusals: readonly Refusal[];
  readonly cannotUndo: readonly (LossItem & { readonly component: ComponentKey })[];
  readonly willLose: readonly (LossItem & { readonly component: ComponentKey })[];
  readonly risks: readonly string[];
  readonly advice: Advice;
  readonly estimate: Estimate;
  /** Related pairs of versions that the plan makes live together: how many were seen or ruled. */
  readonly evidence: { readonly seen: number; readonly total: number };
  /** Rule violations accepted by name; such a plan is never called SAFE. */
  readonly accepted: readonly string[];
  /** What others found beside the way and does not block it; each `why` is among the risks too. */
  readonly warnings?: readonly Obstacle[];
  /** Whose approval it needs, as the catalog says. */
  readonly needs?: {
    readonly quorum: number;
    readonly roles: readonly string[];
    readonly selfApproval: 'reversible' | 'always' | 'never';
  };
  /** Components that keep their release, because only their flags are switched. */
  readonly stays?: readonly { readonly component: ComponentKey; readonly version: string }[];
  /** Digest of the rules and policies among the moved components; part of the decision. */
  readonly rulesDigest?: string;
}

/** Where one component stands and goes. */
export interface PlanTarget {
  readonly component: ComponentKey;
  readonly bad: boolean;
  readonly from: { readonly version: string; readonly digest: string; readonly mixed?: string };
  readonly to: { readonly version: string; readonly digest: string };
  readonly goodForSeconds?: number;
  /** The source that will be used, and those that were tried before it. */
  readonly source?: string;
  readonly sourcesTried: readonly SourceFact[];
  /** Layer ids with a step; those at target are listed apart. */
  readonly layers: readonly string[];
  readonly layersAtTarget: readonly string[];
  /** Why this release, and why newer ones were passed over. */
  readonly why: readonly string[];
}

/** One node of the graph. */
export interface PlanUnit {
  /** `payments`, `payments/eu`, `orders-db@m41`, `payments+orders`, `flag-off:F`, `flag-restore:F`, `barrier:1`. */
  readonly id: string;
  readonly kind: 'move' | 'flag-off' | 'flag-restore' | 'barrier';
  readonly components: readonly ComponentKey[];
  /** Direct edges only; each names the rule that asks for it. Units named here stand earlier in the list. */
  readonly after: readonly PlanEdge[];
  readonly mechanism?: 'router' | 'quiesce' | 'window';
  readonly steps: readonly PlanStep[];
  readonly estimateSeconds: number;
  /** Own estimate plus the longest tail behind it: dispatch priority. */
  readonly tailSeconds: number;
}

/** `unit` must be finished and verified before this one starts, because of `rule`. */
export interface PlanEdge {
  readonly unit: string;
  readonly rule: string;
  /** The rule as a sentence: `payments 2.1 × orders 3.0 is forbidden`. */
  readonly why: string;
}

/** One absolute write of one layer, id `<unit>/<layer id>/<n>`. */
export interface PlanStep extends Omit<StepFact, 'estimateSeconds'> {
  readonly id: string;
  readonly component: ComponentKey;
  /** Layer id within the component. */
  readonly layer: string;
  readonly reversibility: 'reversible' | 'lossy' | 'irreversible';
  readonly guard: 'atomic' | 'read-then-write';
  readonly summary: string;
  readonly estimateSeconds: number;
}

/** Why something is not done, the path that leads there, and what to do instead, fastest first. */
export interface Refusal {
  readonly code: string;
  readonly components: readonly ComponentKey[];
  readonly path: readonly { readonly from: ComponentKey; readonly to: ComponentKey; readonly rule: string }[];
  readonly why: string;
  /** Each a complete command or a complete sentence. */
  readonly offers: readonly string[];
}

/** Advice, computed; it never acts by itself. */
export interface Advice {
  readonly decision: 'ROLL BACK' | 'FIX FORWARD' | 'FLAG OFF' | 'FREEZE' | 'COMPENSATE' | 'REFUSE';
  /** D1 … D9. */
  readonly rule: string;
  readonly confidence: 'high' | 'low';
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly flips: readonly string[];
}

/** Seconds: one after the other, level by level, event-driven, and the bound that nothing can beat. */
export interface Estimate {
  readonly sequential: number;
  readonly waves: number;
  readonly eventDriven: number;
  readonly criticalPath: number;
  readonly basis: string;
}

// ---------------------------------------------------------------- outline: what the workflow carries

/** All that the workflow needs to interpret a plan; the plan itself stays in the inventory. */
export interface Outline {
  readonly planRef: string;
  readonly planDigest: string;
  readonly catalogDigest: string;
  readonly verdict: Verdict;
  readonly verdictText: string;
  readonly maxConcurrentUnits: number;
  readonly units: readonly OutlineUnit[];
  readonly targets: readonly OutlineTarget[];
  /** Plan as people see it, Markdown for the UI, at most 4 KB. */
  readonly markdown: string;
  readonly refusals: readonly string[];
}

/** One component's move, short. */
export interface OutlineTarget {
  readonly component: ComponentKey;
  readonly bad: boolean;
  readonly from: string;
  readonly to: string;
}

/** One unit, by ids. */
export interface OutlineUnit {
  readonly id: string;
  readonly kind: PlanUnit['kind'];
  readonly components: readonly ComponentKey[];
  readonly after: readonly string[];
  readonly tailSeconds: number;
  readonly line: string;
  readonly steps: readonly OutlineStep[];
}

/** One step, by id, with where and how long it may run. */
export interface OutlineStep {
  readonly id: string;
  readonly component: ComponentKey;
  readonly queue: string;
  readonly limits: StepLimits;
  readonly line: string;
  /** `move` when left out. */
  readonly phase?: StepPhase;
}
