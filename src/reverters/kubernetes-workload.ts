import { LastgoodError } from '../domain/errors';
import type { LayerStep, Measurement, Rehearsal, Reverter, ReverterContext } from '../domain/reverter';
import { revertBy, targetSchema } from './define';
import { differenceOf, fingerprintOf, governed } from './parts/pod-template';
import { requireNoNewOwner } from './parts/owned-object';
import { serverDryRun } from './parts/server-dry-run';
import { settledRelation } from './parts/settled-relation';
import { standstill } from './parts/standstill';
import { goalOf, nameOf, objectPlace, workload, workloadPlace, type Workload } from './parts/workload';
import { assessWorkload } from './parts/workload-assess';
import { lookAt, lookBackAt, lookOf, type WorkloadLook } from './parts/workload-look';
import { troubleIn } from './parts/workload-pods';
import { freeStuckPods, isUnchanged, patchTo, templateFor } from './parts/workload-write';
import { watchObject } from './parts/watch-object';

/**
 * Pod templates of Deployments, StatefulSets and DaemonSets. The fingerprint covers the template and nothing else: replicas
 * belong to the autoscaler. A template is found by its content, never by a revision number, so that a retry can not flip back.
 */
export const kubernetesWorkload: Reverter<Workload> = {
  layer: 'kubernetes-workload',
  about: 'Puts the pod template of a Deployment, StatefulSet or DaemonSet back, out of its own history or a capture.',
  target: targetSchema(workload, (target) => [objectPlace(nameOf(target))]),
  limits: ({ settle }) => ({ attemptMs: 60_000, heartbeatMs: 10_000, attempts: 5, settleMs: settle }),
  observe: async (target, ctx) => (await lookBackAt(target, ctx)).seen,
  capture: async (target, seen, ctx) => {
    const { template } = await lookAt(target, ctx);
    if (fingerprintOf(template) === seen.fingerprint) return { template: governed(template) };
    const what = `${workloadPlace(target)} was changed while it was being captured`;
    throw new LastgoodError('KUBERNETES_CONFLICT', { what });
  },
  assess: (target, _seen, wanted, ctx) => assessWorkload(target, wanted, ctx),
  // The template decides; while pods of another one are left, the layer is between.
  relate: settledRelation,
  dryRun,
  revert: (target, step, ctx) => {
    const look = (): Promise<WorkloadLook> => lookAt(target, ctx);
    return revertBy({ look, relate: settledRelation, write: (seen) => write(target, step, seen, ctx) }, step);
  },
  verify,
};

async function dryRun(target: Workload, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAt(target, ctx);
  const relation = settledRelation(look.seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${look.seen.summary}` };
  if (relation !== 'from') return { result: 'passed', level: 'the template is there already' };
  return serverDryRun(async () => {
    requireNoNewOwner(workloadPlace(target), look.object);
    const template = await templateFor(target, step, look, ctx);
    const { signal } = ctx;
    await ctx.world.kubernetes.patch(nameOf(target), patchTo(look, template, ctx), { dryRun: true, signal });
    return differenceOf(governed(look.template), template);
  });
}

/** Sets the template unless it is there, then frees what would wait for ever. A lost race is drift or is tried again. */
async function write(target: Workload, step: LayerStep, look: WorkloadLook, ctx: ReverterContext): Promise<number> {
  let writes = 0;
  if (settledRelation(look.seen, step) === 'from') {
    requireNoNewOwner(workloadPlace(target), look.object);
    const patch = patchTo(look, await templateFor(target, step, look, ctx), ctx);
    try {
      await ctx.world.kubernetes.patch(nameOf(target), patch, { signal: ctx.signal });
      writes += 1;
    } catch (thrown) {
      const isRace = thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_REFUSED';
      if (!isRace || (await isUnchanged(target, look, ctx))) throw thrown;
      const what = `${workloadPlace(target)} was changed while it was being reverted`;
      throw new LastgoodError('KUBERNETES_CONFLICT', { what }, { cause: thrown });
    }
  }
  return writes + (await freeStuckPods(target, ctx));
}

async function verify(target: Workload, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const stuck = standstill(ctx.now);
  const look = await watchObject(
    nameOf(target),
    target.settle,
    {
      look: () => lookAt(target, ctx),
      at: (object) => lookOf(target, object),
      isOver: ({ seen, rollout }) => settledRelation(seen, step) !== 'between' || stuck(rollout) !== undefined,
      progressOf: ({ seen }) => seen.summary,
    },
    ctx,
  );
  return measured(target, step, look, stuck(look.rollout), ctx);
}

async function measured(
  target: Workload,
  step: LayerStep,
  { object, rollout, seen }: WorkloadLook,
  stuck: string | undefined,
  ctx: ReverterContext,
): Promise<readonly Measurement[]> {
  const { version } = goalOf(step);
  const isThere = seen.fingerprint === step.to;
  const trouble = rollout.complete ? [] : await troubleIn(target, object, ctx);
  const why = [stuck, rollout.refused, ...trouble].filter((part) => part !== undefined).join('; ');
  return [
    { name: 'template', ok: isThere, seen: isThere ? version : seen.summary, expected: version },
    {
      name: 'rollout',
      ok: rollout.complete,
      seen: rollout.progress,
      expected: 'every pod updated and available',
      ...(why === '' ? {} : { why }),
    },
  ];
}
