import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { ReverterContext } from '../../domain/reverter';
import { asObject } from './pod-template';
import { trafficName, trafficPlace, type Traffic } from './traffic';
import type { Side, Sides } from './traffic-kind';
import { templateOf } from './workload-look';
import { isReady, troubleOf } from './workload-pods';

/** Why traffic must not come back yet, and what to do about it. */
export interface NotReady {
  readonly why: string;
  readonly remedy: string;
}

/**
 * Looks whether each side that gets more has as many ready pods as wanted: as the catalog says, else as many as the side
 * that gets less has pods, at least one.
 */
export async function notReady(
  target: Traffic,
  { gaining, losing }: Sides,
  ctx: ReverterContext,
): Promise<NotReady | undefined> {
  const [more, less] = await Promise.all([gaining, losing].map((sides) => lookAtAll(target, sides, ctx)));
  const wanted = target.ready ?? Math.max(1, ...(less ?? []).map(({ pods }) => pods));
  const lacking = (more ?? []).filter(({ ready }) => ready < wanted);
  const [first] = lacking;
  if (first === undefined) return undefined;
  const sides = lacking.map(({ side, ready, trouble }) => {
    const reasons = trouble.length === 0 ? '' : ` (${trouble.join('; ')})`;
    return `${side.name} has ${ready} of ${wanted} wanted ready pods${reasons}`;
  });
  const why = `${trafficPlace(target)} can not send its traffic back: ${sides.join(', and ')}`;
  return { why, remedy: await remedyFor(target, first.side, wanted, ctx) };
}

interface Readiness {
  readonly side: Side;
  readonly ready: number;
  readonly pods: number;
  readonly trouble: readonly string[];
}

function lookAtAll(target: Traffic, sides: readonly Side[], ctx: ReverterContext): Promise<readonly Readiness[]> {
  return Promise.all(sides.map((side) => lookAtSide(target, side, ctx)));
}

async function lookAtSide(target: Traffic, side: Side, { world, signal }: ReverterContext): Promise<Readiness> {
  // A Service without a selector has no pods that could be found by it; no labels at all would list every pod.
  const listed =
    Object.keys(side.labels).length === 0
      ? []
      : await world.kubernetes.list(
          { ...trafficName(target), namespace: side.namespace, kind: 'Pod' },
          side.labels,
          signal,
        );
  const pods = listed.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return { side, ready: pods.filter(isReady).length, pods: pods.length, trouble: troubleOf(pods) };
}

/** The command that brings up the Deployment whose pods they are, where there is exactly one and it may be listed. */
async function remedyFor(target: Traffic, side: Side, wanted: number, ctx: ReverterContext): Promise<string> {
  const { name, namespace, labels } = side;
  try {
    const kind = { ...trafficName(target), namespace, kind: 'Deployment' as const };
    const deployments = await ctx.world.kubernetes.list(kind, {}, ctx.signal);
    const makers = deployments.filter((object) => carries(templateOf(object), labels));
    const [maker, ...others] = makers.map(({ metadata }) => metadata.name);
    if (maker !== undefined && others.length === 0)
      return `kubectl scale deployment/${maker} --replicas ${wanted} --namespace ${namespace}`;
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.code !== 'KUBERNETES_DENIED') throw thrown;
  }
  return `bring up ${wanted} pods for ${name} in namespace ${namespace}, then plan again`;
}

function carries(template: JsonObject, labels: Side['labels']): boolean {
  const own = asObject(asObject(template['metadata'])['labels']);
  return Object.entries(labels).every(([key, value]) => own[key] === value);
}
