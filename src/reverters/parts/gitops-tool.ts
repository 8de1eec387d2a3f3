import type { Json, JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { Following } from './gitops-target';
import { asList, asObject } from './pod-template';

/** Annotations of ours on what we hold: who holds it, and what it was like before. */
export const heldBy = 'lastgood.dev/held-by';
export const heldPolicy = 'lastgood.dev/held-policy';

/** How far the tool is with its branch. */
export interface Sync {
  /** The commit that the tool runs; undefined when it does not say. */
  readonly revision: string | undefined;
  /** It runs that commit, and what it deployed is healthy. */
  readonly healthy: boolean;
  /** It is bringing something in. */
  readonly isBusy: boolean;
  /** `Synced, Healthy`. */
  readonly progress: string;
  /** Why it does not get further, as the tool says it. */
  readonly stuck?: string;
  /** The commit that it gave up on; it does not try again by itself. */
  readonly gaveUpOn?: string;
}

/** What differs from tool to tool: where each says what it does. Contracts of their published APIs. */
interface Tool {
  following(object: KubernetesObject): Following;
  sync(object: KubernetesObject): Sync;
}

/** The tools by their names in the catalog. */
export const tools: Readonly<Record<'argo-cd' | 'flux', Tool>> = {
  'argo-cd': { following: ofApplication, sync: syncOfApplication },
  flux: { following: ofKustomization, sync: syncOfKustomization },
};

/** The policy by which Argo CD synchronises by itself; undefined when it does not. */
export function automatedPolicy({ spec }: KubernetesObject): JsonObject | undefined {
  const { automated } = asObject(asObject(spec)['syncPolicy']);
  const policy = asObject(automated);
  return automated === undefined || automated === null || policy['enabled'] === false ? undefined : policy;
}

function ofApplication(object: KubernetesObject): Following {
  if (automatedPolicy(object) !== undefined) return 'automatic';
  return object.metadata.annotations?.[heldBy] === undefined ? 'manual' : 'held';
}

function ofKustomization({ metadata, spec }: KubernetesObject): Following {
  if (asObject(spec)['suspend'] !== true) return 'automatic';
  return metadata.annotations?.[heldBy] === undefined ? 'suspended' : 'held';
}

function syncOfApplication(object: KubernetesObject): Sync {
  const status = asObject(object.status);
  const { status: sync, revision } = asObject(status['sync']);
  const health = asObject(status['health'])['status'];
  const { phase, message, operation } = asObject(status['operationState']);
  const tried = text(asObject(asObject(operation)['sync'])['revision']);
  const isBusy = phase === 'Running' || (object as unknown as JsonObject)['operation'] !== undefined;
  const failed = phase === 'Failed' || phase === 'Error';
  return {
    revision: text(revision),
    healthy: sync === 'Synced' && health === 'Healthy' && !isBusy,
    isBusy,
    progress: [sync, health, isBusy ? 'synchronising' : undefined]
      .filter((part) => typeof part === 'string')
      .join(', '),
    ...(failed && !isBusy ? { stuck: `synchronisation ${phase}: ${text(message)?.slice(0, 300) ?? 'no reason'}` } : {}),
    ...(failed && !isBusy && tried !== undefined ? { gaveUpOn: tried } : {}),
  };
}

function syncOfKustomization(object: KubernetesObject): Sync {
  const status = asObject(object.status);
  const revision = /([0-9a-f]{40})$/.exec(text(status['lastAppliedRevision']) ?? '')?.[1];
  const ready = asList(status['conditions'])
    .map(asObject)
    .find(({ type }) => type === 'Ready');
  const isSeen = Number(status['observedGeneration'] ?? 0) >= (object.metadata.generation ?? 0);
  const said = text(ready?.['message'])?.slice(0, 300) ?? 'no reason';
  return {
    revision,
    healthy: isSeen && ready?.['status'] === 'True',
    isBusy: ready?.['status'] === 'Unknown',
    progress: ready === undefined ? 'not reconciled yet' : `Ready ${text(ready['status']) ?? 'Unknown'}`,
    ...(isSeen && ready?.['status'] === 'False' ? { stuck: `${text(ready['reason']) ?? 'not ready'}: ${said}` } : {}),
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
