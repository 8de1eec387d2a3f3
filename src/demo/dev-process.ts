import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WriteStream } from 'node:fs';
import { LastgoodError } from '../domain/errors';
import { say } from './narration';
import { demoEnvironment, dist } from './programs';

/** A running `lastgood dev`. */
export interface RunningDev {
  readonly uiUrl: string;
  /** Process id of its worker at this moment. */
  workerPid(): number;
  stop(): Promise<void>;
}

/** Starts `lastgood dev` on the demo's own data directory and waits until it is ready; its lines are shown until then. */
export async function startDev(directory: string, catalog: string, log: WriteStream): Promise<RunningDev> {
  const data = join(directory, 'data');
  const child = spawn(process.execPath, [join(dist, 'dev/main.js'), '--data', data, '--catalog', catalog], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: demoEnvironment(directory),
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const ready = new Promise<void>((done) => {
    let shown = true;
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      if (shown) say(line);
      if (line === 'ready') {
        shown = false;
        done();
      }
    });
  });
  const died = ended.then(() => {
    throw new LastgoodError('SERVER_NOT_AVAILABLE', {
      what: 'lastgood dev ended before it was ready',
      next: `read ${join(directory, 'dev.log')}`,
    });
  });
  await Promise.race([ready, died]);
  // From here on it may end whenever it is told to.
  died.catch(() => undefined);
  const state = (): { readonly temporalUi?: string; readonly pids: Readonly<Record<string, number>> } =>
    JSON.parse(readFileSync(join(data, 'dev.json'), 'utf8')) as ReturnType<typeof state>;
  return {
    uiUrl: state().temporalUi ?? 'the UI of your own Temporal server',
    workerPid: () => state().pids['worker'] ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
