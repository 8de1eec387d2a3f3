import { LastgoodError } from '../domain/errors';
import type {
  LayerStep,
  Measurement,
  Observation,
  Rehearsal,
  Relation,
  Reverter,
  ReverterContext,
} from '../domain/reverter';
import { revertBy, targetSchema } from './define';
import { differenceOf, fingerprintOf, governed } from './parts/pod-template';
import { goalOf, nameOf, stateOf, workload, type Workload } from './parts/workload';
import { assessWorkload } from './parts/workload-assess';
import { lookAt, type WorkloadLook } from './parts/workload-look';
import { podsOf, troubleOf } from './parts/workload-pods';
import { freeStuckPods, isUnchanged, patchTo, templateFor } from './parts/workload-write';

/**
 * Pod templates of Deployments, StatefulSets and DaemonSets. The fingerprint covers the template and nothing else: replicas
 * belong to the autoscaler. A template is found by its content, never by a revision number, so that a retry can not flip back.
 */
export const kubernetesWorkload: Reverter<Workload> = {
  layer: 'kubernetes-workload',
  about: 'Puts the pod template of a Deployment, StatefulSet or DaemonSet back, out of its own history or a capture.',
  target: targetSchema(workload),
  limits: ({ settle }) => ({ attemptMs: 60_000, heartbeatMs: 10_000, attempts: 5, settleMs: settle }),
  observe: async (target, ctx) => (await lookAt(target, ctx)).seen,
  capture: async (target, seen, ctx) => {
    const { template } = await lookAt(target, ctx);
    if (fingerprintOf(template) === seen.fingerprint) return { template: governed(template) };
    const what = `${target.kind} ${target.namespace}/${target.name} was changed while it was being captured`;
    throw new LastgoodError('KUBERNETES_CONFLICT', { what });
  },
  assess: (target, _seen, wanted, ctx) => assessWorkload(target, wanted, ctx),
  relate,
  dryRun,
  revert: (target, step, ctx) => {
    const look = (): Promise<WorkloadLook> => lookAt(target, ctx);
    return revertBy({ look, relate, write: (seen) => write(target, step, seen, ctx) }, step);
  },
  verify,
};

/** The template decides; while pods of another one are left, the layer is between. */
function relate(seen: Observation, step: LayerStep): Relation {
  if (seen.fingerprint === step.to) return stateOf(seen).complete ? 'target' : 'between';
  return seen.fingerprint === step.from ? 'from' : 'elsewhere';
}

async function dryRun(target: Workload, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAt(target, ctx);
  const relation = relate(look.seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${look.seen.summary}` };
  if (relation !== 'from') return { result: 'passed', level: 'the template is there already' };
  try {
    const template = await templateFor(target, step, look, ctx);
    await ctx.world.kubernetes.patch(nameOf(target), patchTo(look, template, ctx), {
      dryRun: true,
      signal: ctx.signal,
    });
    return { result: 'passed', level: `server-side dry run: ${differenceOf(governed(look.template), template)}` };
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.isRetryable) throw thrown;
    const why = [thrown.text.what, thrown.text.why].filter((part) => part !== undefined).join('; ');
    // An admission webhook with side effects refuses every dry run: that says nothing about the change.
    if (why.includes('does not support dry run')) return { result: 'unavailable', level: 'nothing was tried', why };
    return { result: 'failed', level: 'server-side dry run', why };
  }
}

/** Sets the template unless it is there, then frees what would wait for ever. A lost race is drift or is tried again. */
async function write(target: Workload, step: LayerStep, look: WorkloadLook, ctx: ReverterContext): Promise<number> {
  let writes = 0;
  if (relate(look.seen, step) === 'from') {
    const patch = patchTo(look, await templateFor(target, step, look, ctx), ctx);
    try {
      await ctx.world.kubernetes.patch(nameOf(target), patch, { signal: ctx.signal });
      writes += 1;
    } catch (thrown) {
      const isRace = thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_REFUSED';
      if (!isRace || (await isUnchanged(target, look, ctx))) throw thrown;
      const what = `${target.kind} ${target.namespace}/${target.name} was changed while it was being reverted`;
      throw new LastgoodError('KUBERNETES_CONFLICT', { what }, { cause: thrown });
    }
  }
  return writes + (await freeStuckPods(target, ctx));
}

async function verify(target: Workload, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const deadlineMs = ctx.now() + target.settle;
  for (;;) {
    const look = await lookAt(target, ctx);
    const leftMs = deadlineMs - ctx.now();
    const { fingerprint } = look.seen;
    const isOver = relate(look.seen, step) === 'target' || fingerprint !== step.to || look.rollout.stuck !== undefined;
    if (isOver || leftMs <= 0) return measured(target, step, look, ctx);
    ctx.heartbeat(look.rollout.progress);
    await ctx.world.kubernetes.changed(
      nameOf(target),
      look.object.metadata.resourceVersion,
      Math.min(leftMs, watchMs),
      ctx.signal,
    );
  }
}

/** A watch ends at least this often, so that the attempt is seen to be alive. */
const watchMs = 3_000;

async function measured(
  target: Workload,
  step: LayerStep,
  { object, rollout, seen }: WorkloadLook,
  ctx: ReverterContext,
): Promise<readonly Measurement[]> {
  const { version } = goalOf(step);
  const isThere = seen.fingerprint === step.to;
  const trouble = rollout.complete ? [] : troubleOf(await podsOf(target, object, ctx));
  const why = [...(rollout.stuck === undefined ? [] : [rollout.stuck]), ...trouble].join('; ');
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
