import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { LastgoodError } from '../domain/errors';
import { command } from './narration';

/** The command line, run as a person would: seen on the terminal, with this terminal as its own. */
export interface Programs {
  /** Runs `lastgood …` and answers with its exit code. */
  lastgood(...args: readonly string[]): Promise<number>;
  /** The same, where only exit code 0 lets the demo go on. */
  must(...args: readonly string[]): Promise<void>;
}

/** The build that this demo belongs to. */
export const dist = resolve(__dirname, '..');

/** The demo has its own servers; settings of this machine's real ones must not leak into it. */
export function demoEnvironment(directory: string): NodeJS.ProcessEnv {
  const {
    LASTGOOD_DATABASE_URL: _database,
    LASTGOOD_CATALOG: _catalog,
    LASTGOOD_CAPTURE_KEY: _key,
    ...rest
  } = process.env;
  return { ...rest, LASTGOOD_DATA: join(directory, 'data') };
}

/** Programs of the demo in `directory`. */
export function createPrograms(directory: string): Programs {
  const lastgood = async (...args: readonly string[]): Promise<number> => {
    command(`lastgood ${args.map(quoted).join(' ')}`);
    const code = await run([join(dist, 'cli/main.js'), ...args], demoEnvironment(directory));
    process.stdout.write('\n');
    return code;
  };
  return {
    lastgood,
    async must(...args) {
      const code = await lastgood(...args);
      if (code !== 0) throw new LastgoodError('INTERNAL', { what: `lastgood ${args.join(' ')} ended with ${code}` });
    },
  };
}

/** Runs one Node program in the foreground. */
export function run(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = spawn(process.execPath, argv, { stdio: 'inherit', env });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 5));
  });
}

function quoted(word: string): string {
  return /^[\w@./:=-]+$/.test(word) ? word : `"${word}"`;
}
