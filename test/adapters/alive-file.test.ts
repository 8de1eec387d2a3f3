import { existsSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keepAlive } from '../../src/adapters/alive-file';

const directory = mkdtempSync(join(tmpdir(), 'lastgood-alive-'));
const path = join(directory, 'alive');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('touches its file again and again, and takes it away at the end', async () => {
  const over = new AbortController();
  const done = keepAlive(path, over.signal, 5);
  while (!existsSync(path)) await delay(5);
  utimesSync(path, new Date(0), new Date(0));
  while (statSync(path).mtimeMs === 0) await delay(5);
  over.abort();
  await done;
  expect(existsSync(path)).toBe(false);
});

it('outlives a directory that is not there, and does nothing without a path', async () => {
  const over = new AbortController();
  const done = keepAlive(join(directory, 'none', 'alive'), over.signal, 5);
  await delay(20);
  over.abort();
  expect(await done).toBeUndefined();
  expect(await keepAlive(undefined, new AbortController().signal)).toBeUndefined();
});
