import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../domain/errors';
import type { CommandPort, CommandRequest, CommandResult, SecretPort } from '../domain/ports';
import { aborted } from './deadline';
import { CappedOutput } from './capped-output';
import { endGroup } from './process-group';
import { masked, resolveAll, type Resolved } from './secrets';

/** After a program ended, its pipes are read until they are silent for this long: a child may hold them open for ever. */
const silenceMs = 150;
const longestDrainMs = 2_000;

/**
 * Runs programs by argument arrays in a process group of their own, with PATH, HOME, LANG and what the request names as
 * environment. Output beyond the cap is read and dropped, so that no printer blocks. Secrets in the output are masked.
 * Throws COMMAND_NOT_FOUND, COMMAND_TIMED_OUT (the whole group is dead then), SECRET_MISSING; AbortError when cancelled.
 */
export function createCommands(secrets: SecretPort, environment: NodeJS.ProcessEnv): CommandPort {
  return {
    run: async (asked) => {
      if (asked.signal?.aborted === true) throw aborted();
      const request = await withDirectory(asked, environment);
      const given = await resolveAll(secrets, request.env);
      const own = fixedEnvironment(environment, request.inherit);
      const child = await started(request, { ...own, ...given.values });
      return finished(child, request, given);
    },
  };
}

function fixedEnvironment(environment: NodeJS.ProcessEnv, inherit: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'LANG', ...inherit].flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The request with the directory in which it runs; one of the cache is made, XDG_CACHE_HOME is honoured. */
async function withDirectory(request: CommandRequest, environment: NodeJS.ProcessEnv): Promise<CommandRequest> {
  if (request.cache === undefined) {
    await requireDirectory(request);
    return request;
  }
  const root = environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cache');
  const cwd = join(root, 'lastgood', request.cache);
  await mkdir(cwd, { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const next = 'let XDG_CACHE_HOME of the worker name a directory that it may write';
    throw new LastgoodError('FILE_FAILED', { what: `the cache directory ${cwd} can not be made`, why, next });
  });
  return { ...request, cwd };
}

/** Node reports a missing working directory as a missing program; that would send people the wrong way. */
async function requireDirectory({ argv, cwd }: CommandRequest): Promise<void> {
  if (cwd === undefined) return;
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new LastgoodError('COMMAND_NOT_FOUND', {
    what: `${shown(argv)} can not be started`,
    why: `its working directory ${cwd} is not a directory of this worker`,
  });
}

function started(request: CommandRequest, env: Record<string, string>): Promise<ChildProcessWithoutNullStreams> {
  const { argv, cwd } = request;
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => reject(notFound(argv, cause));
    try {
      const child = spawn(program, args, { env, detached: true, ...(cwd === undefined ? {} : { cwd }) });
      child.once('error', refuse);
      child.once('spawn', () => {
        child.off('error', refuse);
        child.on('error', () => undefined);
        resolve(child);
      });
    } catch (thrown) {
      refuse(thrown as NodeJS.ErrnoException);
    }
  });
}

async function finished(
  child: ChildProcessWithoutNullStreams,
  request: CommandRequest,
  given: Resolved,
): Promise<CommandResult> {
  const stdout = new CappedOutput(request.maxOutputBytes);
  const stderr = new CappedOutput(request.maxOutputBytes);
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const closed = new Promise<'closed'>((resolve) => child.once('close', () => resolve('closed')));
  feed(child, request);
  const why = await firstOf(ended, request);
  if (why !== undefined) {
    await endGroup(child.pid);
    release(child);
    if (why === 'aborted') throw aborted();
    throw timedOut(request, masked(stderr.lastLines(), given));
  }
  await drained(closed, () => stdout.size + stderr.size);
  release(child);
  return {
    exitCode: await ended,
    stdout: masked(stdout.text(), given),
    stderr: masked(stderr.text(), given),
    truncated: stdout.isTruncated || stderr.isTruncated,
  };
}

/** A program may end without reading its input; that is its right. */
function feed(child: ChildProcessWithoutNullStreams, { input, text }: CommandRequest): void {
  child.stdin.on('error', () => undefined);
  child.stdin.end(input === undefined ? text : `${JSON.stringify(input)}\n`);
}

/** Undefined when the program ended by itself; else why it must be ended. */
async function firstOf(
  ended: Promise<unknown>,
  { timeoutMs, signal }: CommandRequest,
): Promise<'timed out' | 'aborted' | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let cancel: () => void = () => undefined;
  const interrupted = new Promise<'timed out' | 'aborted'>((resolve) => {
    timer = setTimeout(() => resolve('timed out'), timeoutMs);
    cancel = () => resolve('aborted');
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
  });
  try {
    return await Promise.race([ended.then(() => undefined), interrupted]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

/** Reads what is still in the pipes; a child of the program that keeps them open does not keep us. */
async function drained(closed: Promise<'closed'>, received: () => number): Promise<void> {
  let before = -1;
  for (let waitedMs = 0; waitedMs < longestDrainMs && before !== received(); waitedMs += silenceMs) {
    before = received();
    if ((await Promise.race([closed, delay(silenceMs)])) === 'closed') return;
  }
}

function release(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  child.unref();
}

function shown(argv: readonly string[]): string {
  return `the command ${argv.map((argument) => JSON.stringify(argument)).join(' ')}`;
}

function notFound(argv: readonly string[], cause: NodeJS.ErrnoException): LastgoodError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `there is no program "${argv[0] ?? ''}" on this worker`,
    EACCES: `"${argv[0] ?? ''}" may not be executed by this worker`,
  };
  const why = reasons[cause.code ?? ''] ?? cause.message;
  return new LastgoodError('COMMAND_NOT_FOUND', { what: `${shown(argv)} can not be started`, why }, { cause });
}

function timedOut({ argv, timeoutMs }: CommandRequest, lastLines: string): LastgoodError {
  const said = lastLines === '' ? 'it printed no error' : `its last words were: ${lastLines}`;
  return new LastgoodError('COMMAND_TIMED_OUT', {
    what: `${shown(argv)} did not end within ${timeoutMs} ms and was killed with its children`,
    why: said,
  });
}
