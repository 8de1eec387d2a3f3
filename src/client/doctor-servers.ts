import { temporal } from '@temporalio/proto';
import { componentKeys, layersOf } from '../domain/catalog-view';
import type { Catalog } from '../domain/catalog';
import { finding, type Finding } from '../domain/custody';
import { controlQueue, layerQueue, searchAttributes } from '../temporal/names';
import type { Custody } from './run-standing';
import { asking, type TemporalDoor } from './temporal';

/** Search attributes of ours that the Temporal namespace does not know: no rollback can be started without them. */
export async function unknownAttributes(door: TemporalDoor): Promise<readonly Finding[]> {
  const { client } = door;
  const { namespace } = client.options;
  const { customAttributes } = await asking(door, 'list the search attributes', () =>
    client.connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = Object.values(searchAttributes).filter(({ name }) => !Object.hasOwn(customAttributes, name));
  const types = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;
  return missing.map(({ name, type }) =>
    finding(
      'SEARCH_ATTRIBUTES',
      `the namespace "${namespace}" does not know ${name}`,
      'no rollback can be started without it',
      `temporal operator search-attribute create --name ${name} --type ${types[type]}`,
    ),
  );
}

/** A worker that is alive asks for work at least once a minute (the server's long poll). */
const silentAfterMs = 70_000;

/** Task queues that nobody polls: that of the workflows, and one for each credential domain of the current catalogs. */
export async function silentQueues(custody: Custody, door: TemporalDoor): Promise<readonly Finding[]> {
  const queues = [...new Set([controlQueue, ...(await layerQueues(custody))])].sort();
  const silent = await Promise.all(queues.map(async (queue) => ((await isPolled(door, queue)) ? [] : [queue])));
  return silent.flat().map((queue) => {
    const credentials = queue === controlQueue ? undefined : queue.slice(`${controlQueue}-`.length);
    const why = credentials === undefined ? 'rollbacks wait' : `layers with the credentials "${credentials}" wait`;
    return finding('NO_WORKER', `no worker polls the task queue ${queue}`, why, 'lastgood worker');
  });
}

async function layerQueues({ inventory }: Custody): Promise<readonly string[]> {
  const { catalogs } = inventory;
  const current = await Promise.all(
    (await catalogs.environments()).map((environment) => catalogs.current(environment)),
  );
  return current.flatMap((one) => {
    if (one === undefined) return [];
    const catalog = one.catalog as unknown as Catalog;
    return componentKeys(catalog).flatMap((key) =>
      layersOf(catalog, key).map(({ credentials }) => layerQueue(credentials)),
    );
  });
}

async function isPolled(door: TemporalDoor, queue: string): Promise<boolean> {
  const { client } = door;
  const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = temporal.api.enums.v1.TaskQueueType;
  const taskQueueType = queue === controlQueue ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY;
  const { pollers } = await asking(door, `who polls ${queue}`, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType,
    }),
  );
  return pollers.some(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > Date.now() - silentAfterMs,
  );
}
