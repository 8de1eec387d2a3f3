import { LastgoodError } from '../domain/errors';
import type { LayerStep, Measurement, Rehearsal, Reverter, ReverterContext } from '../domain/reverter';
import { revertBy, targetSchema } from './define';
import { analysisOf } from './parts/argo-analysis';
import { assessRollout } from './parts/argo-assess';
import { governedRollout } from './parts/argo-history';
import { lookAtRollout, type ArgoLook } from './parts/argo-look';
import {
  argoGoalOf,
  argoRollout as schema,
  pluginCommand,
  rolloutName,
  rolloutTitle,
  type ArgoRollout,
} from './parts/argo-target';
import { rolloutTemplate, writeRollout } from './parts/argo-write';
import { differenceOf, governed } from './parts/pod-template';
import { serverDryRun } from './parts/server-dry-run';
import { settledRelation } from './parts/settled-relation';
import { watchObject } from './parts/watch-object';
import { troubleIn } from './parts/workload-pods';
import { patchTo } from './parts/workload-write';
import { objectPlace } from './parts/workload';

/**
 * Rollouts of Argo Rollouts, canary and blue/green. `abort` alone leaves the bad template configured, and `undo` without a
 * number flips back when it is retried; this layer aborts for the instant effect and then sets the template, by content.
 */
export const argoRollout: Reverter<ArgoRollout> = {
  layer: 'argo-rollout',
  about: 'Aborts a Rollout of Argo Rollouts and puts its template back, out of its ReplicaSets or a capture.',
  target: targetSchema(schema, (target) => [objectPlace(rolloutName(target))]),
  limits: ({ settle }) => ({ attemptMs: 60_000, heartbeatMs: 10_000, attempts: 5, settleMs: settle }),
  observe: async (target, ctx) => (await lookAtRollout(target, ctx)).seen,
  capture: async (target, seen, ctx) => {
    const { template, seen: now } = await lookAtRollout(target, ctx);
    if (now.fingerprint === seen.fingerprint) return { template: governed(template) };
    const what = `${rolloutTitle(target)} was changed while it was being captured`;
    throw new LastgoodError('KUBERNETES_CONFLICT', { what });
  },
  assess: (target, _seen, wanted, ctx) => assessRollout(target, wanted, ctx),
  // The template decides; until it is the stable one and healthy, the layer is between.
  relate: settledRelation,
  dryRun,
  revert: (target, step, ctx) => {
    const look = (): Promise<ArgoLook> => lookAtRollout(target, ctx);
    return revertBy({ look, relate: settledRelation, write: (seen) => writeRollout(target, step, seen, ctx) }, step);
  },
  verify,
};

async function dryRun(target: ArgoRollout, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAtRollout(target, ctx);
  const relation = settledRelation(look.seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${look.seen.summary}` };
  if (relation !== 'from') return { result: 'passed', level: 'the template is there already' };
  const template = await rolloutTemplate(target, step, look, ctx);
  const { signal } = ctx;
  return serverDryRun(async () => {
    await ctx.world.kubernetes.patch(rolloutName(target), patchTo(look, template, ctx), { dryRun: true, signal });
    return differenceOf(governedRollout(look.template), template);
  });
}

async function verify(target: ArgoRollout, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const look = await watchObject(
    rolloutName(target),
    target.settle,
    {
      look: () => lookAtRollout(target, ctx),
      isOver: ({ seen, rollout }) => settledRelation(seen, step) !== 'between' || rollout.stuck !== undefined,
      progressOf: ({ rollout }) => rollout.progress,
    },
    ctx,
  );
  return measured(target, step, look, ctx);
}

async function measured(
  target: ArgoRollout,
  step: LayerStep,
  { object, rollout, seen }: ArgoLook,
  ctx: ReverterContext,
): Promise<readonly Measurement[]> {
  const { version } = argoGoalOf(step);
  const isThere = seen.fingerprint === step.to;
  const why = rollout.complete ? '' : await whyNot(target, { object, rollout }, ctx);
  return [
    { name: 'template', ok: isThere, seen: isThere ? version : seen.summary, expected: version },
    {
      name: 'rollout',
      ok: rollout.complete,
      seen: rollout.progress,
      expected: 'Healthy, and the configured release is the stable one',
      ...(why === '' ? {} : { why }),
    },
    ...(isThere ? await analysisOf(target, object, rollout.current, ctx) : []),
  ];
}

/** What the controller says, what a person must do, and which pods do not start. */
async function whyNot(
  target: ArgoRollout,
  { object, rollout }: Pick<ArgoLook, 'object' | 'rollout'>,
  ctx: ReverterContext,
): Promise<string> {
  const person = rollout.waitsForPerson ? `it waits for a person: ${pluginCommand('promote', target)}` : undefined;
  const trouble = await troubleIn(target, object, ctx);
  return [rollout.stuck, person, ...trouble].filter((part) => part !== undefined).join('; ');
}
