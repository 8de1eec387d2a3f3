import type { ComponentKey } from './identity';
import type { JsonObject } from './json';

/** What a door asks for. Names only, never catalog content; the same request under the same key is the same rollback. */
export interface RollbackRequest {
  readonly environment: string;
  /** The bad ones, sorted by code unit. */
  readonly components: readonly ComponentKey[];
  readonly reason: string;
  /** Who asked, as claimed by the door: `ana@host`. */
  readonly requester: string;
  /** Explicit targets by version label, checked by the same rules as chosen ones. */
  readonly to: Readonly<Record<ComponentKey, string>>;
  /** Stop before approval: the same road, nothing touched. */
  readonly dryRun: boolean;
  /** Names of rules whose violation the requester accepts; never data destruction. */
  readonly accept: readonly string[];
  /** Only switch off the flags of these components; the releases stay. */
  readonly flagOnly?: boolean;
  /** Go on although a pipeline deploys what is reverted. */
  readonly preempt?: boolean;
  /** What is known of the incident: inputs of the advice, which never acts by itself. A flag that isolates goes first. */
  readonly decision?: JsonObject;
  /** Where it came from, for people: `cli`, `pipeline`, `alert`. */
  readonly trigger: string;
}

/** The part that decides whether a second start attaches (equal) or is refused (KEY_IN_USE). */
export function requestIdentity(request: RollbackRequest): string {
  const { environment, components, to, dryRun, accept, flagOnly, preempt, decision } = request;
  const targets = Object.entries(to).sort(([left], [right]) => (left < right ? -1 : 1));
  const isolates = decision?.['flagIsolates'];
  return JSON.stringify([
    environment,
    [...components].sort(),
    targets,
    dryRun,
    [...accept].sort(),
    ...(flagOnly === true ? ['flag-only'] : []),
    ...(preempt === true ? ['preempt'] : []),
    ...(isolates === undefined ? [] : [{ flagIsolates: isolates }]),
  ]);
}
