import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { LayerCandidate, ReverterContext } from '../../domain/reverter';
import { asObject, fingerprintOf, governed, releaseOf } from './pod-template';
import { nameOf, selectorOf, type Workload } from './workload';

/** One older template that the cluster still keeps. */
export interface KeptTemplate {
  /** Name of the ReplicaSet or ControllerRevision. */
  readonly revision: string;
  readonly fingerprint: string;
  readonly template: JsonObject;
  readonly atMs?: number;
}

/**
 * The templates that the cluster keeps for a workload, newest first. They are told apart by content and name, never by
 * revision number: numbers move when a template is used again.
 */
export async function keptTemplates(
  workload: Workload,
  object: KubernetesObject,
  { world, signal }: ReverterContext,
): Promise<readonly KeptTemplate[]> {
  const kind = workload.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
  const kept = await world.kubernetes.list({ ...nameOf(workload), kind }, selectorOf(object), signal);
  return kept
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid))
    .toSorted((left, right) => numberOf(right) - numberOf(left))
    .map(keptTemplate);
}

/** What else a workload could go back to, for people and for the choice of a target. */
export function candidatesOf(
  workload: Pick<Workload, 'container' | 'versionLabel'>,
  kept: readonly KeptTemplate[],
  live: string,
): readonly LayerCandidate[] {
  return kept
    .filter(({ fingerprint }) => fingerprint !== live)
    .flatMap(({ revision, template, fingerprint, atMs }) => {
      const { version, digest = fingerprint } = releaseOf(template, workload);
      const at = atMs === undefined ? {} : { atMs };
      return version === undefined ? [] : [{ version, digest, source: revision, ...at }];
    });
}

function keptTemplate(object: KubernetesObject): KeptTemplate {
  const { metadata, spec, data } = object;
  const template = asObject(asObject(data === undefined ? spec : data['spec'])['template']);
  const atMs = Date.parse(metadata.creationTimestamp ?? '');
  return {
    revision: metadata.name,
    fingerprint: fingerprintOf(template),
    template: governed(template),
    ...(Number.isNaN(atMs) ? {} : { atMs }),
  };
}

function numberOf({ metadata, revision }: KubernetesObject): number {
  return revision ?? Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}
