import type { LayerGoal, LayerPlan } from '../../domain/reverter';
import type { GoalRevision } from './helm-choose';
import type { ManifestDifference } from './helm-difference';
import { isGood, versionOf, type HelmLook } from './helm-look';
import { helmCommand, releaseTitle, type HelmTarget } from './helm-target';

/** Helm prunes its history, and a capture of ours names a revision without holding the chart. */
export function notKept(target: HelmTarget, { history }: HelmLook, { version, artifact }: LayerGoal): LayerPlan {
  const wanted = artifact === undefined ? version : `${version} (${artifact.digest})`;
  const kept = history
    .filter(isGood)
    .map((one) => `revision ${one.revision} ${versionOf(target, one) ?? ''} (${one.chart})`);
  const why = `Helm keeps no good revision of ${releaseTitle(target)} that holds ${wanted} as it was; it keeps: ${kept.join(', ') || 'none'}`;
  return refused('ARTIFACT_MISSING', why, [
    'choose another release with --to',
    `or deploy ${version} again through its pipeline, with its chart and its values`,
    'for the time to come: helm upgrade --history-max 30',
  ]);
}

/** Another Helm may be at work, or was killed; only a person can tell. What we ourselves left half-done is gone on with. */
export function runsAlready(target: HelmTarget, look: HelmLook, goal: GoalRevision): LayerPlan | undefined {
  const { status, revision, updatedMs } = look.live;
  if (status.startsWith('uninstall')) {
    const why = `${releaseTitle(target)} was uninstalled: revision ${revision} is ${status}`;
    return refused('OBJECT_MISSING', why, ['install it again through its pipeline']);
  }
  const isOurs = status === 'pending-rollback' && look.manifest.fingerprint === goal.manifest.fingerprint;
  if (!status.startsWith('pending') || isOurs) return undefined;
  const since = Number.isNaN(updatedMs) ? '' : ` since ${new Date(updatedMs).toISOString()}`;
  const why = `revision ${revision} of ${releaseTitle(target)} is ${status}${since}: another Helm is at work on it, or was killed`;
  const command = helmCommand(target, 'rollback', String(goal.revision), '--wait');
  return refused('OPERATION_RUNNING', why, [
    'wait until it has ended, and plan again',
    `if no Helm runs any more: ${command}`,
  ]);
}

/** A tool that puts its own state back would undo the undo. */
export function ownedElsewhere(target: HelmTarget, { workloads }: HelmLook): LayerPlan | undefined {
  const owner = workloads.find(({ owner: one }) => one?.reapplies === true)?.owner;
  if (owner === undefined) return undefined;
  const why = `${releaseTitle(target)} is owned by ${owner.name}, which would put the bad release back over an undo in the cluster`;
  return refused('OWNED_ELSEWHERE', why, owner.route);
}

/** Credentials may have been rotated or revoked since the older release held them. */
export function secretsChanged(
  target: HelmTarget,
  { revision }: GoalRevision,
  { secrets }: ManifestDifference,
): LayerPlan | undefined {
  if (secrets.length === 0 || target.secrets === 'restore') return undefined;
  const why = `revision ${revision} of ${releaseTitle(target)} is BLOCKED as a target: it holds other values of ${secrets.join(', ')}, which may have been rotated or revoked since`;
  return refused('SECRET_ROTATED', why, [
    'write secrets: restore into the target of this layer when the old values are still good',
    'or deploy the older chart with the present values through its pipeline',
  ]);
}

function refused(code: string, why: string, compensation: readonly string[]): LayerPlan {
  return { kind: 'refused', reason: 'unavailable', code, why, compensation };
}
