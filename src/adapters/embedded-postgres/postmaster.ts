import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { LastgoodError } from '../../domain/errors';

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
  if (!(pid > 0) || !isAlive(pid) || !(await worksIn(pid, data))) return undefined;
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

/** True while the process exists, whoever owns it. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids are used again after a reboot: on Linux the working directory of a postmaster tells whose it is. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === (await realpath(data));
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Ended, but its parent (a container's first process, often) has not taken notice. */
async function isZombie(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return state.includes(') Z ');
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until;) {
    if (!isAlive(pid) || (await isZombie(pid))) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
