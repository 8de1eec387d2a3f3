import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimPidFile } from '../adapters/daemon';
import { dataDirectory } from '../contract/settings';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { say } from './narration';
import { demoHelp, readOptions } from './options';
import { play } from './play';
import { interrupted } from './programs';
import { stopOnSignals } from './stopping';

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
