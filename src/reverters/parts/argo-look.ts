import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { Observation, ReverterContext } from '../../domain/reverter';
import { argoRevisions, governedRollout, type ArgoRevision } from './argo-history';
import { argoProgressOf, type ArgoProgress } from './argo-progress';
import { rolloutName, rolloutTitle, type ArgoRollout } from './argo-target';
import { asObject, fingerprintOf, imagesOf, releaseOf } from './pod-template';
import { candidatesOf } from './workload-history';
import { templateOf } from './workload-look';
import { ownerOf } from './workload-owner';

/** A Rollout as the server has it, and what was read out of it. */
export interface ArgoLook {
  readonly object: KubernetesObject;
  /** Exactly as the server has it: the guard of a write compares it. */
  readonly template: JsonObject;
  readonly rollout: ArgoProgress;
  readonly kept: readonly ArgoRevision[];
  readonly seen: Observation;
}

/** Reads a Rollout and its ReplicaSets. Throws OBJECT_MISSING. */
export async function lookAtRollout(target: ArgoRollout, ctx: ReverterContext): Promise<ArgoLook> {
  const object = await readRollout(target, ctx);
  const template = templateOf(object);
  const rollout = argoProgressOf(object);
  const kept = await argoRevisions(target, object, ctx);
  return { object, template, rollout, kept, seen: observationOf(target, object, rollout, kept) };
}

/** The object itself. Throws OBJECT_MISSING with its full name. */
export async function readRollout(target: ArgoRollout, ctx: ReverterContext): Promise<KubernetesObject> {
  const object = await ctx.world.kubernetes.read(rolloutName(target), ctx.signal);
  if (object !== undefined && object.metadata.deletionTimestamp === undefined) return object;
  const where = target.context === undefined ? 'in the current context' : `in context ${target.context}`;
  throw new LastgoodError('OBJECT_MISSING', {
    what: `there is no ${rolloutTitle(target)} ${where}`,
    ...(object === undefined ? {} : { why: 'it is being deleted' }),
  });
}

/** The ReplicaSet of the release that the controller falls back to. */
export function stableOf({ kept, rollout }: ArgoLook): ArgoRevision | undefined {
  return kept.find(({ hash }) => hash === rollout.stable);
}

function observationOf(
  target: ArgoRollout,
  object: KubernetesObject,
  rollout: ArgoProgress,
  kept: readonly ArgoRevision[],
): Observation {
  const template = governedRollout(templateOf(object));
  const fingerprint = fingerprintOf(template);
  const owner = ownerOf(object)?.name;
  const { version, digest } = releaseOf(template, target);
  return {
    fingerprint,
    settled: rollout.complete,
    ...(version === undefined ? {} : { version }),
    ...(digest === undefined ? {} : { digest }),
    ...(owner === undefined ? {} : { owner }),
    health: rollout.complete ? 'healthy' : rollout.phase === 'Degraded' ? 'unhealthy' : 'unknown',
    summary: summaryOf(target, version ?? Object.values(imagesOf(template)).join(', '), rollout, kept),
    state: {},
    candidates: candidatesOf(
      target,
      kept.map(({ createdMs, ...revision }) => ({
        ...revision,
        ...(Number.isNaN(createdMs) ? {} : { atMs: createdMs }),
      })),
      fingerprint,
    ),
  };
}

/** What is configured, and what really takes the traffic when that is another release. */
function summaryOf(
  target: ArgoRollout,
  release: string,
  { stable, current, aborted, progress }: ArgoProgress,
  kept: readonly ArgoRevision[],
): string {
  const running = kept.find(({ hash }) => hash === stable);
  const other = running === undefined || stable === current ? undefined : releaseOf(running.template, target).version;
  const beside = other === undefined ? '' : aborted ? ` (aborted; ${other} runs)` : ` beside ${other}`;
  return `${rolloutTitle(target)} ${release}${beside}, ${progress}`;
}

/** A referenced workload holds the template instead of the Rollout itself. */
export function workloadRefOf({
  spec,
}: KubernetesObject): { readonly kind: string; readonly name: string } | undefined {
  const reference = asObject(asObject(spec)['workloadRef']);
  const { kind, name } = reference;
  return typeof kind === 'string' && typeof name === 'string' ? { kind, name } : undefined;
}
