import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../domain/reverter';
import { ownedElsewhere, ownerRisks } from './owned-object';
import { trafficPlace, type Traffic } from './traffic';
import type { Division } from './traffic-kind';
import { capturedTraffic, kindOf, lookAtTraffic, trafficFingerprint, type TrafficLook } from './traffic-look';
import { notReady } from './traffic-ready';

/** The way back to the captured division: one step, or several with looks at the checks between them. */
export async function assessTraffic(target: Traffic, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const { version, capture } = wanted;
  if (capture === undefined) return neverCaptured(target, version);
  const goal = capturedTraffic.parse(await ctx.capture(capture)).division;
  const look = await lookAtTraffic(target, ctx);
  const to = trafficFingerprint(target, goal);
  if (look.seen.fingerprint === to && look.following.settled) return { kind: 'at-target', fingerprint: to };
  const refused = refusal(target, look, goal, version);
  if (refused !== undefined) return refused;
  const sides = await kindOf(target).sides(target, look.division, goal, ctx);
  const lacking = await notReady(target, sides, ctx);
  if (lacking !== undefined) return unavailable('SIDE_NOT_READY', lacking.why, lacking.remedy);
  return {
    kind: 'steps',
    steps: stepsTo(target, look, goal, version),
    loses: [],
    cannotUndo: [],
    risks: [
      ...sides.unknown.map((name) => `whether ${name}, which gets more traffic, is ready can not be seen here`),
      ...(look.object === undefined ? [] : ownerRisks(look.object)),
    ],
    sources: [{ kind: 'captured division', available: true }],
  };
}

/** Each step carries its whole goal, and the states that the ones before it lead through, so that it can be rehearsed early. */
function stepsTo(
  target: Traffic,
  { seen, division }: TrafficLook,
  goal: Division,
  version: string,
): readonly LayerStep[] {
  const kind = kindOf(target);
  const steps: LayerStep[] = [];
  let [from, before] = [seen.fingerprint, division];
  for (const next of waypoints(target, division, goal)) {
    const to = trafficFingerprint(target, next);
    const path = steps.map((step) => step.from);
    const isLast = next === goal;
    steps.push({
      from,
      to,
      goal: { version, division: next, path },
      guard: 'atomic',
      reversibility: 'reversible',
      summary: `${trafficPlace(target)}: ${kind.shown(before)} → ${kind.shown(next)}`,
      impact: kind.impact,
      ...(isLast ? {} : { checkAfterMs: target.hold ?? 60_000 }),
      estimateMs: 1_000,
    });
    [from, before] = [to, next];
  }
  return steps;
}

/** The divisions on the way, without those that change nothing; the last is the goal itself. */
function waypoints(target: Traffic, now: Division, goal: Division): readonly Division[] {
  const percents = target.mode === 'gradual' ? (target.weights ?? [10, 50, 100]) : [100];
  const between = percents
    .slice(0, -1)
    .map((percent) => kindOf(target).between(now, goal, percent))
    .filter((division) => division !== undefined);
  const end = trafficFingerprint(target, goal);
  const known = new Set([trafficFingerprint(target, now), end]);
  const different = between.filter((division) => {
    const fingerprint = trafficFingerprint(target, division);
    const isNew = !known.has(fingerprint);
    known.add(fingerprint);
    return isNew;
  });
  return [...different, goal];
}

function refusal(
  target: Traffic,
  { object, division }: TrafficLook,
  goal: Division,
  version: string,
): LayerPlan | undefined {
  const place = trafficPlace(target);
  const again = 'deploy it again as of that release through its pipeline, and plan again';
  if (object === undefined)
    return unavailable('OBJECT_MISSING', `${place} is not there, and under ${version} it had traffic`, again);
  const owned = ownedElsewhere(place, object);
  if (owned !== undefined) return owned;
  const obstacle = kindOf(target).obstacle(division, goal);
  if (obstacle === undefined) return undefined;
  return unavailable(
    'ROUTE_CHANGED',
    `${place} can not come back to ${version} by shifting traffic: ${obstacle}`,
    again,
  );
}

function neverCaptured(target: Traffic, version: string): LayerPlan {
  const why = `how ${trafficPlace(target)} divided its traffic under ${version} was never captured, and Kubernetes keeps no history of it`;
  return unavailable('CAPTURE_MISSING', why, 'choose another release with --to', 'or set it by hand and plan again');
}

function unavailable(code: string, why: string, ...compensation: readonly string[]): LayerPlan {
  return { kind: 'refused', reason: 'unavailable', code, why, compensation };
}
