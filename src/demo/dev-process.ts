import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stopLeftover } from '../adapters/daemon';
import { readPostmaster, stopPostmaster } from '../adapters/embedded-postgres/postmaster';
import { temporalPidFile } from '../adapters/temporal-server';
import { LastgoodError } from '../domain/errors';
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
    await untilReady(child, ended, createWriteStream(join(directory, 'dev.log')), hooks);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const { temporalUi } = stateOf(data);
  return {
    uiUrl: temporalUi ?? 'the UI of your own Temporal server',
    pid: (name) => stateOf(data).pids[name] ?? 0,
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

/** As often as this a program may end before the first `ready`, until we believe that it will always end. */
const failuresBeforeReady = 4;

async function untilReady(
  child: ChildProcess,
  ended: Promise<void>,
  log: WriteStream,
  { say, stopping }: DevHooks,
): Promise<void> {
  let isStarting = true;
  let failures = 0;
  await new Promise<void>((ready, failed) => {
    const giveUp = (why?: string): void => failed(notReady(log.path.toString(), why));
    stopping.addEventListener('abort', () => failed(stopping.reason as Error), { once: true });
    void ended.then(() => giveUp());
    eachLine(child.stderr, (line) => {
      log.write(`${line}\n`);
      say(line);
    });
    eachLine(child.stdout, (line) => {
      log.write(`${line}\n`);
      if (isStarting) say(line);
      if (line === 'ready') ready();
      failures += line.includes('; starting it again') ? 1 : 0;
      if (failures === failuresBeforeReady) giveUp(line.slice(0, line.lastIndexOf(';')));
    });
  }).finally(() => (isStarting = false));
}

function notReady(log: string, why: string | undefined): LastgoodError {
  const text = { what: 'lastgood dev did not become ready', next: `read ${log} and the logs beside it in data/logs` };
  return new LastgoodError('SERVER_NOT_AVAILABLE', why === undefined ? text : { ...text, why });
}

function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', take);
}

function stateOf(data: string): { readonly temporalUi?: string; readonly pids: Readonly<Record<string, number>> } {
  return JSON.parse(readFileSync(join(data, 'dev.json'), 'utf8')) as ReturnType<typeof stateOf>;
}
