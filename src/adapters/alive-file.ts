import { rm, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** How often the file is touched. In ms. */
const everyMs = 10_000;

/**
 * Touches a file while the event loop turns, for a probe that looks at its age, until `over`; then it is removed. Without a
 * path it does nothing. A disk that is full for a moment is no reason to stop.
 */
export async function keepAlive(path: string | undefined, over: AbortSignal, pauseMs = everyMs): Promise<void> {
  if (path === undefined || path === '') return;
  while (!over.aborted) {
    await touch(path).catch(() => undefined);
    await delay(pauseMs, undefined, { signal: over }).catch(() => undefined);
  }
  await rm(path, { force: true });
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => writeFile(path, ''));
}
