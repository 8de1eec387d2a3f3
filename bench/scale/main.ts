import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { pageOf } from '../../src/domain/progress-pages';
import { statusQuery } from '../../src/workflows/messages';
import { lanesShape, RoadTest } from '../../test/workflows/road';
import { print } from '../figures';
import { onStand } from '../stand';

/** A thousand components: fifty chains of twenty. Every twentieth step fails, half of them until their attempts are over. */
const [lanes, length] = [50, 20];
const everyNthFails = 20;

/** Limits of a history that Temporal advises, and of one value in it from which on it warns. */
const [eventsAtMost, bytesAtMost, valueAtMost] = [4_096, 4 * 1024 * 1024, 512 * 1024];
const queryAtMost = 256 * 1024;

onStand(async ({ address, databaseUrl, bundle }) => {
  const shape = lanesShape(lanes, length);
  const road = new RoadTest(shape, 'bench');
  const { policies } = road.catalog;
  road.catalog = {
    ...road.catalog,
    policies: { ...policies, onFailure: 'retry', maxConcurrentUnits: 20, confirmWithinMs: 300_000 },
  };
  await road.open(address, databaseUrl, bundle);
  const names = Object.keys(shape.bad);
  const failing = names.filter((_name, at) => at % everyNthFails === 7);
  failing.forEach((name, at) => road.layers.failures.set(name, at % 2 === 0 ? 1 : 2));
  const handle = await road.start(names.filter((name) => name.endsWith('-0')));
  await road.openAsk(handle);
  const startedMs = Date.now();
  await road.approve(handle);
  const queryBytes = await watch(handle);
  const { outcome, why, live } = await road.result(handle);
  const isThere = names.every((name) => live[name] === shape.good[name]);
  if (outcome !== 'confirmed' || !isThere) throw new Error(`the rollback ended as ${outcome}: ${why}`);
  const changes = road.changes();
  print(`components, and steps that failed at first`, `${names.length}, ${failing.length}`);
  print(
    'changes that the outside saw, and different ones',
    `${changes.length}, ${new Set(changes).size}`,
    `${names.length}`,
  );
  print('approval to the end', `${Math.round((Date.now() - startedMs) / 1_000)} s`);
  await tellRuns(road, handle);
  const { lastSeq } = await road.progressOf(handle);
  const whole = await road.progressOf(handle);
  const pages = Array.from({ length: pageOf(whole, 0).pages ?? 1 }, (_one, at) => sizeOf(pageOf(whole, at)));
  print(
    'whole record, and its largest page',
    `${kilobytes(sizeOf(whole))}, ${kilobytes(Math.max(...pages))}`,
    `< ${kilobytes(queryAtMost)}`,
  );
  print('largest answer to a status query while it ran', kilobytes(queryBytes), `< ${kilobytes(queryAtMost)}`);
  print('events of the record', String(lastSeq + 1));
  await road.close();
});

/** The largest status answer until the rollback has ended. */
async function watch(handle: WorkflowHandle): Promise<number> {
  let largest = 0;
  for (;;) {
    // A busy machine may not answer in time; the next look will do.
    const page = await handle.query(statusQuery).catch(() => undefined);
    largest = Math.max(largest, page === undefined ? 0 : sizeOf(page));
    if ((await handle.describe()).status.name !== 'RUNNING') return largest;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function tellRuns(road: RoadTest, { workflowId }: WorkflowHandle): Promise<void> {
  const runs = road.client.workflow.list({ query: `WorkflowId = "${workflowId}"` });
  for await (const { runId, historyLength, historySize = 0 } of runs) {
    const { events = [] } = await road.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const sizes = (events ?? []).map((event) => temporal.api.history.v1.HistoryEvent.encode(event).finish().length);
    const largest = Math.max(...sizes);
    print(`history of run ${runId.slice(-4)}: events`, String(historyLength), `≤ ${eventsAtMost}`);
    print(`history of run ${runId.slice(-4)}: size`, kilobytes(historySize), `≤ ${kilobytes(bytesAtMost)}`);
    print(`history of run ${runId.slice(-4)}: largest event`, kilobytes(largest), `< ${kilobytes(valueAtMost)}`);
  }
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}
