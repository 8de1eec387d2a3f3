import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { claimPidFile } from '../adapters/daemon';
import { dataDirectory } from '../contract/settings';
import { asLastgoodError } from '../domain/errors';
import { createDev, type Dev } from './create-dev';
import { openDataDirectory, readState, type DataDirectory } from './data-directory';
import { describeState } from './describe-state';
import { settingOf } from './program-environment';

/** `lastgood dev`: runs until Ctrl-C or SIGTERM. The last line of a good start is `ready`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, catalog: { type: 'string' }, port: { type: 'string' } },
  });
  const directory = openDataDirectory(values.data ?? dataDirectory(process.env));
  const other = claimPidFile(directory.pidFile);
  if (other !== undefined) return sayWhoRuns(directory, other.pid);
  try {
    await run(directory, chosenCatalog(directory, values.catalog), values.port);
  } finally {
    rmSync(directory.pidFile, { force: true });
  }
}

async function run(directory: DataDirectory, catalog: string | undefined, port: string | undefined): Promise<void> {
  const stopping = new AbortController();
  const dev = createDev({
    directory,
    env: process.env,
    tell,
    signal: stopping.signal,
    ...(catalog === undefined ? {} : { catalog }),
    ...(port === undefined ? {} : { gatewayPort: Number(port) }),
  });
  stopOnSignals(stopping, dev);
  try {
    for (const line of describeState(directory, await dev.start())) tell(line);
    await dev.ready();
    tell('ready');
    await aborted(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await dev.stop();
  }
  tell('stopped; the state is kept');
}

/** The catalog that was named; else that of last time, so that `lastgood dev` alone goes on where it was. */
function chosenCatalog(directory: DataDirectory, named: string | undefined): string | undefined {
  const path = named ?? settingOf(process.env, 'LASTGOOD_CATALOG') ?? readState(directory)?.catalog;
  return path === undefined ? undefined : resolve(path);
}

/** The first signal stops in order, a second one ends everything at once. */
function stopOnSignals(stopping: AbortController, dev: Dev): void {
  let firstAt = 0;
  const onSignal = (): void => {
    if (stopping.signal.aborted) {
      // A terminal and a wrapping command may both deliver one and the same Ctrl-C.
      if (Date.now() - firstAt < sameKeystrokeMs) return;
      dev.kill();
      process.exit(130);
    }
    firstAt = Date.now();
    tell('stopping (again: kill at once)');
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

const sameKeystrokeMs = 300;

function sayWhoRuns(directory: DataDirectory, pid: number): void {
  tell(`lastgood dev runs here already: process ${pid}`);
  const state = readState(directory);
  if (state !== undefined) for (const line of describeState(directory, state)) tell(line);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

// The reader of our output may go before us; that is no reason to end.
process.stdout.on('error', () => undefined);

main().catch((thrown: unknown) => {
  const error = asLastgoodError(thrown);
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
});
