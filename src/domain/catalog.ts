import type { JsonObject } from './json';
import type { Check } from './verification';

/** One environment as people described it, parsed and with durations in ms. Defaults are already applied. */
export interface Catalog {
  readonly environment: string;
  readonly components: Readonly<Record<string, CatalogComponent>>;
  readonly compatibility: {
    readonly default: 'unknown-optimistic' | 'unknown-pessimistic';
    readonly rules: readonly CompatibilityRule[];
  };
  /** Flags that waive named rules while they are off. */
  readonly flags: Readonly<Record<string, WaivingFlag>>;
  readonly groups: readonly CatalogGroup[];
  readonly approval: ApprovalPolicy;
  readonly notify: readonly NotifyTarget[];
  readonly policies: CatalogPolicies;
}

/** Something that has a version and is reverted as a whole. */
export interface CatalogComponent {
  readonly kind: 'service' | 'schema' | 'infrastructure' | 'settings';
  readonly owner?: string;
  readonly tier: number;
  readonly strategy: 'rolling' | 'blue-green' | 'canary' | 'recreate';
  readonly dependsOn: readonly string[];
  /** Reverted in this order. Exactly one has `versionFrom`. */
  readonly layers: readonly CatalogLayer[];
  /** Target overrides per layer id and placement; empty when the component has no placements. */
  readonly placements: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly checks: readonly Check[];
  readonly effects: readonly DeclaredEffect[];
  readonly formats: Readonly<Record<string, PersistedFormat>>;
}

/** One place where a component's version lives. */
export interface CatalogLayer {
  /** Unique within the component. */
  readonly id: string;
  /** Name of the reverter: `release-directory`, `feature-flag`, … */
  readonly layer: string;
  /** Credential domain: activities of this layer run on task queue `lastgood-<credentials>`. */
  readonly credentials: string;
  /** This layer tells which release is live. */
  readonly versionFrom: boolean;
  /** Shape = the reverter's own schema; already checked by it. */
  readonly target: JsonObject;
}

/** Two selections of versions that must never be live together. Values: a semver range, an exact name, or a list. */
export interface CompatibilityRule {
  readonly id: string;
  readonly forbid: readonly [VersionSelection, VersionSelection];
  readonly scope: 'placement' | 'any';
}

/** `{payments: ">=2.1.0"}` or `{payments: ["2.1.0", "2.1.1"]}`: exactly one component. */
export type VersionSelection = Readonly<Record<string, string | readonly string[]>>;

/** A flag and the rules that do not hold while it is off. */
export interface WaivingFlag {
  readonly component: string;
  readonly layer: string;
  readonly waives: readonly string[];
}

/** How components that must move together do so. */
export interface CatalogGroup {
  readonly components: readonly string[];
  readonly mechanism: 'router' | 'quiesce' | 'window';
  readonly layer?: string;
}

/** What a deployment of the component does to the outside. */
export interface DeclaredEffect {
  readonly kind: string;
  readonly describe: string;
  readonly irreversible: boolean;
  readonly compensation?: string;
}

/** Persisted data that outlives its writer: the version written and the versions that can be read. */
export interface PersistedFormat {
  readonly writes: number;
  readonly reads: { readonly from: number; readonly to: number };
}

/** Who may approve, and how long an ask stays open. */
export interface ApprovalPolicy {
  /** `unverified`: the claimed identity is recorded as such; the only mode built so far. */
  readonly mode: 'unverified';
  readonly quorum: 1;
  readonly roles: readonly string[];
  readonly expiresMs: number;
  /** May the requester approve: always, never, or only plans that lose nothing. */
  readonly selfApproval: 'reversible' | 'always' | 'never';
}

/** Run for every open ask. Values of people are handed over as JSON on stdin or as the body, never as arguments. */
export type NotifyTarget =
  | {
      readonly kind: 'webhook';
      readonly webhook: string;
      readonly headers: Readonly<Record<string, string | SecretRef>>;
    }
  | { readonly kind: 'command'; readonly command: readonly string[] };

/** A secret by name; resolved inside activities only: `env:NAME` or `file:PATH`. */
export interface SecretRef {
  readonly secretRef: string;
}

/** What happens by itself when a unit fails; `retry` once and then hold, `reinstate` asks for its own approval. */
export type OnFailure = 'hold' | 'retry' | 'continue' | 'reinstate' | 'stop';

/** Times and limits of an environment. */
export interface CatalogPolicies {
  readonly knownGoodAfterMs: number;
  readonly confirmWithinMs: number;
  readonly deployTimeoutMs: number;
  /** How long a rollback waits for a decision after a failure before it ends as failed. */
  readonly decideWithinMs: number;
  /** How long a paused rollback waits for a resume before it stops and keeps everything as it is. */
  readonly resumeWithinMs: number;
  readonly onFailure: OnFailure;
  /** When a pipeline deploys what is about to be reverted; left out = wait. */
  readonly deploymentInProgress?: 'wait' | 'preempt' | 'refuse';
  readonly maxConcurrentUnits: number;
  /** `barriers: [[canary], [eu, us]]`: placements in order; those of one list run together. */
  readonly dispatch: { readonly barriers: readonly (readonly string[])[] };
}
