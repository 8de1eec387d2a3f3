import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../domain/errors';
import { startDaemon, stopLeftover, type Daemon } from './daemon';
import { endOfLog, sizeOfLog } from './log-file';
import { isPortFree, rememberedPorts } from './ports';
import { identifyProcess } from './process-identity';

/** Where a Temporal dev server keeps its state, and what it is started from. */
export interface TemporalOptions {
  /** Holds the SQLite file, the log, the pid file and the ports; made if missing. */
  readonly dataDir: string;
  /** The `temporal` CLI, see `obtainTemporal`. */
  readonly binary: string;
  /** Default: the one of the last start, else the first free one from 7233. */
  readonly port?: number;
  /** Default: the one of the last start, else the first free one from 8233. */
  readonly uiPort?: number;
  /** How long it may take until it answers; it usually takes one to three seconds. */
  readonly readyWithinMs?: number;
}

/** A Temporal dev server that answers. */
export interface RunningTemporal extends Daemon {
  readonly address: string;
  readonly uiUrl: string;
  readonly port: number;
  readonly uiPort: number;
}

/**
 * Starts a Temporal dev server with its UI on loopback. State survives a stop and a SIGKILL of the process, not a loss of
 * power (the file is written without waiting for the disk). What an earlier run left behind on the same directory is
 * stopped first. Throws SERVER_NOT_AVAILABLE with the end of its log when it does not come up.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const pidFile = temporalPidFile(dataDir);
  await stopLeftover(pidFile);
  const database = join(dataDir, 'temporal.db');
  const complete = join(dataDir, 'temporal.complete');
  if (!existsSync(complete)) removeHalfMade(database);
  const { port, uiPort } = await choosePorts(options);
  const logFile = join(dataDir, 'temporal.log');
  const from = sizeOfLog(logFile);
  const args = serverArguments(database, port, uiPort);
  const daemon = await startDaemon({ command: options.binary, args, env: process.env, logFile, pidFile });
  await becomeReady(daemon, port, { file: logFile, from }, options);
  writeFileSync(complete, '');
  return { ...daemon, port, uiPort, address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}` };
}

/** Names the server that runs on a data directory, for whoever must end what a killed run left behind. */
export function temporalPidFile(dataDir: string): string {
  return join(dataDir, 'temporal.pid');
}

/** Name and type of the search attributes, as the CLI wants them. */
const searchAttributes = {
  LastgoodEnvironment: 'Keyword',
  LastgoodComponents: 'KeywordList',
  LastgoodPhase: 'Keyword',
  LastgoodOutcome: 'Keyword',
};

/**
 * The default of 20 polls a second per shard makes every sequential step of a workflow take 100 ms; with these it is
 * 15 ms (measured on CLI 1.8.2).
 */
const dynamicConfig = {
  'history.transferProcessorMaxPollRPS': 2_000,
  'history.transferProcessorMaxPollHostRPS': 5_000,
  'system.enableActivityEagerExecution': true,
};

function serverArguments(database: string, port: number, uiPort: number): readonly string[] {
  const flags: readonly (readonly [string, string])[] = [
    ['--ip', '127.0.0.1'],
    ['--ui-ip', '127.0.0.1'],
    ['--port', String(port)],
    ['--ui-port', String(uiPort)],
    ['--db-filename', database],
    ['--sqlite-pragma', 'journal_mode=WAL'],
    ['--sqlite-pragma', 'synchronous=OFF'],
    ...Object.entries(searchAttributes).map(([name, type]) => ['--search-attribute', `${name}=${type}`] as const),
    ...Object.entries(dynamicConfig).map(([name, value]) => ['--dynamic-config-value', `${name}=${value}`] as const),
    ['--log-level', 'error'],
  ];
  return ['server', 'start-dev', '--ui-disable-news-fetch', ...flags.flat()];
}

/** The server makes its schema only when there is no file: one that was killed while it did must begin again. */
function removeHalfMade(database: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
}

async function choosePorts(options: TemporalOptions): Promise<{ readonly port: number; readonly uiPort: number }> {
  const { dataDir, port, uiPort } = options;
  for (const named of [port, uiPort]) {
    if (named === undefined || (await isPortFree(named))) continue;
    const what = `port ${named}, on which Temporal is to listen, is taken`;
    throw new LastgoodError('SERVER_NOT_AVAILABLE', { what, next: 'stop what listens there, or name another port' });
  }
  if (port !== undefined && uiPort !== undefined) return { port, uiPort };
  const wanted = { temporal: port ?? 7233, temporalUi: uiPort ?? 8233 };
  const chosen = await rememberedPorts(join(dataDir, 'ports.json'), wanted);
  return { port: port ?? chosen.temporal, uiPort: uiPort ?? chosen.temporalUi };
}

async function becomeReady(
  daemon: Daemon,
  port: number,
  log: { readonly file: string; readonly from: number },
  options: TemporalOptions,
): Promise<void> {
  const { readyWithinMs = 60_000, binary } = options;
  const deadline = Date.now() + readyWithinMs;
  const ended = daemon.ended.then((how) => `it ended with ${how}`);
  const pause = async (): Promise<string | undefined> => {
    await delay(50);
    return Date.now() > deadline ? `it did not answer within ${readyWithinMs} ms` : undefined;
  };
  while (!(await answers(daemon, port, binary))) {
    const why = await Promise.race([ended, pause()]);
    if (why === undefined) continue;
    await daemon.stop();
    const what = `the Temporal server ${binary} did not come up: ${why}`;
    throw new LastgoodError('SERVER_NOT_AVAILABLE', {
      what,
      why: endOfLog(log.file, log.from, 20) || 'its log is empty',
      place: log.file,
    });
  }
}

/** Ours, that is: were another server quicker to take the port, ours would have ended. */
async function answers(daemon: Daemon, port: number, binary: string): Promise<boolean> {
  return (await isServing(port, binary)) && identifyProcess(daemon.pid) !== undefined;
}

/** Asks over a real connection, with the CLI itself, and with no settings but the address. */
function isServing(port: number, binary: string): Promise<boolean> {
  const settings = ['--disable-config-file', '--disable-config-env', '--command-timeout', '2s'];
  const args = ['operator', 'cluster', 'health', '--address', `127.0.0.1:${port}`, ...settings];
  return new Promise((resolve) => {
    execFile(binary, args, { timeout: 5_000 }, (error, stdout) =>
      resolve(error === null && stdout.includes('SERVING')),
    );
  });
}
