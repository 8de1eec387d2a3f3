import { LastgoodError } from '../domain/errors';
import type { KubernetesObject } from '../domain/ports';
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
import { assessRelease } from './parts/helm-assess';
import { longestRun, rehearseHelm, wordsOf } from './parts/helm-cli';
import { identifyRevisions, lookAtRelease, type HelmLook } from './parts/helm-look';
import { helmGoalOf, helmRelease as schema, helmStateOf, releaseTitle, type HelmTarget } from './parts/helm-target';
import { requireGoal, writeRelease } from './parts/helm-write';
import { standstill } from './parts/standstill';
import { rolloutOf } from './parts/workload-rollout';

/**
 * Releases of Helm. `helm rollback` without a number goes to the revision before, even one that failed, and writes a new
 * revision each time it is retried; this layer names the revision that held the wanted release, and tells by the
 * manifest whether it is there.
 */
export const helmRelease: Reverter<HelmTarget> = {
  layer: 'helm-release',
  about: 'Rolls a Helm release back to the revision that held a known-good release, through the Helm CLI.',
  target: targetSchema(schema),
  limits: (target) => ({
    // A rollback that another process left running is waited for, then comes our own.
    attemptMs: target.settle + longestRun(target) + 60_000,
    heartbeatMs: 10_000,
    attempts: 3,
    settleMs: target.settle,
  }),
  observe: async (target, ctx) => (await lookAtRelease(target, ctx)).seen,
  capture: async (target, seen, ctx) => {
    const { live, manifest, seen: now } = await lookAtRelease(target, ctx);
    const { revision, chart } = live;
    if (now.fingerprint === seen.fingerprint) return { revision, chart, manifest: manifest.fingerprint };
    const what = `${releaseTitle(target)} was changed while it was being captured`;
    throw new LastgoodError('PRECONDITION_FAILED', { what });
  },
  identify: identifyRevisions,
  assess: (target, _seen, wanted, ctx) => assessRelease(target, wanted, ctx),
  relate,
  dryRun,
  revert: (target, step, ctx) => {
    const look = (): Promise<HelmLook> => lookAtRelease(target, ctx);
    return revertBy({ look, relate, write: (seen) => writeRelease(target, step, seen, ctx) }, step);
  },
  verify,
};

/** A rollback of ours that is not over, or did not come through, holds the goal's manifest already. */
function relate(seen: Observation, step: LayerStep): Relation {
  const { status, manifest, complete } = helmStateOf(seen);
  const isOver = status === 'deployed';
  if (isOver && seen.fingerprint === step.to) return complete ? 'target' : 'between';
  if (manifest === step.to && (status === 'pending-rollback' || status === 'failed')) return 'between';
  return seen.fingerprint === step.from && !status.startsWith('pending') ? 'from' : 'elsewhere';
}

/** Helm 3 rehearses a rollback without asking the cluster about the objects, and the level says so. */
async function dryRun(target: HelmTarget, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const { seen } = await lookAtRelease(target, ctx);
  const relation = relate(seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${seen.summary}` };
  if (relation === 'target') return { result: 'passed', level: 'it is there already' };
  const { revision } = helmGoalOf(step);
  await requireGoal(target, step, ctx);
  await rehearseHelm(target, revision, ctx);
  return { result: 'passed', level: `revision ${revision} is there and holds what was planned; no object was tried` };
}

async function verify(target: HelmTarget, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const deadlineMs = ctx.now() + target.settle;
  const stuck = standstill(ctx.now);
  for (;;) {
    const look = await lookAtRelease(target, ctx);
    const leftMs = deadlineMs - ctx.now();
    const reasons = new Map(look.workloads.map(({ title, rollout }) => [title, stuck(rollout, title)]));
    const isStuck = [...reasons.values()].some((reason) => reason !== undefined);
    if (relate(look.seen, step) !== 'between' || isStuck || leftMs <= 0) return measured(step, look, reasons);
    ctx.heartbeat(look.seen.summary);
    await nextChange(look, Math.min(leftMs, watchMs), ctx);
  }
}

/** A watch ends at least this often, so that the attempt is seen to be alive. */
const watchMs = 3_000;

/** Waits for the first workload that is not there yet; without one, for Helm itself. */
async function nextChange({ workloads }: HelmLook, withinMs: number, ctx: ReverterContext): Promise<void> {
  const waiting = workloads.find(({ rollout, object }) => !rollout.complete && object !== undefined);
  if (waiting?.object === undefined) return ctx.sleep(Math.min(withinMs, 1_000));
  const { place, object } = waiting;
  const until = (now: KubernetesObject): boolean => rolloutOf(place.kind, now).complete;
  await ctx.world.kubernetes.watch(place, object.metadata.resourceVersion, { withinMs, until, signal: ctx.signal });
}

function measured(
  step: LayerStep,
  { live, workloads, seen }: HelmLook,
  stuck: ReadonlyMap<string, string | undefined>,
): readonly Measurement[] {
  const isThere = seen.fingerprint === step.to && live.status === 'deployed';
  const { version, chart } = helmGoalOf(step);
  return [
    {
      name: 'release',
      ok: isThere,
      seen: isThere ? version : seen.summary,
      expected: `${version} (${chart}), deployed`,
      ...(live.status === 'failed' ? { why: wordsOf(live.description) } : {}),
    },
    ...workloads.map(({ title, rollout }) => {
      const why = stuck.get(title) ?? rollout.refused;
      return {
        name: title,
        ok: rollout.complete,
        seen: rollout.progress,
        expected: 'every pod updated and available',
        ...(why === undefined ? {} : { why }),
      };
    }),
  ];
}
