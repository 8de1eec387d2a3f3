import { workflowInfo } from '@temporalio/workflow';
import type { ControlActivities, Drifted, LayerActivities, Opened } from '../activities/calls';
import type { Choice } from '../domain/approval';
import type { Outline } from '../domain/plan';
import type { Outcome } from '../domain/progress';
import { announce, untouched } from './approval';
import { carrying, control, readingLayers } from './activities';
import { allWaiting, dispatch, type DispatchOutcome, type UnitStates } from './dispatch';
import { stepsByQueue, type Road } from './plan-road';

/** How the reverting ended: go on to confirm, plan again (drift), or the end of the road. */
type RevertOutcome =
  | { readonly kind: 'restored' }
  | { readonly kind: 'replan' }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly why: string };

/** Takes the locks, looks again, marks the bad, dispatches, and asks a human when units fail. */
export async function revertAll(road: Road, opened: Opened, outline: Outline): Promise<RevertOutcome> {
  const { record, desk, input } = road;
  const { environment } = input.request;
  const locked = await takeLocks(road, outline);
  if (locked.kind === 'ended') return locked;
  if ((await findDrift(road, outline)).length > 0) return { kind: 'replan' };
  if (desk.rejected)
    return { kind: 'ended', outcome: 'rejected', why: `the plan was rejected before dispatch; ${untouched(record)}` };
  desk.dispatched = true;
  record.enter('reverting');
  await markBad(road, outline);
  const states = allWaiting(outline.units);
  const place = { environment, outline, fence: locked.fence };
  for (;;) {
    const outcome = await dispatch(place, states, record, desk);
    const next = await afterDispatch(road, opened, outline, states, outcome);
    if (next !== undefined) return next;
    record.enter('reverting');
  }
}

async function afterDispatch(
  road: Road,
  opened: Opened,
  outline: Outline,
  states: UnitStates,
  outcome: DispatchOutcome,
): Promise<RevertOutcome | undefined> {
  const { record, desk } = road;
  switch (outcome.kind) {
    case 'done':
      return { kind: 'restored' };
    case 'stopped':
      return {
        kind: 'ended',
        outcome: 'stopped',
        why: `${desk.stopping ?? 'stopped'}; everything stays as the map shows`,
      };
    case 'drift':
      record.add({
        kind: 'drifted',
        component: componentOfStep(outline, outcome.step),
        step: outcome.step,
        why: outcome.why,
      });
      return { kind: 'replan' };
    case 'blocked':
      return askDecision(road, opened, outline, states, outcome.failed);
    default:
      return outcome;
  }
}

/** NEEDS A DECISION: waits for retry or stop. Undefined = dispatch again. */
async function askDecision(
  road: Road,
  opened: Opened,
  outline: Outline,
  states: UnitStates,
  failed: readonly string[],
): Promise<RevertOutcome | undefined> {
  const { record, desk } = road;
  record.enter('needs-decision');
  const question = `${failed.join(', ')} did not reach the target; what now?`;
  const choices = (): readonly Choice[] => decisionChoices(record.progress.rollback, failed);
  const ask = desk.open('decision', outline.planDigest, question, opened.policies.decideWithinMs, choices);
  await announce(road, opened, ask, question);
  const answer = await desk.wait(ask);
  if (answer === 'expired') {
    return {
      kind: 'ended',
      outcome: 'failed',
      why: `${failed.join(', ')} failed and nobody decided in time; everything stays as the map shows`,
    };
  }
  if (desk.stopping !== undefined) {
    return {
      kind: 'ended',
      outcome: 'stopped',
      why: `${desk.stopping} after ${failed.join(', ')} failed; everything stays as the map shows`,
    };
  }
  for (const { unit, by } of desk.retries.splice(0)) {
    states.set(unit, 'waiting');
    record.add({ kind: 'unit-retried', unit, by });
  }
  return undefined;
}

function decisionChoices(rollback: string, failed: readonly string[]): readonly Choice[] {
  return [
    ...failed.map((unit): Choice => ({
      action: 'retry',
      target: unit,
      consequence: `${unit} is tried again; its dependents wait for it`,
      command: `lastgood retry ${rollback} ${unit}`,
    })),
    {
      action: 'stop',
      consequence: 'everything stays as the map shows; nothing else starts',
      command: `lastgood stop ${rollback}`,
    },
  ];
}

async function takeLocks(
  { record, input }: Road,
  outline: Outline,
): Promise<{ readonly kind: 'locked'; readonly fence: number } | Extract<RevertOutcome, { kind: 'ended' }>> {
  const { workflowId, runId } = workflowInfo();
  const components = outline.targets.map(({ component }) => component);
  const { environment } = input.request;
  type Input = Parameters<ControlActivities['takeLocks']>[0];
  type Answer = Awaited<ReturnType<ControlActivities['takeLocks']>>['value'];
  const answer = await carrying<Input, Answer>(record, control.takeLocks, {
    environment,
    components,
    workflowId,
    runId,
  });
  if (!answer.taken)
    return { kind: 'ended', outcome: 'refused', why: `LOCK_HELD  ${answer.why}; ${untouched(record)}` };
  record.add({ kind: 'locked', fence: answer.fence });
  return { kind: 'locked', fence: answer.fence };
}

/** Observes everything again, under the locks: what was approved must still be what is there. */
async function findDrift({ record, input }: Road, outline: Outline): Promise<readonly Drifted[]> {
  const { planRef, catalogDigest } = outline;
  const { environment } = input.request;
  type Input = Parameters<LayerActivities['findDrift']>[0];
  const found = await Promise.all(
    stepsByQueue(outline).map(({ queue, steps }) =>
      carrying<Input, readonly Drifted[]>(record, readingLayers(queue, 'look again before the first write').findDrift, {
        environment,
        catalogDigest,
        planRef,
        steps: steps.map(({ id }) => id),
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

function componentOfStep({ units }: Outline, stepId: string): string {
  return units.flatMap(({ steps }) => steps).find(({ id }) => id === stepId)?.component ?? stepId;
}
