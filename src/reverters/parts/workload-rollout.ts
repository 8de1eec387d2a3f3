import type { KubernetesObject } from '../../domain/ports';
import { asList, asObject } from './pod-template';
import type { Workload } from './workload';

/** How far the controllers are with what is configured. */
export interface Rollout {
  readonly complete: boolean;
  /** `2 of 3 pods updated, 2 available`. */
  readonly progress: string;
  /** How long the workload may stand still: its `progressDeadlineSeconds`, in ms. Only Deployments have one. */
  readonly deadlineMs?: number;
  /** The controller says that this is over. After a change it may still speak of the release before. */
  readonly timedOut: boolean;
  /** Why pods can not be made, in the API server's words: a quota, an admission policy. It may pass. */
  readonly refused?: string;
}

/** Reads the status of a workload. The conditions are those of `kubectl rollout status`. */
export function rolloutOf(kind: Workload['kind'], object: KubernetesObject): Rollout {
  const status = asObject(object.status);
  const count = (key: string): number => Number(status[key] ?? 0);
  const observed = count('observedGeneration') >= (object.metadata.generation ?? 0);
  const counts = kind === 'DaemonSet' ? daemonCounts(count) : podCounts(object, count);
  const { wanted, updated, available, all } = counts;
  const current =
    kind !== 'StatefulSet' || status['updateRevision'] === status['currentRevision'] || isPartitioned(object);
  const complete = observed && current && updated >= wanted && available >= wanted && all <= updated;
  const deadlineSeconds = asObject(object.spec)['progressDeadlineSeconds'];
  const conditions = asList(status['conditions']).map(asObject);
  const timedOut = conditions.some(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  const refused = conditions.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True')?.['message'];
  return {
    complete,
    progress: `${updated} of ${wanted} pods updated, ${available} available${observed ? '' : ', not seen by the controller yet'}`,
    ...(typeof deadlineSeconds === 'number' ? { deadlineMs: deadlineSeconds * 1000 } : {}),
    timedOut: timedOut && !complete,
    ...(typeof refused === 'string' && !complete ? { refused } : {}),
  };
}

interface Counts {
  readonly wanted: number;
  readonly updated: number;
  readonly available: number;
  /** Pods of every revision. */
  readonly all: number;
}

function podCounts(object: KubernetesObject, count: (key: string) => number): Counts {
  const wanted = Number(asObject(object.spec)['replicas'] ?? 1);
  return { wanted, updated: count('updatedReplicas'), available: count('availableReplicas'), all: count('replicas') };
}

function daemonCounts(count: (key: string) => number): Counts {
  const wanted = count('desiredNumberScheduled');
  const updated = count('updatedNumberScheduled');
  return {
    wanted,
    updated,
    available: count('numberAvailable'),
    all: Math.min(count('currentNumberScheduled'), updated),
  };
}

/** A partition keeps older pods on purpose. */
function isPartitioned(object: KubernetesObject): boolean {
  const strategy = asObject(asObject(object.spec)['updateStrategy']);
  return Number(asObject(strategy['rollingUpdate'])['partition'] ?? 0) > 0;
}
