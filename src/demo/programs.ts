import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { LastgoodError } from '../domain/errors';
import { command } from './narration';

/** The command line, run as a person would: seen on the terminal, with this terminal as its own. */
export interface Programs {
  /** Runs `lastgood …` and answers with its exit code. Throws when the demo is being stopped. */
  lastgood(...args: readonly string[]): Promise<number>;
  /** The same, where only exit code 0 lets the demo go on. */
  must(...args: readonly string[]): Promise<void>;
  /** The same command for another terminal, complete. */
  typed(...args: readonly string[]): string;
}

/** Exit code of what was ended by Ctrl-C (`lastgood rollback --help`). */
export const interrupted = 130;

/** The build of this working copy, seen from `src/demo` as well as from `dist/demo`. */
export const dist = resolve(__dirname, '../../dist');

/**
 * The demo has its own database and catalog: settings of this machine's real ones must not leak into it. The same holds for
 * Temporal, unless TEMPORAL_ADDRESS says that there is one to use.
 */
export function demoEnvironment(directory: string, shell: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const data = join(directory, 'data');
  const isForeign = (name: string): boolean =>
    name.startsWith('LASTGOOD_') || (name.startsWith('TEMPORAL_') && (shell['TEMPORAL_ADDRESS'] ?? '') === '');
  const kept = Object.entries(shell).filter(([name]) => !isForeign(name));
  const temporal = shell['TEMPORAL_ADDRESS'] ? {} : { TEMPORAL_CONFIG_FILE: join(data, 'no-temporal.toml') };
  return { ...Object.fromEntries(kept), ...temporal, LASTGOOD_DATA: data };
}

/** Programs of the demo in `directory`; `stopping` ends the one that runs. */
export function createPrograms(directory: string, stopping: AbortSignal): Programs {
  const cli = join(dist, 'cli/main.js');
  const lastgood = async (...args: readonly string[]): Promise<number> => {
    command(`lastgood ${args.map(quoted).join(' ')}`);
    const code = await inForeground([cli, ...args], demoEnvironment(directory), stopping);
    process.stdout.write('\n');
    return code;
  };
  return {
    lastgood,
    typed: (...args) => `LASTGOOD_DATA=${quoted(join(directory, 'data'))} node ${quoted(cli)} ${args.join(' ')}`,
    async must(...args) {
      const code = await lastgood(...args);
      if (code !== 0) throw new LastgoodError('INTERNAL', { what: `lastgood ${args.join(' ')} ended with ${code}` });
    },
  };
}

/**
 * Runs one script of the shop to its end, out of the reach of this terminal's Ctrl-C: one that was cut off in the middle
 * could leave a process that nobody knows of. Throws INTERNAL unless it ends well.
 */
export async function aside(argv: readonly string[], output: 'inherit' | 'ignore'): Promise<void> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', output, 'inherit'], detached: true });
  const code = await endOf(child);
  if (code !== 0) throw new LastgoodError('INTERNAL', { what: `node ${argv.join(' ')} ended with ${code}` });
}

/** Runs one program with this terminal as its own. */
async function inForeground(argv: readonly string[], env: NodeJS.ProcessEnv, stopping: AbortSignal): Promise<number> {
  stopping.throwIfAborted();
  const child = spawn(process.execPath, argv, { stdio: 'inherit', env });
  const end = (): void => void child.kill('SIGTERM');
  stopping.addEventListener('abort', end, { once: true });
  const code = await endOf(child);
  stopping.removeEventListener('abort', end);
  stopping.throwIfAborted();
  // At a prompt Ctrl-C is a key like others, and reaches only the program that asks.
  if (code === interrupted) throw new DOMException('Ctrl-C', 'AbortError');
  return code;
}

function endOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code, signal) => done(code ?? (signal === 'SIGINT' ? interrupted : 5)));
  });
}

function quoted(word: string): string {
  return /^[\w@./:=-]+$/.test(word) ? word : `"${word}"`;
}
