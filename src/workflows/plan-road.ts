import type { LayerBatch, Opened, Planned, Scoped } from '../activities/answers';
import type { LayerActivities, ControlActivities } from '../activities/calls';
import { componentOf, type ComponentKey } from '../domain/identity';
import type { Outline, OutlineStep } from '../domain/plan';
import type { RollbackRequest } from '../domain/request';
import type { Outcome, StepRehearsal } from '../domain/rollback-event';
import { carrying, control, readingLayers } from './activities';
import type { Desk } from './desk';
import type { RollbackInput } from './messages';
import type { RollbackRecord } from './record';

/** What every part of the road is handed. */
export interface Road {
  readonly input: RollbackInput;
  readonly record: RollbackRecord;
  readonly desk: Desk;
  /** Makes a plan the one that the query `plan` answers with. */
  readonly showPlan: (outline: Outline) => void;
}

/** An end of the road, or the plan that goes on to approval. */
type PlanOutcome =
  | { readonly kind: 'planned'; readonly outline: Outline }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly why: string };

/** Observes, chooses, assesses, plans and rehearses: reads only, whatever happens. */
export async function planRoad(road: Road, opened: Opened, previousPlanRef: string | undefined): Promise<PlanOutcome> {
  const { record, input, showPlan } = road;
  record.enter('planning');
  const planned = await makePlan(road, opened, previousPlanRef);
  const { outline } = planned;
  record.planMarkdown = outline.markdown;
  showPlan(outline);
  const { planDigest, planRef, verdict, verdictText, targets, refusals } = outline;
  const units = outline.units.map(({ id, kind, components, line }) => ({ id, kind, components, line }));
  record.add({ kind: 'planned', planDigest, planRef, verdict, verdictText, targets, units, refusals });
  for (const note of planned.notes) record.add({ kind: 'noticed', note });
  for (const change of planned.changes) record.add({ kind: 'noticed', note: `the plan changed: ${change}` });
  if (planned.blocked) return { kind: 'ended', outcome: 'refused', why: outline.refusals[0] ?? verdictText };
  if (outline.units.length === 0)
    return { kind: 'ended', outcome: 'refused', why: 'nothing to do: everything is at its target already' };
  record.enter('rehearsing');
  const results = await rehearse(road, opened, outline);
  record.add({ kind: 'rehearsed', results });
  const failed = failureIn(results);
  if (failed !== undefined) return { kind: 'ended', outcome: 'refused', why: `the dry run failed: ${failed}` };
  return input.request.dryRun
    ? { kind: 'ended', outcome: 'rehearsed', why: 'a dry run: every step was rehearsed, nothing was touched' }
    : { kind: 'planned', outline };
}

async function makePlan(road: Road, opened: Opened, previousPlanRef: string | undefined): Promise<Planned> {
  const { record, input } = road;
  const request = previousPlanRef === undefined ? input.request : remaining(input.request, record);
  const { environment } = request;
  const { catalogDigest } = opened;
  const observationRefs = await onEveryQueue(opened.batches, ({ queue, layers }) =>
    readingLayers(queue, `observe ${layers.length} layers`).observe({ environment, catalogDigest, layers }),
  );
  const scoped = await carrying<Parameters<ControlActivities['scope']>[0], Scoped>(record, control.scope, {
    request,
    catalogDigest,
    observationRefs,
  });
  const { scopeRef } = scoped;
  const assessmentRefs = await onEveryQueue(scoped.batches, ({ queue, layers }) =>
    readingLayers(queue, `assess ${layers.length} layers`).assess({ environment, catalogDigest, scopeRef, layers }),
  );
  return carrying<Parameters<ControlActivities['plan']>[0], Planned>(record, control.plan, {
    request,
    catalogDigest,
    scopeRef,
    assessmentRefs,
    ...(previousPlanRef === undefined ? {} : { previousPlanRef }),
  });
}

/**
 * What is still to be brought back after drift. What this rollback has taken to its target already is no question any more:
 * asked about again it would walk down the history from there.
 */
function remaining(request: RollbackRequest, record: RollbackRecord): RollbackRequest {
  const { live } = record.progress;
  const isAsked = (key: ComponentKey): boolean =>
    request.components.some((name) => name === key || name === componentOf(key));
  const namesOf = (isBack: boolean): readonly ComponentKey[] =>
    live.filter(({ state }) => (state === 'target') === isBack).map(({ component }) => component);
  const left = namesOf(false);
  const asked = left.filter(isAsked);
  const back = namesOf(true);
  if (back.length > 0)
    record.add({
      kind: 'noticed',
      note: `${back.join(', ')} came back under the plan before; their checks are not watched again`,
    });
  return left.length === 0 ? request : { ...request, components: asked.length === 0 ? left : asked };
}

/** Rehearses every step of a plan. */
export async function rehearse(road: Road, opened: Opened, outline: Outline): Promise<readonly StepRehearsal[]> {
  const { record, input } = road;
  const { environment } = input.request;
  const { planRef } = outline;
  const { catalogDigest } = opened;
  type Input = Parameters<LayerActivities['rehearse']>[0];
  const results = await onEveryQueue(stepsByQueue(outline), ({ queue, steps }) =>
    carrying<Input, readonly StepRehearsal[]>(record, readingLayers(queue, `rehearse ${steps.length} steps`).rehearse, {
      environment,
      catalogDigest,
      planRef,
      steps: steps.map(({ id }) => id),
    }),
  );
  return results.flat();
}

/** The first failure of a rehearsal, as a sentence. */
export function failureIn(results: readonly StepRehearsal[]): string | undefined {
  const failure = results.find(({ result }) => result === 'failed');
  return failure === undefined ? undefined : `${failure.step}: ${failure.why ?? failure.level}`;
}

/** Steps of a plan per task queue, queues in order of first appearance. */
export function stepsByQueue({
  units,
}: Outline): readonly { readonly queue: string; readonly steps: readonly OutlineStep[] }[] {
  const byQueue = new Map<string, OutlineStep[]>();
  for (const step of units.flatMap(({ steps }) => steps)) {
    byQueue.set(step.queue, [...(byQueue.get(step.queue) ?? []), step]);
  }
  return [...byQueue].map(([queue, steps]) => ({ queue, steps }));
}

function onEveryQueue<Batch extends Pick<LayerBatch, 'queue'>, Value>(
  batches: readonly Batch[],
  run: (batch: Batch) => Promise<Value>,
): Promise<Value[]> {
  return Promise.all(batches.map(run));
}
