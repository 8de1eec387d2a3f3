import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimPidFile } from '../adapters/daemon';
import { dataDirectory } from '../contract/settings';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { startDev, stopLeftDev, type RunningDev } from './dev-process';
import { say, title } from './narration';
import { demoHelp, readOptions, type DemoOptions } from './options';
import { createPrograms, interrupted } from './programs';
import { Shop } from './shop';
import { stopOnSignals, type Stopping } from './stopping';
import { story } from './story';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(demoHelp);
    return 0;
  }
  const base = join(dataDirectory(process.env), 'demo');
  mkdirSync(base, { recursive: true, mode: 0o711 });
  const pidFile = join(base, 'demo.pid');
  const other = claimPidFile(pidFile);
  if (other !== undefined) throw runsAlready(other.pid);
  const stopping = stopOnSignals(say);
  try {
    return await play(options, join(base, 'run'), stopping);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'AbortError') return interrupted;
    throw thrown;
  } finally {
    rmSync(pidFile, { force: true });
  }
}

/** Sets the stage in an empty directory, plays the story, and clears the stage whatever happened. */
async function play(options: DemoOptions, directory: string, signals: Stopping): Promise<number> {
  const shop = new Shop(join(directory, 'shop'));
  await stopLeftDev(directory);
  await shop.stop();
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o711 });
  let dev: RunningDev | undefined;
  try {
    title('A shop of real processes, and Lastgood beside it');
    await shop.seed();
    dev = await startDev(directory, shop.catalog, { say, ...signals });
    await shop.start();
    const programs = createPrograms(directory, signals.stopping);
    return await story({ options, shop, programs, dev, stopping: signals.stopping });
  } finally {
    title('Stopping everything');
    await clear(dev, shop);
    say(`the files stay in ${directory}`);
  }
}

/** In this order: a worker that still runs could start a service of the shop again. */
async function clear(dev: RunningDev | undefined, shop: Shop): Promise<void> {
  try {
    await dev?.stop();
  } finally {
    await shop.stop();
  }
}

function runsAlready(pid: number): LastgoodError {
  return new LastgoodError('BAD_REQUEST', {
    what: `a demo runs already: process ${pid}`,
    why: 'two would use the same directory',
    next: 'end it with Ctrl-C, or wait for its end; then start again',
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    const error = asLastgoodError(thrown);
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  },
);
