import type { LayerPlan } from '../../domain/reverter';
import { configPlace, type Config } from './config';

/** An object that is edited in place has no history besides our captures. */
export function neverCaptured(config: Config, version: string): LayerPlan {
  const why = `what ${configPlace(config)} held under ${version} was never captured, and Kubernetes keeps no history of it`;
  return unavailable('CAPTURE_MISSING', why, [
    'choose another release with --to',
    'or apply it again from the manifests of that release, and plan again',
  ]);
}

/** A Secret that was rotated or revoked since: what is there stays, or the rollback is refused; unless the catalog wants the old values. */
export function rotationPlan(
  config: Config,
  name: string,
  version: string,
  rotation: string,
  fingerprint: string,
): LayerPlan | undefined {
  if (config.rotated === 'restore') return undefined;
  const why = `${configPlace(config, name)} as of ${version} is BLOCKED as a target: it was rotated or revoked since (${rotation})`;
  if (config.rotated !== 'refuse')
    return { kind: 'at-target', fingerprint, keeps: [`${why}; the current values stay`] };
  return unavailable('SECRET_ROTATED', why, [
    'write rotated: keep into the target of this layer, and the current values stay',
    'or rotated: restore, and the old values come back',
  ]);
}

/** The catalog wants the old values although they were rotated or revoked. */
export function restoredAllTheSame(rotation: string): string {
  return `values come back that were rotated or revoked since: ${rotation} (the catalog says rotated: restore)`;
}

/** The server changes neither what an immutable object holds nor the type of a Secret. */
export function immutable(config: Config, version: string): LayerPlan {
  const { kind, name, namespace } = config;
  const why = `${configPlace(config)} is immutable, or of another type than the captured one: the server lets nobody change it`;
  return unavailable('OBJECT_IMMUTABLE', why, [
    `delete it, and the next rollback creates it again as of ${version}:  kubectl delete ${kind.toLowerCase()}/${name} --namespace ${namespace}`,
    'for the time to come: a name of its own for every version, and name: …-* in the catalog',
  ]);
}

/** The workload names no version, or several, so that there is nothing that could be switched. */
export function notOneVersion(place: string, pattern: string, names: readonly string[]): LayerPlan {
  const found = names.length === 0 ? 'nothing that fits' : names.join(' and ');
  return unavailable('REFERENCE_UNCLEAR', `${place} names ${found} where one ${pattern} is expected`, [
    'revert the whole template instead, with a layer kubernetes-workload',
  ]);
}

/** The version to go back to is gone, or is not what it was. */
export function versionUnavailable(place: string, version: string, isThere: boolean): LayerPlan {
  const why = isThere
    ? `${place} holds something else than when ${version} ran`
    : `${place} is not there: pods that name it would not start`;
  return unavailable(isThere ? 'ARTIFACT_CHANGED' : 'ARTIFACT_MISSING', why, [
    `create ${place} again from the manifests of ${version}, and plan again`,
    'or choose another release with --to',
  ]);
}

/** A paused workload takes a template and does not roll it out. */
export function paused(place: string, command: string): LayerPlan {
  return unavailable('ROLLOUT_PAUSED', `${place} is paused: it would take the reference and not roll it out`, [
    command,
  ]);
}

function unavailable(code: string, why: string, compensation: readonly string[]): LayerPlan {
  return { kind: 'refused', reason: 'unavailable', code, why, compensation };
}
