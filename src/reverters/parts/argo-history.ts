import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { withoutDefaults } from './argo-defaults';
import { rolloutName, type ArgoRollout } from './argo-target';
import { asObject, fingerprintOf, governed } from './pod-template';
import { selectorOf } from './workload';

/** One ReplicaSet of a Rollout and the template that it keeps. */
export interface ArgoRevision {
  /** Name of the ReplicaSet. */
  readonly revision: string;
  /** By which the controller names it in the Rollout's status. */
  readonly hash: string;
  readonly fingerprint: string;
  readonly template: JsonObject;
  readonly createdMs: number;
  readonly pods: number;
  /** It is still up and waits to be scaled down, so that going back to it is fast. */
  readonly isWaiting: boolean;
}

/** A template as the fingerprint of this layer covers it. */
export function governedRollout(template: JsonObject): JsonObject {
  return withoutDefaults(governed(template));
}

/** The ReplicaSets that a Rollout owns, newest revision first. They are told apart by content, never by their number. */
export async function argoRevisions(
  target: ArgoRollout,
  rollout: KubernetesObject,
  { world, signal }: ReverterContext,
): Promise<readonly ArgoRevision[]> {
  const sets = await world.kubernetes.list({ ...rolloutName(target), kind: 'ReplicaSet' }, selectorOf(rollout), signal);
  return sets
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === rollout.metadata.uid))
    .toSorted((left, right) => numberOf(right) - numberOf(left))
    .map(revisionOf);
}

function revisionOf({ metadata, spec, status }: KubernetesObject): ArgoRevision {
  const template = governedRollout(withoutInjected(asObject(asObject(spec)['template']), metadata.annotations));
  return {
    revision: metadata.name,
    hash: metadata.labels?.['rollouts-pod-template-hash'] ?? '',
    fingerprint: fingerprintOf(template),
    template,
    createdMs: Date.parse(metadata.creationTimestamp ?? ''),
    pods: Number(asObject(status)['replicas'] ?? 0),
    isWaiting: metadata.annotations?.['scale-down-deadline'] !== undefined,
  };
}

/** Labels and annotations that the controller lends to canary or stable pods, and notes on the ReplicaSet. */
function withoutInjected(template: JsonObject, annotations: Readonly<Record<string, string>> = {}): JsonObject {
  const note = annotations['rollout.argoproj.io/ephemeral-metadata'];
  if (note === undefined) return template;
  const lent = asObject(JSON.parse(note) as JsonObject);
  const metadata = asObject(template['metadata']);
  const kept = (part: 'labels' | 'annotations'): JsonObject =>
    Object.fromEntries(Object.entries(asObject(metadata[part])).filter(([key]) => !(key in asObject(lent[part]))));
  return { ...template, metadata: { ...metadata, labels: kept('labels'), annotations: kept('annotations') } };
}

function numberOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.['rollout.argoproj.io/revision'] ?? 0);
}
