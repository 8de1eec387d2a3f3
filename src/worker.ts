import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type LogEntry,
  type WorkerOptions,
} from '@temporalio/worker';
import pino from 'pino';
import { createActivities } from './activities';
import type { ActivityWorld } from './activities/world';
import { keepAlive } from './adapters/alive-file';
import { readCatalogFiles } from './adapters/catalog-files';
import { openInventory } from './adapters/inventory';
import { sampleCheck } from './adapters/probe';
import { createWorld } from './adapters/world';
import { connectionOf, openTemporal, type TemporalDoor } from './client/temporal';
import { keepSweeping } from './client/sweep';
import { parseCatalog } from './contract';
import { readSettings, type Settings } from './contract/settings';
import { digestOfBytes } from './digest';
import type { Catalog } from './domain/catalog';
import { asLastgoodError, LastgoodError } from './domain/errors';
import { reverters } from './reverters';
import { dataConverter } from './temporal/data-converter';
import { controlQueue, layerQueue } from './temporal/names';

/** Cached workflows; each costs about a tenth of a megabyte. */
const maxCachedWorkflows = 500;

/** By itself the SDK waits for four fifths of a heartbeat timeout; a busy machine needs more air than the last fifth. */
const maxHeartbeatThrottleInterval = '1.5 s';

/** How often a worker looks for rollbacks whose workflow was ended from outside, in ms. */
const sweepEveryMs = 30_000;

/** Runs until SIGINT or SIGTERM: the control queue, and one queue per credential domain that this worker serves. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = pino({ name: 'worker' }, pino.destination(2));
  Runtime.install({
    logger: new DefaultLogger('WARN', (entry) => forward(log, entry)),
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  });
  const inventory = await openInventory({
    databaseUrl: settings.databaseUrl,
    ...(settings.captureKey === undefined ? {} : { captureKey: settings.captureKey }),
  });
  const door = await openTemporal(settings.temporal, 'lastgood-worker');
  const { connectionOptions, namespace } = connectionOf(settings.temporal);
  const connection = await NativeConnection.connect(connectionOptions);
  const world: ActivityWorld = {
    inventory,
    outside: createWorld(),
    reverters,
    readCatalogs: () => readCatalogs(settings),
    sampleCheck: (check, signal) => sampleCheck(check, createWorld(), Date.now(), signal),
    isOpen: (workflowId) => isOpen(door, workflowId),
    writeReport: (name, text) => writeReport(settings.reportsDir, name, text),
    now: () => Date.now(),
  };
  const { control, layers } = createActivities(world);
  const shared = {
    connection,
    namespace: namespace ?? 'default',
    dataConverter,
    shutdownGraceTime: '10 s',
    shutdownForceTime: '20 s',
    maxHeartbeatThrottleInterval,
  } satisfies Omit<WorkerOptions, 'taskQueue'>;
  const queues = await layerQueues(settings);
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      ...workflowSource(settings),
      taskQueue: controlQueue,
      activities: control,
      maxCachedWorkflows,
      stickyQueueScheduleToStartTimeout: '3 s',
    }),
    ...queues.map((taskQueue) => Worker.create({ ...shared, taskQueue, activities: layers })),
  ]);
  const build = workers[0]?.options.buildId;
  log.info({ queues: [controlQueue, ...queues], build }, 'worker is polling');
  const over = new AbortController();
  const alive = keepAlive(process.env['LASTGOOD_ALIVE_FILE'], over.signal);
  const sweeping = keepSweeping(
    { inventory, temporal: () => Promise.resolve(door) },
    sweepEveryMs,
    over.signal,
    (swept) =>
      'fault' in swept
        ? log.warn({ err: swept.fault }, 'the sweep failed; the next one comes')
        : log.info({ rollbacks: swept }, 'wrote off rollbacks that nobody goes on with, and freed what they held'),
  );
  await Promise.all(workers.map((worker) => worker.run()));
  over.abort();
  await Promise.all([sweeping, alive]);
  await Promise.all([connection.close(), door.close(), inventory.close()]);
}

type WorkflowSource = Pick<
  WorkerOptions,
  'workflowBundle' | 'workflowsPath' | 'interceptors' | 'workerDeploymentOptions'
>;

/** The bundle of the build where there is one; in a source tree the SDK bundles at start. */
function workflowSource(settings: Settings): WorkflowSource {
  const codePath = join(__dirname, 'workflow-bundle.js');
  if (existsSync(codePath)) {
    const buildId = digestOfBytes(readFileSync(codePath)).slice('sha256:'.length).slice(0, 12);
    return { workflowBundle: { codePath }, workerDeploymentOptions: deploymentOf(settings, buildId) };
  }
  return {
    workflowsPath: require.resolve('./workflows'),
    interceptors: { workflowModules: [require.resolve('./workflows/sender')] },
    workerDeploymentOptions: deploymentOf(settings, 'source'),
  };
}

/** Which build this is, shown in every history. The server shares out work by it only if the settings ask for that. */
function deploymentOf(
  { versioning }: Settings,
  buildId: string,
): NonNullable<WorkerOptions['workerDeploymentOptions']> {
  const version = { deploymentName: 'lastgood', buildId };
  if (versioning === undefined) return { version, useWorkerVersioning: false };
  const defaultVersioningBehavior = versioning === 'pinned' ? 'PINNED' : 'AUTO_UPGRADE';
  return { version, useWorkerVersioning: true, defaultVersioningBehavior };
}

/** Every credential domain that the catalog names, or those of LASTGOOD_CREDENTIALS alone. */
async function layerQueues(settings: Settings): Promise<readonly string[]> {
  if (settings.credentials.length > 0) return settings.credentials.map(layerQueue);
  const catalogs = await readCatalogs(settings);
  const named = catalogs.flatMap(({ components }) =>
    Object.values(components).flatMap(({ layers }) => layers.map(({ credentials }) => credentials)),
  );
  return [...new Set(['default', ...named])].sort().map(layerQueue);
}

async function readCatalogs({ catalogPath }: Settings): Promise<readonly Catalog[]> {
  if (catalogPath === undefined)
    throw new LastgoodError('CATALOG_NOT_FOUND', { what: 'LASTGOOD_CATALOG is not set on this worker' });
  const parsed = parseCatalog(
    await readCatalogFiles(catalogPath),
    new Map([...reverters].map(([name, { target }]) => [name, target])),
  );
  if (parsed.ok) return parsed.catalogs;
  throw (
    parsed.errors[0] ?? new LastgoodError('CATALOG_INVALID', { what: `the catalog ${catalogPath} can not be read` })
  );
}

/** Whichever run of it: a long rollback goes on in a fresh one, and the locks of a workflow pass from run to run. */
async function isOpen({ client }: TemporalDoor, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return false;
    throw thrown;
  }
}

async function writeReport(dir: string, name: string, text: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

function forward(log: pino.Logger, { level, message, meta }: LogEntry): void {
  const at = level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'info';
  log[at](meta ?? {}, message);
}

main().then(
  // The SDK's runtime keeps native threads; nothing of ours is left to do.
  () => process.exit(0),
  (thrown: unknown) => {
    const error = asLastgoodError(thrown);
    process.stderr.write(`${error.message}\n`);
    process.exit(error.exitCode);
  },
);
