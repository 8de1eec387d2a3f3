import { workflowInfo } from '@temporalio/workflow';
import type { Drifted, LayerBatch, Locked, Opened } from '../activities/answers';
import type { ControlActivities, LayerActivities } from '../activities/calls';
import { byCodeUnit } from '../domain/identity';
import type { Outline } from '../domain/plan';
import { carrying, control, readingLayers } from './activities';
import { untouched } from './approval';
import { carryOut } from './carry-out';
import { eventsAtMost, goOn } from './go-on';
import { waitResumed, type Ended } from './hold';
import { passDeployments } from './pass-deployments';
import { stepsByQueue, type Road } from './plan-road';
import { reinstate } from './reinstate';
import type { UnitPlace } from './run-unit';
import { allWaiting, type UnitStates } from './unit-states';

/** How the reverting ended: go on to confirm, plan again (drift, or the bad releases partly put back), or the end of the road. */
export type RevertOutcome =
  { readonly kind: 'restored'; readonly place: UnitPlace } | { readonly kind: 'replan' } | Ended;

/** Takes the locks, looks again, marks the bad, dispatches, and asks a human when units fail. */
export async function revertAll(road: Road, opened: Opened, outline: Outline): Promise<RevertOutcome> {
  const { record, desk, input } = road;
  const { environment } = input.request;
  const over = await waitToBegin(road, opened);
  if (over !== undefined) return over;
  const locked = await takeLocks(road, outline);
  if (locked.kind === 'ended') return locked;
  if ((await findDrift(road, outline, locked.beside)).length > 0) return { kind: 'replan' };
  if (desk.rejected)
    return { kind: 'ended', outcome: 'rejected', why: `the plan was rejected before dispatch; ${untouched(record)}` };
  desk.begin();
  desk.steering.begin(opened.policies.onFailure);
  record.enter('reverting');
  await markBad(road, outline);
  const place = { environment, outline, fence: locked.fence, ...eventsAtMost(input) };
  return carryThrough(road, opened, place, allWaiting(outline.units));
}

/** Dispatches to the end of this plan, from wherever its units stand; over several runs when its history grows long. */
export async function carryThrough(
  road: Road,
  opened: Opened,
  place: UnitPlace,
  states: UnitStates,
): Promise<RevertOutcome> {
  const { desk } = road;
  for (;;) {
    const carried = { place, states, mayReinstate: true };
    const outcome = await carryOut(road, opened, carried);
    if (outcome.kind === 'ended') return outcome;
    if (outcome.kind === 'done') return { kind: 'restored', place };
    if (outcome.kind === 'drift') return { kind: 'replan' };
    if (outcome.kind === 'thawed') continue;
    if (outcome.kind === 'long') {
      await goOn(road, opened, place);
      continue;
    }
    const putBack = await reinstate(road, opened, place);
    if (putBack.kind === 'ended') return putBack;
    if (putBack.kind === 'partly') return { kind: 'replan' };
    desk.steering.holdAfterReinstate(opened.policies.resumeWithinMs);
  }
}

/** Somebody paused it while it waited for approval: nothing is locked before it goes on. */
async function waitToBegin(road: Road, opened: Opened): Promise<Ended | undefined> {
  while (road.desk.steering.paused !== undefined && road.desk.stopping === undefined) {
    const over = await waitResumed(road, opened);
    if (over !== undefined) return over;
  }
  return undefined;
}

async function takeLocks(
  road: Road,
  outline: Outline,
): Promise<({ readonly kind: 'locked' } & Pick<Locked, 'fence' | 'beside'>) | Ended> {
  const { record, input } = road;
  const { workflowId, runId } = workflowInfo();
  const components = componentsOf(outline);
  const { environment } = input.request;
  type Input = Parameters<ControlActivities['takeLocks']>[0];
  type Answer = Awaited<ReturnType<ControlActivities['takeLocks']>>['value'];
  const answer = await carrying<Input, Answer>(record, control.takeLocks, {
    environment,
    components,
    workflowId,
    runId,
    planRef: outline.planRef,
    catalogDigest: outline.catalogDigest,
  });
  if (!answer.taken)
    return { kind: 'ended', outcome: 'refused', why: `LOCK_HELD  ${answer.why}; ${untouched(record)}` };
  record.add({ kind: 'locked', fence: answer.fence });
  const { fence, beside } = answer;
  return (await passDeployments(road, outline, answer)) ?? { kind: 'locked', fence, beside };
}

/** Everything that is written to: a flag may belong to a component that does not move. */
function componentsOf({ targets, units }: Outline): readonly string[] {
  const touched = units.flatMap((unit) => unit.components);
  return [...new Set([...targets.map(({ component }) => component), ...touched])].sort(byCodeUnit);
}

/** Observes everything again, under the locks: what was approved must still be what is there, and beside it. */
async function findDrift(
  { record, input }: Road,
  outline: Outline,
  beside: readonly LayerBatch[],
): Promise<readonly Drifted[]> {
  const { planRef, catalogDigest } = outline;
  const { environment } = input.request;
  const steps = new Map(stepsByQueue(outline).map((batch) => [batch.queue, batch.steps.map(({ id }) => id)]));
  const layers = new Map(beside.map((batch) => [batch.queue, batch.layers]));
  type Input = Parameters<LayerActivities['findDrift']>[0];
  const found = await Promise.all(
    [...new Set([...steps.keys(), ...layers.keys()])].map((queue) =>
      carrying<Input, readonly Drifted[]>(record, readingLayers(queue, 'look again before the first write').findDrift, {
        environment,
        catalogDigest,
        planRef,
        steps: steps.get(queue) ?? [],
        beside: layers.get(queue) ?? [],
      }),
    ),
  );
  const drifted = found.flat();
  for (const { component, step, why } of drifted) record.add({ kind: 'drifted', component, step, why });
  return drifted;
}

async function markBad({ record, input }: Road, outline: Outline): Promise<void> {
  const { environment, reason, requester } = input.request;
  type Input = Parameters<ControlActivities['markBad']>[0];
  type Answer = Awaited<ReturnType<ControlActivities['markBad']>>['value'];
  const marked = await carrying<Input, Answer>(record, control.markBad, {
    environment,
    planRef: outline.planRef,
    reason,
    by: requester,
  });
  record.add({ kind: 'marked', ...marked });
}
