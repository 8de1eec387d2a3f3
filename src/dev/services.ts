import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDaemon } from '../adapters/daemon';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres';
import { endOfLog, sizeOfLog } from '../adapters/log-file';
import { identifyProcess, isAlive } from '../adapters/process-identity';
import { startTemporal } from '../adapters/temporal-server';
import type { DataDirectory } from './data-directory';
import type { Service, Started } from './keep-running';

/** Ports of the Temporal dev server. */
export interface TemporalPorts {
  readonly port: number;
  readonly uiPort: number;
}

/** The Temporal dev server, always at the same ports. */
export function temporalService(directory: DataDirectory, binary: string, ports: TemporalPorts): Service {
  return { name: 'temporal', start: () => startTemporal({ dataDir: directory.temporal, binary, ...ports }) };
}

/** The embedded PostgreSQL: runs already when this answers; every later start is at the same port. */
export async function postgresService(
  directory: DataDirectory,
): Promise<{ readonly service: Service; readonly databaseUrl: string }> {
  const dataDir = directory.postgres;
  const first = await startEmbeddedPostgres({ dataDir });
  const port = Number(new URL(first.url).port);
  const start = async (): Promise<Started> => {
    const server = await startEmbeddedPostgres({ dataDir, port });
    return { pid: server.pid, ended: endOfProcess(server.pid), stop: () => server.stop() };
  };
  return { databaseUrl: first.url, service: { name: 'postgres', start } };
}

/** One of our own programs from this same build: `worker.js`, `gateway/main.js`. */
export function programService(
  directory: DataDirectory,
  name: string,
  program: string,
  env: NodeJS.ProcessEnv,
): Service {
  const logFile = directory.log(name);
  return {
    name,
    async start(): Promise<Started> {
      const args = ['--enable-source-maps', resolve(__dirname, '..', program)];
      const pidFile = directory.pid(name);
      const from = sizeOfLog(logFile);
      const daemon = await startDaemon({ command: process.execPath, args, env, logFile, pidFile });
      const ended = daemon.ended.then((how) => (how.startsWith('exit') ? `${how}: ${lastWords(logFile, from)}` : how));
      return { ...daemon, ended };
    },
  };
}

function lastWords(logFile: string, from: number): string {
  const words = endOfLog(logFile, from).replaceAll(/\s*\n\s*/g, ' · ');
  return words === '' ? `see ${logFile}` : words;
}

/** The embedded server may be one that an earlier run left behind, so it is not our child and must be looked at. */
async function endOfProcess(pid: number): Promise<string> {
  const identity = identifyProcess(pid);
  if (identity === undefined) return 'gone';
  do await delay(200);
  while (isAlive(identity));
  return 'gone';
}
