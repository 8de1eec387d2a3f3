import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres';
import { migrate } from '../../src/adapters/inventory';
import { nextFreePort } from '../../src/adapters/ports';
import { obtainTemporal } from '../../src/adapters/temporal-binary';
import { startTemporal } from '../../src/adapters/temporal-server';
import { chainShape, RoadTest } from '../../test/workflows/road';

/** Components of the chain, and repetitions of each measurement. */
const chain = 10;
const repetitions = 7;

/** Activities that our road runs between the approval and `restored`: locks, drift, marks, two a step, the return. */
const activitiesBetween = 3 + 2 * chain;

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lastgood-bench-'));
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const temporal = await startTemporal({
    dataDir: join(dataDir, 'temporal'),
    binary: await obtainTemporal({ env: process.env, tell }),
    port: await nextFreePort(17_333),
    uiPort: await nextFreePort(18_333),
  });
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  try {
    await migrate(postgres.url);
    await measure(temporal.address, postgres.url);
  } finally {
    await postgres.stop();
    await temporal.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(address: string, databaseUrl: string): Promise<void> {
  const bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows'),
    payloadConverterPath: require.resolve('../../src/temporal/payload-converter'),
    workflowInterceptorModules: [require.resolve('../../src/workflows/sender')],
  });
  const ours: number[] = [];
  const floor: number[] = [];
  let events = 0;
  for (let index = 0; index <= repetitions; index += 1) {
    const road = await rollBack(address, databaseUrl, bundle, index);
    const bare = await runBare(address);
    // The first pair warms the servers and the compilers up.
    if (index === 0) continue;
    ours.push(road.ms);
    floor.push(bare);
    events = road.events;
  }
  print(ours, floor, events, bundle);
}

async function rollBack(address: string, databaseUrl: string, bundle: WorkflowBundleWithSourceMap, run: number) {
  const road = new RoadTest(chainShape(chain), `bench-${run}`);
  await road.open(address, databaseUrl, bundle);
  try {
    const handle = await road.start(['c0']);
    await road.openAsk(handle);
    await road.approve(handle);
    await road.result(handle);
    const progress = await road.progressOf(handle);
    const { historyLength } = await handle.describe();
    return { ms: (progress.restoredAtMs ?? 0) - (progress.approvedAtMs ?? 0), events: historyLength };
  } finally {
    await road.close();
  }
}

async function runBare(address: string): Promise<number> {
  const taskQueue = `bare-${randomUUID()}`;
  const connection = await NativeConnection.connect({ address });
  const door = await Connection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: require.resolve('./workflow'),
    activities: { noop: () => Promise.resolve(null) },
  });
  const ms = await worker.runUntil(async () => {
    const { workflow } = new Client({ connection: door });
    const handle = await workflow.start('bare', { taskQueue, workflowId: taskQueue, args: [activitiesBetween] });
    await handle.signal('go');
    return handle.result() as Promise<number>;
  });
  await door.close();
  await connection.close();
  return ms;
}

function print(
  ours: readonly number[],
  floor: readonly number[],
  events: number,
  { code }: WorkflowBundleWithSourceMap,
): void {
  const ratio = median(ours) / median(floor);
  const line = (name: string, text: string): void => void process.stdout.write(`${name.padEnd(44)}${text}\n`);
  line(
    `rollback of a ${chain}-component chain`,
    `${median(ours)} ms from approval to restored (median of ${ours.length})`,
  );
  line(`bare workflow, ${activitiesBetween} no-op activities`, `${median(floor)} ms`);
  line('ratio', `${ratio.toFixed(2)}   (aim ≤ 1.5)`);
  line('events of the whole rollback per step', `${(events / chain).toFixed(1)}   (${events} events, aim ≤ 18)`);
  const bytes = code.indexOf('//# sourceMappingURL=data:');
  line('workflow bundle without its source map', `${Math.round(bytes / 1024)} KB   (aim < 700)`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`${String(thrown)}\n`);
    process.exit(1);
  },
);
