import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stopLeftover } from '../adapters/daemon';
import { LastgoodError } from '../domain/errors';
import type { DevHooks } from './dev-process';

/** A running cluster. */
export interface RunningCluster {
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

const repository = resolve(__dirname, '../..');

/** How a cluster differs from the usual one. */
export interface ClusterOptions {
  /** How long a pod takes until it is ready, in ms. Default: long enough to watch a rollout. */
  readonly podMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts the cluster of the tests in `directory/cluster` as a program of its own and shows what it says; the first time it
 * is built from source. Throws SERVER_NOT_AVAILABLE with the reason, and leaves nothing running then.
 */
export async function startCluster(
  directory: string,
  { say, stopping, hurrying }: DevHooks,
  { podMs = 1_200, env = process.env }: ClusterOptions = {},
): Promise<RunningCluster> {
  stopping.throwIfAborted();
  const dataDir = join(directory, 'cluster');
  const program = [join(repository, 'scripts/run-ts.js'), join(repository, 'test/servers/kubernetes/main.ts')];
  const child = spawn(process.execPath, [...program, dataDir, String(podMs)], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    detached: true,
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const end = (): void => endGroup(child);
  const stop = async (): Promise<void> => {
    end();
    await ended;
    await stopLeftCluster(directory);
  };
  stopping.addEventListener('abort', end, { once: true });
  hurrying.addEventListener('abort', end, { once: true });
  const why = await whyNotReady(child, ended, join(directory, 'cluster.log'), say);
  stopping.removeEventListener('abort', end);
  if (why === undefined) return { kubeconfig: join(dataDir, 'kubeconfig'), stop };
  await stop();
  stopping.throwIfAborted();
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    what: 'the Kubernetes cluster of the demo did not start',
    why,
    next: 'build it once, with Go 1.26 or newer: npm run servers -- kubernetes; or play the demo without --kubernetes',
  });
}

/** Ends what a cluster has left that was killed together with its demo. */
export async function stopLeftCluster(directory: string): Promise<void> {
  const dataDir = join(directory, 'cluster');
  const pidFiles = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name.endsWith('.pid')) : [];
  // The program that holds the others goes first, and takes them along.
  for (const name of pidFiles.toSorted((left) => (left === 'cluster.pid' ? -1 : 1))) {
    await stopLeftover(join(dataDir, name), 10_000);
  }
}

/** Shows and logs what it says until it is ready; answers with its complaint when it ends before. */
async function whyNotReady(
  child: ChildProcess,
  ended: Promise<void>,
  logFile: string,
  say: (line: string) => void,
): Promise<string | undefined> {
  const log = createWriteStream(logFile);
  const complaint: string[] = [];
  const ready = new Promise<true>((isReady) => {
    onLine(child.stdout, (line) => {
      log.write(`${line}\n`);
      if (line === 'ready') isReady(true);
      else say(line);
    });
  });
  onLine(child.stderr, (line) => {
    log.write(`${line}\n`);
    complaint.push(line.trim());
  });
  const isReady = await Promise.race([ready, ended.then(() => false)]);
  return isReady ? undefined : complaint.join('; ') || `it ended; ${logFile} says no more`;
}

function onLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', take);
}

/** Its own process group: a build that it runs ends with it. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}
