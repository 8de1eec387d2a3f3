import { progressOf } from '../domain/fold-progress';
import { pageOf, type ProgressPage } from '../domain/progress-pages';
import type { RollbackEvent } from '../domain/rollback-event';
import type { TakenUp } from './answers';
import type { ControlActivities } from './calls';
import { outlineFor } from './plan';
import type { PlanDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

/**
 * What a rollback needs that goes on in a fresh run: its plan, and what was begun of it. From now on it is known by that
 * run. A run that was reset to its first task finds that somebody else has taken it up: the run that was cut off.
 */
export async function takeUp(
  world: ActivityWorld,
  shelf: Shelf,
  { rollback, runId, continuedFrom, planRef, catalogDigest }: Parameters<ControlActivities['takeUp']>[0],
): Promise<TakenUp | { readonly wasReset: true }> {
  const { rollbacks } = world.inventory;
  const known = (await rollbacks.find(rollback))?.runId;
  if (continuedFrom !== undefined && known !== runId && known !== continuedFrom) return { wasReset: true };
  await rollbacks.goesOnAs(rollback, runId);
  const catalog = await shelf.catalog(catalogDigest);
  const document = await shelf.document<PlanDocument>(planRef);
  const outline = outlineFor(catalog, document.plan, document, planRef, catalogDigest);
  return { outline, begun: begunSteps(await rollbacks.events(rollback)) };
}

/** One page of the record as the inventory has it. */
export async function recall(
  world: ActivityWorld,
  { rollback, page }: Parameters<ControlActivities['recall']>[0],
): Promise<ProgressPage> {
  return pageOf(progressOf(await world.inventory.rollbacks.events(rollback)), page);
}

/** Steps of the present plan that were begun, of units that are not done. */
function begunSteps(events: readonly RollbackEvent[]): readonly string[] {
  const present = events.slice(events.findLastIndex(({ kind }) => kind === 'planned') + 1);
  const done = new Set(present.flatMap((event) => (event.kind === 'unit-verified' ? [event.unit] : [])));
  return present.flatMap((event) => (event.kind === 'step-started' && !done.has(event.unit) ? [event.step] : []));
}
