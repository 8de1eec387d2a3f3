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
  readonly kept: readonly KeptTemplate[];
  readonly seen: Observation;
}

/** Reads a workload and its history. Throws OBJECT_MISSING. */
export async function lookAt(target: Workload, ctx: ReverterContext): Promise<WorkloadLook> {
  const object = await readWorkload(target, ctx);
  const template = templateOf(object);
  const rollout = rolloutOf(target.kind, object);
  const kept = await keptTemplates(target, object, ctx);
  return { object, template, rollout, kept, seen: observationOf(target, object, rollout, kept) };
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

function observationOf(
  target: Workload,
  object: KubernetesObject,
  rollout: Rollout,
  kept: readonly KeptTemplate[],
): Observation {
  const template = templateOf(object);
  const fingerprint = fingerprintOf(template);
  const owner = ownerOf(object)?.name;
  const { version, digest } = releaseOf(template, target);
  const state: WorkloadState = {
    complete: rollout.complete,
    revision: kept.find((one) => one.fingerprint === fingerprint)?.revision ?? null,
    images: imagesOf(template),
  };
  return {
    fingerprint,
    settled: rollout.complete,
    ...(version === undefined ? {} : { version }),
    ...(digest === undefined ? {} : { digest }),
    ...(owner === undefined ? {} : { owner }),
    health: rollout.complete ? 'healthy' : rollout.stuck === undefined ? 'unknown' : 'unhealthy',
    summary: `${target.kind} ${target.namespace}/${target.name} ${version ?? shortImages(state)}, ${rollout.progress}`,
    state: { ...state },
    candidates: candidatesOf(target, kept, fingerprint),
  };
}

function shortImages({ images }: WorkloadState): string {
  return Object.values(images).join(', ');
}
