import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

const { noop } = proxyActivities<{ noop(input: unknown): Promise<null> }>({ startToCloseTimeout: '10 s' });

/** The bare engine: waits for one signal, then runs `count` no-op activities one after the other. */
export async function bare(count: number): Promise<number> {
  let go = false;
  setHandler(defineSignal('go'), () => {
    go = true;
  });
  await condition(() => go);
  const startedMs = Date.now();
  for (let index = 0; index < count; index += 1) await noop({ index });
  return Date.now() - startedMs;
}
