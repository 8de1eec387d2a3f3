import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { RoadTest, type Shape } from '../test/workflows/road';
import type { Stand } from './stand';

/** One rollback: ms from the approval to `restored`, and the length and size of its history. */
export interface Timed {
  readonly ms: number;
  readonly events: number;
  readonly bytes: number;
}

/** What each write waits for: a duration, or a call that takes one. */
export type Writing = (name: string) => Promise<unknown>;

/** A road in an environment of its own, whose layers take their time, with a slot for every component. */
export async function openTimedRoad(stand: Stand, shape: Shape, write: Writing): Promise<RoadTest> {
  const road = new RoadTest(shape, `bench-${randomUUID().slice(0, 8)}`);
  const { policies } = road.catalog;
  const maxConcurrentUnits = Math.max(1, Object.keys(shape.bad).length);
  road.catalog = { ...road.catalog, policies: { ...policies, maxConcurrentUnits } };
  road.layers.beforeWrite = async (name) => void (await write(name));
  await road.open(stand.address, stand.databaseUrl, stand.bundle);
  return road;
}

/** A write that takes this long. */
export function taking(durationMs: number): Writing {
  return () => delay(durationMs);
}

/** Makes everything bad again and rolls back from these components, approved as soon as asked. */
export async function rollBack(road: RoadTest, shape: Shape, components: readonly string[]): Promise<Timed> {
  for (const [name, version] of Object.entries(shape.bad)) road.layers.versions.set(name, version);
  const handle = await road.start(components);
  await road.approve(handle);
  return timed(road, handle);
}

/** Waits for the end. Throws when the rollback did not restore everything: a figure of a failed run means nothing. */
export async function timed(road: RoadTest, handle: WorkflowHandle): Promise<Timed> {
  const { outcome, why } = await road.result(handle);
  // On a busy machine the checks of the confirmation may come too late; the figures end at `restored`.
  const isRestored = outcome === 'confirmed' || outcome === 'restored-unconfirmed';
  if (!isRestored) throw new Error(`the rollback ended as ${outcome}: ${why}`);
  const { restoredAtMs = 0, approvedAtMs = 0 } = await road.progressOf(handle);
  const { historyLength, historySize = 0 } = await handle.describe();
  return { ms: restoredAtMs - approvedAtMs, events: historyLength, bytes: historySize };
}
