import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Where threads are asked for their heap and answer with it. */
export const heapChannel = 'lastgood-bench-heap';

/** What one thread holds after a full collection. */
export interface HeapAnswer {
  readonly heapBytes: number;
}

// Preloaded with --require, so that it also runs inside of the SDK's workflow threads, whose heaps nobody else can see.
if (!isMainThread) {
  const channel = new BroadcastChannel(heapChannel);
  channel.unref();
  channel.addEventListener('message', (event) => {
    if ((event as MessageEvent).data !== 'tell') return;
    globalThis.gc?.();
    globalThis.gc?.();
    const answer: HeapAnswer = { heapBytes: process.memoryUsage().heapUsed };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- between threads there is no origin
    channel.postMessage(answer);
  });
}
