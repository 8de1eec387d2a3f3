import { LastgoodError } from '../../domain/errors';
import type { LayerStep, ReverterContext } from '../../domain/reverter';
import { rollBackHelm, type HelmRevision } from './helm-cli';
import { lookAtRelease, revisionOf, type HelmLook } from './helm-look';
import { besideHelm, helmGoalOf, helmStateOf, releaseTitle, type HelmTarget } from './helm-target';

/**
 * Rolls back to the revision of the step, unless that is done. A rollback of ours that is still running is waited for; one
 * that died is forgotten first, because Helm takes the newest revision for what runs, and would leave behind what only
 * the bad release has.
 */
export async function writeRelease(
  target: HelmTarget,
  step: LayerStep,
  seen: HelmLook,
  ctx: ReverterContext,
): Promise<number> {
  const look = await whenNobodyWrites(target, step, seen, ctx);
  const { status, manifest, revision } = helmStateOf(look.seen);
  if (status === 'deployed' && manifest === step.to) return 0;
  await requireGoal(target, step, ctx);
  const isHalfDone = manifest === step.to && isCutOff(look.live);
  const forgotten = isHalfDone ? await forget(target, revision, ctx) : 0;
  await rollBackHelm(target, helmGoalOf(step).revision, ctx);
  return forgotten + 1;
}

/** Throws ARTIFACT_MISSING, ARTIFACT_CHANGED when the revision is not what was planned. */
export async function requireGoal(target: HelmTarget, step: LayerStep, ctx: ReverterContext): Promise<void> {
  const { revision } = helmGoalOf(step);
  const { manifest } = await revisionOf(target, revision, ctx);
  if (manifest.fingerprint === step.to) return;
  const what = `revision ${revision} of ${releaseTitle(target)} is not what was planned`;
  throw new LastgoodError('ARTIFACT_CHANGED', { what });
}

/** Waits for a rollback to the same manifest that another process of ours may still be running. */
async function whenNobodyWrites(
  target: HelmTarget,
  step: LayerStep,
  seen: HelmLook,
  ctx: ReverterContext,
): Promise<HelmLook> {
  let look = seen;
  while (isUnderWay(look, step) && ctx.now() < look.live.updatedMs + target.settle + graceMs) {
    ctx.heartbeat(look.seen.summary);
    await ctx.sleep(pollMs);
    look = await lookAtRelease(target, ctx);
  }
  return look;
}

/** A Helm that waits gives up after `settle`; this long after that it must have written so, or it is dead. In ms. */
const graceMs = 10_000;

const pollMs = 1_000;

function isUnderWay({ live, manifest }: HelmLook, step: LayerStep): boolean {
  return live.status === 'pending-rollback' && manifest.fingerprint === step.to;
}

/** It ended before every object was written: killed, or refused by the cluster in the middle. */
function isCutOff({ status, description }: HelmRevision): boolean {
  return status === 'pending-rollback' || (status === 'failed' && description.startsWith('Rollback "'));
}

/** Removes the record of one revision, by its uid. Helm keeps one Secret for each. */
async function forget(target: HelmTarget, revision: number, { world, signal }: ReverterContext): Promise<number> {
  const name = `sh.helm.release.v1.${target.release}.v${revision}`;
  const secret = besideHelm(target, 'Secret', target.namespace, name);
  const record = await world.kubernetes.read(secret, signal);
  if (record === undefined) return 0;
  await world.kubernetes.remove(secret, record.metadata.uid, signal);
  return 1;
}
