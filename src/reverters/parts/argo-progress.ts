import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import { asList, asObject, asText } from './pod-template';

/** How far the controller of Argo Rollouts is with what is configured. */
export interface ArgoProgress {
  /** It has seen what is configured. */
  readonly observed: boolean;
  readonly complete: boolean;
  /** `Paused at step 1 of 4, 1 of 4 pods updated, 4 available`. */
  readonly progress: string;
  readonly phase: string;
  /** Hash of the release that the controller falls back to. */
  readonly stable: string;
  /** Hash of the configured template. */
  readonly current: string;
  readonly aborted: boolean;
  /** A full promotion was asked for and is under way. */
  readonly promoting: boolean;
  /** Why it will not get further by itself, when the controller says so of what is configured. */
  readonly stuck?: string;
  /** It waits until a person promotes it. */
  readonly waitsForPerson: boolean;
}

/** Reads the status of a Rollout. Healthy alone is not enough: the configured template must be the stable one. */
export function argoProgressOf(rollout: KubernetesObject): ArgoProgress {
  const { metadata } = rollout;
  const status = asObject(rollout.status);
  const observed = Number(status['observedGeneration'] ?? 0) >= (metadata.generation ?? 0);
  const phase = asText(status['phase']);
  const [stable, current] = [asText(status['stableRS']), asText(status['currentPodHash'])];
  const aborted = status['abort'] === true;
  const isActive = !('blueGreen' in strategyOf(rollout)) || asObject(status['blueGreen'])['activeSelector'] === current;
  const complete = observed && phase === 'Healthy' && stable !== '' && stable === current && isActive && !aborted;
  const message = asText(status['message']);
  const isStuck = observed && phase === 'Degraded' && !isAboutAnother(message, current);
  return {
    observed,
    complete,
    progress: progressText(rollout, status, observed),
    phase,
    stable,
    current,
    aborted,
    promoting: status['promoteFull'] === true,
    ...(isStuck && !complete ? { stuck: message || 'Degraded' } : {}),
    waitsForPerson: phase === 'Paused' && !hasTimedPause(rollout, status),
  };
}

/** For a moment the controller keeps the deadline that the release before has missed; it names the ReplicaSet. */
function isAboutAnother(message: string, current: string): boolean {
  const [, set] = /^ProgressDeadlineExceeded: ReplicaSet "([^"]+)"/.exec(message) ?? [];
  return set !== undefined && !set.endsWith(`-${current}`);
}

/** The part of a Rollout that says how a template goes live. */
export function strategyOf({ spec }: Pick<KubernetesObject, 'spec'>): JsonObject {
  return asObject(asObject(spec)['strategy']);
}

/** The steps of a canary; empty for blue/green. */
export function canarySteps(rollout: Pick<KubernetesObject, 'spec'>): readonly JsonObject[] {
  return asList(asObject(strategyOf(rollout)['canary'])['steps']).map(asObject);
}

function progressText(rollout: Pick<KubernetesObject, 'spec'>, status: JsonObject, observed: boolean): string {
  const count = (key: string): number => Number(status[key] ?? 0);
  const wanted = Number(asObject(rollout.spec)['replicas'] ?? 1);
  const [steps, at] = [canarySteps(rollout).length, count('currentStepIndex')];
  const step = steps > 0 && at < steps ? ` at step ${at + 1} of ${steps}` : '';
  const pods = `${count('updatedReplicas')} of ${wanted} pods updated, ${count('availableReplicas')} available`;
  const seen = observed ? '' : ', not seen by the controller yet';
  return `${asText(status['phase']) || 'no phase yet'}${step}, ${pods}${seen}`;
}

function hasTimedPause(rollout: Pick<KubernetesObject, 'spec'>, status: JsonObject): boolean {
  const step = canarySteps(rollout)[Number(status['currentStepIndex'] ?? 0)];
  if (step !== undefined) return asObject(step['pause'])['duration'] !== undefined;
  return Number(asObject(strategyOf(rollout)['blueGreen'])['autoPromotionSeconds'] ?? 0) > 0;
}
