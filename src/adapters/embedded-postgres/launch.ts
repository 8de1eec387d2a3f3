import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../../domain/errors';
import { endOfLog, sizeOfLog } from '../log-file';
import { childOptions, dataDirArgument, type ServerHome } from './cluster';
import { type Postmaster, readPostmaster } from './postmaster';

/** Recovery after a crash of the machine may take its time; a start of a clean cluster takes a fraction of a second. */
const readyWithinMs = 60_000;

/**
 * Starts the server and returns when it accepts connections. It logs to a file and leads a session of its own, so that
 * neither our end nor Ctrl-C in the terminal stops it. Throws SERVER_NOT_AVAILABLE with the last lines of its log.
 */
export async function launch(
  home: ServerHome,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster> {
  const data = join(home.dataDir, 'data');
  const logFile = join(home.dataDir, 'postgres.log');
  const from = sizeOfLog(logFile);
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(home.binaries.postgres, serverArguments(home, data, port, settings), {
      ...childOptions(home, data),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    return await untilReady(child, data).catch((error: unknown) => {
      throw startFailure(port, error, logFile, endOfLog(logFile, from));
    });
  } finally {
    await log.close();
  }
}

function serverArguments(
  home: ServerHome,
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): readonly string[] {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '32MB',
    // After a kill the files are synced one by one otherwise: seconds instead of a fraction of one.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataDirArgument(home, data), '-p', String(port), ...flags];
}

async function untilReady(child: ChildProcess, data: string): Promise<Postmaster> {
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended = `it ended with ${signal ?? `exit code ${String(code)}`}`));
  for (const until = Date.now() + readyWithinMs; Date.now() < until;) {
    if (ended !== undefined) throw new Error(ended);
    const postmaster = await readPostmaster(data);
    if (postmaster?.pid === child.pid && postmaster?.ready === true) return postmaster;
    await delay(20);
  }
  child.kill('SIGKILL');
  throw new Error(`it was not ready within ${readyWithinMs / 1000} s`);
}

function startFailure(port: number, error: unknown, logFile: string, words: string): LastgoodError {
  return new LastgoodError(
    'SERVER_NOT_AVAILABLE',
    {
      place: logFile,
      what: `the embedded PostgreSQL did not start on 127.0.0.1:${port}: ${error instanceof Error ? error.message : String(error)}`,
      why: words || 'it wrote nothing to its log',
      next: 'correct what its log names, or set LASTGOOD_DATABASE_URL to a PostgreSQL server of yours',
    },
    { cause: error },
  );
}
