import { LastgoodError } from '../../domain/errors';
import type { JsonPatch } from '../../domain/ports';
import type { LayerStep, Rehearsal, ReverterContext } from '../../domain/reverter';
import { stampPatch } from './object-stamp';
import { requireNoNewOwner } from './owned-object';
import { asList } from './pod-template';
import { serverDryRun } from './server-dry-run';
import { settledRelation } from './settled-relation';
import { trafficName, trafficPlace, type Traffic } from './traffic';
import type { Division } from './traffic-kind';
import { kindOf, lookAtTraffic, type TrafficLook } from './traffic-look';
import { notReady } from './traffic-ready';

/** The division that a step writes. */
export function divisionOf({ goal }: LayerStep): Division {
  return goal['division'] as Division;
}

/** A dry run of the server; a later step is tried from where the steps before it begin. */
export async function rehearseTraffic(target: Traffic, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAtTraffic(target, ctx);
  const isOnTheWay = asList(step.goal['path']).includes(look.seen.fingerprint);
  const relation = isOnTheWay ? 'from' : settledRelation(look.seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${look.seen.summary}` };
  if (relation !== 'from') return { result: 'passed', level: 'the division is there already' };
  return serverDryRun(async () => {
    const patch = patchFor(target, step, look, ctx);
    await ctx.world.kubernetes.patch(trafficName(target), patch, { dryRun: true, signal: ctx.signal });
    return step.summary;
  });
}

/** Writes the division unless it is there. A lost race is tried again. Throws SIDE_NOT_READY. */
export async function writeTraffic(
  target: Traffic,
  step: LayerStep,
  look: TrafficLook,
  ctx: ReverterContext,
): Promise<number> {
  if (look.seen.fingerprint === step.to) return 0;
  if (look.object !== undefined) requireNoNewOwner(trafficPlace(target), look.object);
  const sides = await kindOf(target).sides(target, look.division, divisionOf(step), ctx);
  const lacking = await notReady(target, sides, ctx);
  if (lacking !== undefined) throw new LastgoodError('SIDE_NOT_READY', { what: lacking.why, next: lacking.remedy });
  const patch = patchFor(target, step, look, ctx);
  try {
    await ctx.world.kubernetes.patch(trafficName(target), patch, { signal: ctx.signal });
    return 1;
  } catch (thrown) {
    const isRefused = thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_REFUSED';
    if (!isRefused || (await isUnchanged(target, look, ctx))) throw thrown;
    const what = `${trafficPlace(target)} was changed while it was being reverted`;
    throw new LastgoodError('KUBERNETES_CONFLICT', { what }, { cause: thrown });
  }
}

function patchFor(
  target: Traffic,
  step: LayerStep,
  { object }: TrafficLook,
  ctx: ReverterContext,
): readonly JsonPatch[] {
  if (object === undefined)
    throw new LastgoodError('OBJECT_MISSING', { what: `${trafficPlace(target)} is gone`, why: 'it was there before' });
  return [...kindOf(target).patch(object, divisionOf(step)), ...stampPatch(object, ctx)];
}

async function isUnchanged(target: Traffic, { object }: TrafficLook, ctx: ReverterContext): Promise<boolean> {
  const now = await ctx.world.kubernetes.read(trafficName(target), ctx.signal);
  return now?.metadata.resourceVersion === object?.metadata.resourceVersion;
}
