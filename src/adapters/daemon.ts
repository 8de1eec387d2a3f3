import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../domain/errors';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity';

/** A program that runs beside us, in a process group of its own, and can be found again after our own crash. */
export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Takes stdout and stderr; appended to. A file, because a pipe would die with us. */
  readonly logFile: string;
  /** Remembers which process it is, for `stopLeftover`. */
  readonly pidFile: string;
}

/** A started program. */
export interface Daemon {
  readonly pid: number;
  /** Settles when it has ended, with how: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  /** Asks its group to end, kills what is left after `graceMs`, and forgets the pid file. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a program in its own process group, so that Ctrl-C in a terminal reaches only us. Throws SERVER_NOT_AVAILABLE. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  for (const file of [options.logFile, options.pidFile]) mkdirSync(dirname(file), { recursive: true });
  const child = spawnDetached(options);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  const pid = await startedPid(child, options.command);
  const identity = identifyProcess(pid);
  if (identity !== undefined) rememberProcess(options.pidFile, identity);
  return {
    pid,
    ended,
    async stop(graceMs = 5_000) {
      await endGroup(pid, ended, graceMs);
      rmSync(options.pidFile, { force: true });
    },
  };
}

/**
 * Makes this process the only holder of a file that names it. Undefined when it is; else the living process that holds it.
 * A holder that died is replaced.
 */
export function claimPidFile(pidFile: string): ProcessIdentity | undefined {
  const self = identifyProcess(process.pid);
  if (self === undefined) return undefined;
  const draft = `${pidFile}.${randomUUID()}`;
  rememberProcess(draft, self);
  try {
    return claimWith(draft, pidFile);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Writes which process it is to a file, in one piece. */
export function rememberProcess(pidFile: string, identity: ProcessIdentity): void {
  const draft = `${pidFile}.draft`;
  writeFileSync(draft, `${JSON.stringify(identity)}\n`);
  renameSync(draft, pidFile);
}

/** The process that a pid file names, if exactly that process still lives. */
export function rememberedProcess(pidFile: string): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(pidFile, 'utf8')) as ProcessIdentity;
    return isAlive(identity) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** Ends what an earlier run left behind under this pid file; a stranger with the same pid is left alone. True if it did. */
export async function stopLeftover(pidFile: string, graceMs = 5_000): Promise<boolean> {
  const leftover = rememberedProcess(pidFile);
  if (leftover !== undefined) await endGroup(leftover.pid, gone(leftover), graceMs);
  rmSync(pidFile, { force: true });
  return leftover !== undefined;
}

/** Ends a process group at once: the last resort, and what a crash does. */
export function killGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL');
}

/** A hard link is made whole or not at all, and never over another file. */
function claimWith(draft: string, pidFile: string): ProcessIdentity | undefined {
  for (;;) {
    try {
      linkSync(draft, pidFile);
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = rememberedProcess(pidFile);
      if (holder !== undefined) return holder;
      rmSync(pidFile, { force: true });
    }
  }
}

function spawnDetached(options: DaemonOptions): ChildProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    return spawn(options.command, options.args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

function startedPid(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      const text = { what: `${command} can not be started`, why: cause.message };
      reject(new LastgoodError('SERVER_NOT_AVAILABLE', text, { cause }));
    });
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

async function endGroup(pid: number, ended: Promise<unknown>, graceMs: number): Promise<void> {
  const patience = new AbortController();
  signalGroup(pid, 'SIGTERM');
  await Promise.race([ended, delay(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  signalGroup(pid, 'SIGKILL');
  await ended;
}

/** Signals every process of the group; on systems without groups, the process itself. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // To the kernel 0 means our own group and -1 everybody.
  if (!(pid > 1)) throw new Error(`${pid} is not a process that can be ended`);
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isGone = code === 'ESRCH' || (code === 'EPERM' && process.platform === 'darwin');
    if (!isGone) throw error;
  }
}

async function gone(identity: ProcessIdentity): Promise<void> {
  while (isAlive(identity)) await delay(20);
}
