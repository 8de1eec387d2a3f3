import { z } from 'zod';
import { digestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { KubernetesObject } from '../../domain/ports';
import type { CaptureBody, Observation, ReverterContext } from '../../domain/reverter';
import { trafficName, trafficPlace, type Traffic } from './traffic';
import { canaryTraffic } from './traffic-canary';
import type { Division, Following, TrafficKind } from './traffic-kind';
import { gatewayTraffic, istioTraffic } from './traffic-routes';
import { selectorTraffic } from './traffic-selector';
import { ownerOf } from './workload-owner';

const kinds: Readonly<Record<Traffic['kind'], TrafficKind>> = {
  HTTPRoute: gatewayTraffic,
  Ingress: canaryTraffic,
  Service: selectorTraffic,
  VirtualService: istioTraffic,
};

/** How objects of this kind divide traffic. */
export function kindOf({ kind }: Traffic): TrafficKind {
  return kinds[kind];
}

/** An object that divides traffic, as the server has it. */
export interface TrafficLook {
  /** Undefined where none is as good as one that sends nothing. */
  readonly object: KubernetesObject | undefined;
  readonly division: Division;
  readonly following: Following;
  readonly seen: Observation;
}

/** Reads the object and whether it is followed. Throws OBJECT_MISSING. */
export async function lookAtTraffic(target: Traffic, ctx: ReverterContext): Promise<TrafficLook> {
  const kind = kindOf(target);
  const read = await ctx.world.kubernetes.read(trafficName(target), ctx.signal);
  const object = read?.metadata.deletionTimestamp === undefined ? read : undefined;
  const division = object === undefined ? kind.whenMissing : kind.division(object);
  if (division === undefined) throw missing(target);
  const following =
    object === undefined ? { settled: true, seen: 'it is not there' } : await kind.following(target, object, ctx);
  const owner = object === undefined ? undefined : ownerOf(object)?.name;
  const seen: Observation = {
    fingerprint: trafficFingerprint(target, division),
    settled: following.settled,
    ...(owner === undefined ? {} : { owner }),
    health: 'unknown',
    summary: `${trafficPlace(target)}: ${kind.shown(division)}, ${following.seen}`,
    state: division,
    candidates: [],
  };
  return { object, division, following, seen };
}

/** Digest of what a division does to the traffic. */
export function trafficFingerprint(target: Traffic, division: Division): string {
  return digestOf({ kind: target.kind, effect: kindOf(target).effect(division) });
}

/** What a capture of this layer holds. */
export const capturedTraffic = z.object({ division: z.record(z.string(), z.json()) });

/** The division as it is now. Throws KUBERNETES_CONFLICT when it is no longer what was seen. */
export async function captureTraffic(target: Traffic, seen: Observation, ctx: ReverterContext): Promise<CaptureBody> {
  const { division, seen: now } = await lookAtTraffic(target, ctx);
  if (now.fingerprint === seen.fingerprint) return { division };
  throw new LastgoodError('KUBERNETES_CONFLICT', {
    what: `${trafficPlace(target)} was changed while it was being captured`,
  });
}

function missing(target: Traffic): LastgoodError {
  const { context } = target;
  const where = context === undefined ? 'in the current context' : `in context ${context}`;
  return new LastgoodError('OBJECT_MISSING', { what: `there is no ${trafficPlace(target)} ${where}` });
}
