import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../../domain/errors';
import { identifyProcess } from '../process-identity';

/** A running server as its own `postmaster.pid` describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The server that runs on this data directory; undefined when there is none, or only the file of a dead one. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!(pid > 0) || !(await worksIn(pid, data))) return undefined;
  return { pid, port, ready: lines[7]?.trim() === 'ready' && port > 0 };
}

/** Fast shutdown: connections end, a checkpoint is written. Killed when it does not end within 20 s. */
export async function stopPostmaster({ pid }: Pick<Postmaster, 'pid'>): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 4_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (!send(pid, signal)) return;
    if (await isGone(pid, waitMs)) return;
  }
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    what: `the embedded PostgreSQL (process ${pid}) does not end`,
    why: 'it did not react to SIGINT, SIGQUIT and SIGKILL',
    next: `look at process ${pid} with your system's tools`,
  });
}

/** Settles when the server has ended, whoever started it. Does not keep our own process alive. */
export async function endOf({ pid }: Pick<Postmaster, 'pid'>): Promise<string> {
  while (identifyProcess(pid) !== undefined) await delay(endPollMs, undefined, { ref: false });
  return `process ${pid} is gone`;
}

/** Elsewhere a look at a process starts a program. */
const endPollMs = process.platform === 'linux' ? 200 : 2_000;

/** Process ids are used again after a reboot: the working directory, else the command line, tells whose it is. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') return identifyProcess(pid)?.command.includes(data) ?? false;
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === (await realpath(data));
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until;) {
    if (identifyProcess(pid) === undefined) return true;
    await delay(20);
  }
  return false;
}
