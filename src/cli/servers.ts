import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readCatalogFiles } from '../adapters/catalog-files';
import { migrate } from '../adapters/inventory';
import { parseCatalog } from '../contract';
import { readSettings } from '../contract/settings';
import { reverters } from '../reverters';
import { exitCodes } from './exit-codes';
import { runCommand, sayJson, type Cli } from './session';

/** `dev`, `worker`, `gateway` as processes of their own; `migrate` and `catalog check` in this one. */
export function addServers(program: Command, cli: Cli): void {
  program
    .command('dev')
    .summary('everything in one command: Temporal with its UI, PostgreSQL, worker, gateway')
    .description('Keeps its state in one data directory; Ctrl-C stops all; running it again finds the state.')
    .option('--data <dir>', 'data directory (default: LASTGOOD_DATA, else the user data directory)')
    .option('--catalog <path>', 'catalog file or directory (default: LASTGOOD_CATALOG)')
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  lastgood dev --catalog catalog/')
    .action((_options: unknown, command: Command) =>
      runCommand(cli, false, () => become('dev/main.js', forwarded(command))),
    );
  program
    .command('worker')
    .summary('one worker process, for production')
    .action(() => runCommand(cli, false, () => become('worker.js', [])));
  program
    .command('gateway')
    .summary('one gateway process, for production')
    .action(() => runCommand(cli, false, () => become('gateway/main.js', [])));
  program
    .command('migrate')
    .summary('bring the schema of the inventory to this version')
    .action(() =>
      runCommand(cli, false, async () => {
        const applied = await migrate(readSettings(cli.environment).databaseUrl);
        cli.terminal.say(
          applied.length === 0 ? 'the schema is up to date' : applied.map((name) => `applied ${name}`).join('\n'),
        );
        return exitCodes.fine;
      }),
    );
  addCatalog(program, cli);
}

function addCatalog(program: Command, cli: Cli): void {
  program
    .command('catalog')
    .summary('check the description of an environment')
    .command('check')
    .summary('names file, line, what is wrong and what to write instead')
    .argument('<path>', 'a file or a directory')
    .option('--json', 'print the errors as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood catalog check catalog/')
    .action((path: string, { json }: { readonly json?: boolean }) =>
      runCommand(cli, json === true, async () => {
        const schemas = new Map([...reverters].map(([name, { target }]) => [name, target]));
        const parsed = parseCatalog(await readCatalogFiles(path), schemas);
        if (json === true)
          sayJson(
            cli,
            parsed.ok
              ? { ok: true }
              : { ok: false, errors: parsed.errors.map(({ code, text }) => ({ code, ...text })) },
          );
        else if (parsed.ok)
          cli.terminal.say(
            parsed.catalogs
              .map(
                ({ environment, components }) =>
                  `${environment}: ${Object.keys(components).length} components, no errors`,
              )
              .join('\n'),
          );
        else cli.terminal.say(parsed.errors.map(({ message }) => message).join('\n\n'));
        return parsed.ok ? exitCodes.fine : exitCodes.badInput;
      }),
    );
}

function forwarded(command: Command): readonly string[] {
  const { data, catalog } = command.opts<{ readonly data?: string; readonly catalog?: string }>();
  return [
    ...(data === undefined ? [] : ['--data', data]),
    ...(catalog === undefined ? [] : ['--catalog', catalog]),
    ...command.args,
  ];
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
