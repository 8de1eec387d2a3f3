import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { Observation, ReverterContext } from '../../domain/reverter';
import { asObject, fingerprintOf, imagesOf, releaseOf } from './pod-template';
import { nameOf, type Workload, type WorkloadState } from './workload';
import { candidatesOf, keptTemplates, type KeptTemplate } from './workload-history';
import { ownerOf } from './workload-owner';
import { rolloutOf, type Rollout } from './workload-rollout';

/** A workload as the server has it, and what was read out of it. */
export interface WorkloadLook {
  readonly object: KubernetesObject;
  readonly template: JsonObject;
  readonly rollout: Rollout;
  /** Without candidates: those are in the history. */
  readonly seen: Observation;
}

/** A look that went for the history as well. */
export interface WorkloadPast extends WorkloadLook {
  readonly kept: readonly KeptTemplate[];
}

/** Reads a workload, with one call. Throws OBJECT_MISSING. */
export async function lookAt(target: Workload, ctx: ReverterContext): Promise<WorkloadLook> {
  return lookOf(target, await readWorkload(target, ctx));
}

/** The same look, out of an object that was read already. Pure. */
export function lookOf(target: Workload, object: KubernetesObject): WorkloadLook {
  const rollout = rolloutOf(target.kind, object);
  return { object, template: templateOf(object), rollout, seen: observationOf(target, object, rollout) };
}

/** Reads a workload and its history, and knows what it could go back to. Throws OBJECT_MISSING. */
export async function lookBackAt(target: Workload, ctx: ReverterContext): Promise<WorkloadPast> {
  const look = await lookAt(target, ctx);
  const kept = await keptTemplates(target, look.object, ctx);
  return { ...look, kept, seen: { ...look.seen, candidates: candidatesOf(target, kept, look.seen.fingerprint) } };
}

/** The object itself. Throws OBJECT_MISSING with its full name. */
export async function readWorkload(target: Workload, ctx: ReverterContext): Promise<KubernetesObject> {
  const object = await ctx.world.kubernetes.read(nameOf(target), ctx.signal);
  if (object !== undefined && object.metadata.deletionTimestamp === undefined) return object;
  const { kind, namespace, name, context } = target;
  const where = context === undefined ? 'in the current context' : `in context ${context}`;
  throw new LastgoodError('OBJECT_MISSING', {
    what: `there is no ${kind} ${namespace}/${name} ${where}`,
    ...(object === undefined ? {} : { why: 'it is being deleted' }),
  });
}

/** The pod template of a workload. */
export function templateOf({ spec }: KubernetesObject): JsonObject {
  return asObject(asObject(spec)['template']);
}

function observationOf(target: Workload, object: KubernetesObject, rollout: Rollout): Observation {
  const template = templateOf(object);
  const fingerprint = fingerprintOf(template);
  const owner = ownerOf(object)?.name;
  const { version, digest } = releaseOf(template, target);
  const state: WorkloadState = {
    complete: rollout.complete,
    images: imagesOf(template),
  };
  return {
    fingerprint,
    settled: rollout.complete,
    ...(version === undefined ? {} : { version }),
    ...(digest === undefined ? {} : { digest }),
    ...(owner === undefined ? {} : { owner }),
    health: rollout.complete ? 'healthy' : rollout.timedOut ? 'unhealthy' : 'unknown',
    summary: `${target.kind} ${target.namespace}/${target.name} ${version ?? shortImages(state)}, ${rollout.progress}`,
    state: { ...state },
    candidates: [],
  };
}

function shortImages({ images }: WorkloadState): string {
  return Object.values(images).join(', ');
}
