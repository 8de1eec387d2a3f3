import { BroadcastChannel } from 'node:worker_threads';
import type { WorkflowHandle } from '@temporalio/client';
import { print } from '../figures';
import { onStand } from '../stand';
import { chainShape, RoadTest } from '../../test/workflows/road';
import { heapChannel, type HeapAnswer } from './heap-teller';

/** Rollbacks that wait for approval; the first ones fill the caches that all of them share. */
const warmUps = 20;
const measured = 200;
const components = 10;

/** Memory of the process and, after a full collection, of the heaps of its workflow threads. */
interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

onStand(async ({ address, databaseUrl, bundle }) => {
  const road = new RoadTest(chainShape(components), 'bench');
  await road.open(address, databaseUrl, bundle);
  await waiting(road, warmUps);
  const before = await memoryNow();
  const handles = await waiting(road, measured);
  const after = await memoryNow();
  for (const handle of handles) await handle.terminate('the bench is over');
  await road.close();
  const each = (bytes: number): string => `${Math.round(bytes / measured / 1024)} KB`;
  const what = `rollback of ${components} components, waiting for approval`;
  print(`${what}: heap`, each(after.heapBytes - before.heapBytes), '< 200 KB');
  print(`${what}: process`, each(after.rssBytes - before.rssBytes));
});

/** Opens rollbacks a few at a time and answers when all of them wait for their approval, cached by the worker. */
async function waiting(road: RoadTest, count: number): Promise<readonly WorkflowHandle[]> {
  const handles: WorkflowHandle[] = [];
  while (handles.length < count) {
    const some = await Promise.all(Array.from({ length: 10 }, () => road.start(['c0'])));
    await Promise.all(some.map((handle) => road.openAsk(handle)));
    handles.push(...some);
  }
  return handles;
}

/** Asks every workflow thread; threads that hold no workflow answer as well, and their heaps do not change. */
async function memoryNow(): Promise<Memory> {
  // Whatever is still being written settles first, or it would be counted.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const channel = new BroadcastChannel(heapChannel);
  let heapBytes = 0;
  channel.addEventListener('message', (event) => {
    heapBytes += ((event as MessageEvent).data as HeapAnswer).heapBytes;
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there is no origin
  channel.postMessage('tell');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  channel.close();
  globalThis.gc?.();
  return { rssBytes: process.memoryUsage().rss, heapBytes };
}
