import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stopLeftover } from '../adapters/daemon';
import { readPostmaster, stopPostmaster } from '../adapters/embedded-postgres/postmaster';
import { temporalPidFile } from '../adapters/temporal-server';
import { LastgoodError } from '../domain/errors';
import { DevStart } from './dev-start';
import { demoEnvironment, dist } from './programs';

/** A running `lastgood dev`. */
export interface RunningDev {
  readonly uiUrl: string;
  /** Process id of its worker, Temporal server, … at this moment. */
  pid(name: DevProcess): number;
  /** Stops it in order; what it said after its start is in `dev.log`. */
  stop(): Promise<void>;
}

/** What can be killed of it. */
export type DevProcess = 'worker' | 'temporal' | 'postgres' | 'gateway';

/** What `startDev` needs besides the place. */
export interface DevHooks {
  /** Shows a line of its start. */
  readonly say: (line: string) => void;
  /** Ends a start that is under way. */
  readonly stopping: AbortSignal;
  /** Ends everything at once, also while it stops. */
  readonly hurrying: AbortSignal;
}

/**
 * Starts `lastgood dev` on `directory/data` and waits until it is ready. It has a process group of its own: Ctrl-C is for
 * us, who stop it when its time has come. Throws SERVER_NOT_AVAILABLE with what it said, and leaves nothing running then.
 */
export async function startDev(directory: string, catalog: string, hooks: DevHooks): Promise<RunningDev> {
  hooks.stopping.throwIfAborted();
  const data = join(directory, 'data');
  const child = spawn(process.execPath, [join(dist, 'dev/main.js'), '--data', data, '--catalog', catalog], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: demoEnvironment(directory),
    detached: true,
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  hooks.hurrying.addEventListener('abort', () => child.kill('SIGTERM'));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await untilReady(child, ended, directory, hooks);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const { temporalUi } = stateOf(directory);
  return {
    uiUrl: temporalUi ?? 'the UI of your own Temporal server',
    pid: (name) => stateOf(directory).pids[name] ?? 0,
    stop,
  };
}

/** Ends what a `lastgood dev` on `directory/data` has left that was killed together with its demo. */
export async function stopLeftDev(directory: string): Promise<void> {
  const inside = (path: string): string => join(directory, 'data', path);
  await stopLeftover(inside('run/dev.pid'), 30_000);
  for (const file of [inside('run/gateway.pid'), inside('run/worker.pid'), temporalPidFile(inside('temporal'))]) {
    await stopLeftover(file);
  }
  const postmaster = await readPostmaster(inside('postgres/data'));
  if (postmaster !== undefined) await stopPostmaster(postmaster);
}

/** Shows and logs what it says until it is ready; afterwards what it says goes to the log alone. */
async function untilReady(
  child: ChildProcess,
  ended: Promise<void>,
  directory: string,
  { say, stopping }: DevHooks,
): Promise<void> {
  const log = createWriteStream(join(directory, 'dev.log'));
  const start = new DevStart(() => existsSync(stateFile(directory)));
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (!start.isOver) say(line);
      start.read(line);
    });
  }
  stopping.addEventListener('abort', () => start.end('stopped'), { once: true });
  void ended.then(() => start.end('it ended'));
  const why = await start.over;
  stopping.throwIfAborted();
  if (why === undefined) return;
  const next = `read ${join(directory, 'dev.log')} and the logs in ${join(directory, 'data', 'logs')}`;
  throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: 'lastgood dev did not become ready', why, next });
}

/** What runs and where, as `lastgood dev` writes it as soon as it has started everything. */
function stateFile(directory: string): string {
  return join(directory, 'data', 'dev.json');
}

function stateOf(directory: string): {
  readonly temporalUi?: string;
  readonly pids: Readonly<Record<string, number>>;
} {
  return JSON.parse(readFileSync(stateFile(directory), 'utf8')) as ReturnType<typeof stateOf>;
}
