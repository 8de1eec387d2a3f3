import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { migrate } from '../adapters/inventory';
import { readSettings } from '../contract/settings';
import { LastgoodError } from '../domain/errors';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runCommand, type Cli } from './session';

/** `dev`, `worker`, `gateway` as processes of their own; `migrate` in this one. */
export function addServers(program: Command, cli: Cli): void {
  addDev(program, cli);
  addProcess(program, cli, 'worker', 'one worker process, for production', 'worker.js');
  addProcess(program, cli, 'gateway', 'one gateway process, for production', 'gateway/main.js');
  addMigrate(program, cli);
}

interface DevOptions {
  readonly data?: string;
  readonly catalog?: string;
  readonly port?: string;
}

function addDev(program: Command, cli: Cli): void {
  const command = program
    .command('dev')
    .summary('everything in one command: Temporal with its UI, PostgreSQL, worker, gateway')
    .description('Keeps its state in one data directory; Ctrl-C stops all; running it again finds the state.')
    .option('--data <dir>', 'data directory (default: LASTGOOD_DATA, else the user data directory)')
    .option('--catalog <path>', 'catalog file or directory (default: LASTGOOD_CATALOG, else that of last time)')
    .option('--port <n>', 'port of the gateway (default: the first free one)', portWord)
    .action((options: DevOptions) => runCommand(cli, {}, () => become('dev/main.js', forwarded(options))));
  withExamples(command, ['lastgood dev --catalog catalog/', 'lastgood dev --data ~/lastgood --catalog shop.yaml']);
}

function addProcess(program: Command, cli: Cli, name: string, summary: string, script: string): void {
  const command = program
    .command(name)
    .summary(summary)
    .description('Runs until SIGTERM or Ctrl-C. Its settings are environment variables: docs/operating.md.')
    .action(() => runCommand(cli, {}, () => become(script, [])));
  withExamples(command, [`lastgood ${name}`]);
}

function addMigrate(program: Command, cli: Cli): void {
  const command = program
    .command('migrate')
    .summary('bring the schema of the inventory to this version')
    .description('All or nothing; several at once wait for each other. The database is LASTGOOD_DATABASE_URL.')
    .action(() =>
      runCommand(cli, {}, async () => {
        const applied = await migrate(readSettings(cli.environment).databaseUrl);
        const lines = applied.map((name) => `applied ${name}`);
        cli.terminal.say(lines.length === 0 ? 'the schema is up to date' : lines.join('\n'));
        return exitCodes.fine;
      }),
    );
  withExamples(command, ['lastgood migrate']);
}

function portWord(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text;
  throw new LastgoodError('BAD_REQUEST', {
    what: `"${text}" is not a port`,
    why: 'expected a number from 0 to 65535',
    next: 'write for example: --port 8470',
  });
}

function forwarded(options: DevOptions): readonly string[] {
  return (['data', 'catalog', 'port'] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
}

/** Runs one of our own processes in the foreground. Ctrl-C reaches it directly; we only wait for its end. */
function become(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(__dirname, '..', script), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? exitCodes.failed));
  });
}
