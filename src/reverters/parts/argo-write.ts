import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { JsonPatch, KubernetesObject } from '../../domain/ports';
import type { LayerStep, ReverterContext } from '../../domain/reverter';
import { governedRollout } from './argo-history';
import { readRollout, stableOf, type ArgoLook } from './argo-look';
import { argoProgressOf } from './argo-progress';
import { argoGoalOf, rolloutName, rolloutTitle, type ArgoRollout } from './argo-target';
import { annotationPath } from './object-stamp';
import { fingerprintOf } from './pod-template';
import { capturedTemplate } from './wanted-template';
import { templateOf } from './workload-look';
import { patchTo } from './workload-write';

/** The template that a step writes, out of the ReplicaSets or the capture. Throws ARTIFACT_MISSING, ARTIFACT_CHANGED. */
export async function rolloutTemplate(
  target: ArgoRollout,
  step: LayerStep,
  { kept }: ArgoLook,
  ctx: ReverterContext,
): Promise<JsonObject> {
  const { revision } = argoGoalOf(step);
  const from = `${revision ?? 'the captured template'} of ${rolloutTitle(target)}`;
  const template =
    step.capture === undefined
      ? kept.find((one) => one.fingerprint === step.to)?.template
      : governedRollout(capturedTemplate.parse(await ctx.capture(step.capture)).template as JsonObject);
  if (template === undefined) {
    const why = 'its revisionHistoryLimit was reached, or somebody deleted it';
    throw new LastgoodError('ARTIFACT_MISSING', { what: `${from} is gone`, why });
  }
  if (fingerprintOf(template) === step.to) return template;
  throw new LastgoodError('ARTIFACT_CHANGED', { what: `${from} is not what was planned` });
}

/**
 * Aborts for the instant effect when the goal is the stable release, sets the template so that the bad one does not come
 * up again, and promotes in full where the catalog says so. Each write names its whole goal, and the server compares the
 * template before it; what is there already is not written again.
 */
export async function writeRollout(
  target: ArgoRollout,
  step: LayerStep,
  look: ArgoLook,
  ctx: ReverterContext,
): Promise<number> {
  let writes = 0;
  if (look.seen.fingerprint === step.from && step.from !== step.to) {
    const template = await rolloutTemplate(target, step, look, ctx);
    const guarded = (write: () => Promise<unknown>): Promise<number> => unlessMoved(target, look, ctx, write);
    if (isWorthAborting(look, step)) writes += await guarded(() => patchStatus(target, look.template, 'abort', ctx));
    writes += await guarded(() => patchTemplate(target, look, template, ctx));
  }
  writes += await untilTakenUp(target, ctx);
  if (target.steps === 'skip' && (await promoteInFull(target, step, ctx)))
    writes += 1 + (await untilTakenUp(target, ctx));
  return writes;
}

/** Pods of another template are on their way, and the controller can send all traffic to the goal at once. */
function isWorthAborting(look: ArgoLook, step: LayerStep): boolean {
  const { aborted, stable, current } = look.rollout;
  return !aborted && stable !== current && stableOf(look)?.fingerprint === step.to;
}

/** A write that the server refused because the template had moved is a conflict, which is looked at again. */
async function unlessMoved(
  target: ArgoRollout,
  { seen }: ArgoLook,
  ctx: ReverterContext,
  write: () => Promise<unknown>,
): Promise<number> {
  try {
    await write();
    return 1;
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.code !== 'KUBERNETES_REFUSED') throw thrown;
    const now = fingerprintOf(governedRollout(templateOf(await readRollout(target, ctx))));
    if (now === seen.fingerprint) throw thrown;
    const what = `${rolloutTitle(target)} was changed while it was being reverted`;
    throw new LastgoodError('KUBERNETES_CONFLICT', { what }, { cause: thrown });
  }
}

/** Asks for a full promotion, unless it is under way or not needed. True when it wrote. */
async function promoteInFull(target: ArgoRollout, step: LayerStep, ctx: ReverterContext): Promise<boolean> {
  const object = await readRollout(target, ctx);
  const { observed, promoting, stable, current } = argoProgressOf(object);
  const template = templateOf(object);
  const isOurs = fingerprintOf(governedRollout(template)) === step.to;
  // What is asked before the controller has taken the template up, it forgets; the next attempt asks again.
  if (!isOurs || !observed || promoting || stable === current) return false;
  await patchStatus(target, template, 'promoteFull', ctx);
  return true;
}

/**
 * Waits until the controller goes by what was written. It overwrites its cache with its own last answer, so that what is
 * written while it is at work may be lost to it until something changes again: then an annotation wakes it. Answers how
 * often that was needed.
 */
async function untilTakenUp(target: ArgoRollout, ctx: ReverterContext): Promise<number> {
  const deadlineMs = ctx.now() + takesUpWithinMs;
  let [nudges, version] = [0, ''];
  for (;;) {
    const object = await readRollout(target, ctx);
    const { observed, promoting, phase } = argoProgressOf(object);
    const isTakenUp = observed && !(promoting && phase === 'Paused');
    if (isTakenUp || ctx.now() >= deadlineMs) return nudges;
    if (object.metadata.resourceVersion === version) {
      await nudge(target, object, ctx);
      nudges += 1;
    }
    version = object.metadata.resourceVersion;
    const any = { withinMs: wakesAfterMs, until: () => true, signal: ctx.signal };
    await ctx.world.kubernetes.watch(rolloutName(target), version, any);
  }
}

/** How long a write waits for the controller; the rollout itself is waited for by `verify`. In ms. */
const takesUpWithinMs = 10_000;

/** A controller that is alive has done something after this long. In ms. */
const wakesAfterMs = 2_000;

async function nudge(target: ArgoRollout, { metadata }: KubernetesObject, ctx: ReverterContext): Promise<void> {
  const [key, value] = ['lastgood.dev/nudged-at', new Date(ctx.now()).toISOString()] as const;
  const patch: JsonPatch =
    metadata.annotations === undefined
      ? { op: 'add', path: '/metadata/annotations', value: { [key]: value } }
      : { op: 'add', path: annotationPath(key), value };
  await ctx.world.kubernetes.patch(rolloutName(target), [patch], { signal: ctx.signal });
}

async function patchTemplate(
  target: ArgoRollout,
  look: ArgoLook,
  template: JsonObject,
  ctx: ReverterContext,
): Promise<void> {
  await ctx.world.kubernetes.patch(rolloutName(target), patchTo(look, template, ctx), { signal: ctx.signal });
}

async function patchStatus(
  target: ArgoRollout,
  template: JsonObject,
  switched: 'abort' | 'promoteFull',
  { world, signal }: ReverterContext,
): Promise<void> {
  const patch: readonly JsonPatch[] = [
    { op: 'test', path: '/spec/template', value: template },
    { op: 'add', path: `/status/${switched}`, value: true },
  ];
  await world.kubernetes.patch(rolloutName(target), patch, { subresource: 'status', signal });
}
