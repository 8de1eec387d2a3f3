import type { ComponentKey } from './identity';
import type { Obstacle, SourceFact, StepFact } from './plan-facts';
import type { LossItem, StepLimits, StepPhase } from './reverter';

// What buildPlan says.

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

// What the workflow carries.

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
  readonly checkAfterMs?: number;
}
