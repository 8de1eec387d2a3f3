import * as proto from '@temporalio/proto';
import { openInventory } from '../adapters/inventory';
import { openTemporal, type TemporalDoor, type TemporalSettings } from '../client/temporal';
import { LastgoodError } from '../domain/errors';
import { controlQueue } from '../temporal/names';
import type { Probe } from './server';

/** Where the servers are that the gateway needs. */
export interface ProbeSettings {
  readonly databaseUrl: string;
  readonly temporal: TemporalSettings;
}

/** Database, Temporal, and whether a worker polls: opened when first asked, so that the gateway starts before they do. */
export function createProbes(settings: ProbeSettings): readonly Probe[] {
  const inventory = kept(() => openInventory({ databaseUrl: settings.databaseUrl }));
  const temporal = kept(() => openTemporal(settings.temporal, 'lastgood-gateway'));
  return [
    { name: 'database', check: async () => (await inventory()).ready() },
    { name: 'temporal', check: async () => temporalAnswers(await temporal()) },
    { name: 'worker', check: async () => workerPolls(await temporal()) },
  ];
}

/** Opened when first asked for and kept; a failure is forgotten, so that the next one tries again. */
function kept<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined;
  return async () => {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
}

async function temporalAnswers({ client }: TemporalDoor): Promise<void> {
  await client.workflowService.getSystemInfo({});
}

/** A worker that is alive asks for work at least once a minute (the server's long poll), so this one has gone. */
const silentAfterMs = 70_000;

async function workerPolls({ client }: TemporalDoor): Promise<void> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: controlQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const seen = pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000);
  if (Math.max(0, ...seen) > Date.now() - silentAfterMs) return;
  throw new LastgoodError('WORKER_SILENT', { what: `no worker polls the task queue ${controlQueue}` });
}
