import type { LayerStep, Measurement, Reverter, ReverterContext } from '../domain/reverter';
import { revertBy, targetSchema, watchUntil } from './define';
import { settledRelation } from './parts/settled-relation';
import { traffic, trafficName, type Traffic } from './parts/traffic';
import { assessTraffic } from './parts/traffic-assess';
import { captureTraffic, kindOf, lookAtTraffic, type TrafficLook } from './parts/traffic-look';
import { divisionOf, rehearseTraffic, writeTraffic } from './parts/traffic-write';
import { objectPlace } from './parts/workload';

/**
 * Who gets the traffic: the selector of a Service, the weights of an HTTPRoute or a VirtualService, the canary of
 * ingress-nginx. The fingerprint covers what the division does, however it is written: 9 to 1 is 90 to 10.
 */
export const kubernetesTraffic: Reverter<Traffic> = {
  layer: 'kubernetes-traffic',
  about: 'Sends traffic back to the side that had it: by a selector, by weights, all at once or in steps.',
  target: targetSchema(traffic, (target) => [objectPlace(trafficName(target))]),
  limits: ({ settle }) => ({ attemptMs: 60_000, heartbeatMs: 10_000, attempts: 5, settleMs: settle }),
  observe: async (target, ctx) => (await lookAtTraffic(target, ctx)).seen,
  capture: captureTraffic,
  assess: (target, _seen, wanted, ctx) => assessTraffic(target, wanted, ctx),
  relate: settledRelation,
  dryRun: rehearseTraffic,
  revert: (target, step, ctx) => {
    const look = (): Promise<TrafficLook> => lookAtTraffic(target, ctx);
    return revertBy({ look, relate: settledRelation, write: (seen) => writeTraffic(target, step, seen, ctx) }, step);
  },
  verify,
};

async function verify(target: Traffic, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const kind = kindOf(target);
  const { seen, division, following } = await watchUntil(
    ctx,
    target.settle,
    () => lookAtTraffic(target, ctx),
    (look) => settledRelation(look.seen, step) !== 'between',
  );
  return [
    {
      name: 'traffic',
      ok: seen.fingerprint === step.to,
      seen: kind.shown(division),
      expected: kind.shown(divisionOf(step)),
    },
    { name: 'followed', ok: following.settled, seen: following.seen },
  ];
}
