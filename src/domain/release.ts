import type { PersistedFormat } from './catalog';
import type { ComponentKey } from './identity';

/** What was built, for one layer: an image, a directory tree, a list of migrations. */
export interface Artifact {
  readonly layer: string;
  readonly name: string;
  /** `sha256:…` of what was built. */
  readonly digest: string;
  /** Where it can be had again: a URL, a path, a registry reference. */
  readonly source?: string;
}

/** One component at one release digest, the same in every environment. The version is only its label. */
export interface Release {
  readonly component: string;
  /** SHA-256 over the canonical JSON of the sorted [{layer, name, artifact digest}]. */
  readonly digest: string;
  readonly version: string;
  readonly artifacts: readonly Artifact[];
  /** Versions of other components this release needs, as semver ranges: `{orders: ">=3.1.0 <4"}`. */
  readonly requires?: Readonly<Record<string, string>>;
  /** Persisted data as this release writes and reads it; what its target could not read again blocks a rollback. */
  readonly formats?: Readonly<Record<string, PersistedFormat>>;
}

/** What a pipeline says before it deploys: several components may go out together. */
export interface ReleaseManifest {
  readonly environment: string;
  /** Identity of the deployment; `release begin` with the same id and content is the same deployment. */
  readonly deployment: string;
  readonly releases: readonly Omit<Release, 'digest'>[];
}

/** How a deployment stands. `begun` without an end for long is shown as a deployment in progress. */
export type DeploymentStatus = 'begun' | 'succeeded' | 'failed' | 'recorded';

/** A release going live in one environment; `recorded` = found live or imported, not announced by a pipeline. */
export interface Deployment {
  readonly environment: string;
  readonly deployment: string;
  readonly status: DeploymentStatus;
  readonly by: string;
  readonly beganAtMs: number;
  readonly finishedAtMs?: number;
  readonly releases: readonly { readonly component: ComponentKey; readonly digest: string; readonly version: string }[];
}

/** What happened to one release in one environment, oldest first: all that `standing` needs to know. */
export type ReleaseEvent =
  | { readonly kind: 'live'; readonly atMs: number; readonly deployment: string }
  | { readonly kind: 'left'; readonly atMs: number }
  | { readonly kind: 'checked'; readonly atMs: number; readonly verdict: 'passed' | 'failed' | 'no-data' }
  | {
      readonly kind: 'marked';
      readonly atMs: number;
      readonly mark: Mark['mark'];
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'lifted';
      readonly atMs: number;
      readonly mark: Mark['mark'];
      readonly by: string;
      readonly reason: string;
    };

/** A person's or Lastgood's word on a release. Holds in all environments unless `environment` narrows it. */
export interface Mark {
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  readonly mark: 'unstable' | 'known-good' | 'revoked';
  readonly environment?: string;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

/** Promotion of a component is suspended: it moved along in a rollback, or its root cause is open. */
export interface Hold {
  readonly environment: string;
  readonly component: string;
  readonly by: string;
  readonly reason: string;
  readonly rollback?: string;
  readonly atMs: number;
}

/** How a release stands in one environment, and the sentence that says why. */
export interface Standing {
  readonly status: 'good' | 'unstable' | 'revoked' | 'unknown';
  /** How long it was live and verified, in seconds; only when good. */
  readonly goodForSeconds?: number;
  readonly why: string;
}

/** Answer of the gate: may this version be promoted? */
export interface GateAnswer {
  readonly promotable: boolean;
  /** Empty when promotable; else every reason, worst first, each a sentence with its way out. */
  readonly reasons: readonly string[];
}
