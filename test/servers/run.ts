import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { claimPidFile, rememberedProcess, stopLeftover } from '../../src/adapters/daemon';
import type { StartedServer, TestServer } from './server';

/**
 * Clears up after runs that were killed, then starts every given server that is here. Answers the address of each by name.
 * The servers of one run share a directory that names the run, so that the next run can clear up after it.
 */
export async function startServers(servers: readonly TestServer[]): Promise<ReadonlyMap<string, string>> {
  await reapDeadRuns(servers);
  makeRunDirectory();
  process.env['LASTGOOD_TEST_RUN'] = directory;
  const addresses = new Map<string, string>();
  const startOne = async (server: TestServer): Promise<void> => {
    const started = await server.start(join(directory, server.name));
    running().push(started);
    addresses.set(server.name, started.address);
  };
  await Promise.all(servers.filter((server) => server.isAvailable()).map(startOne));
  return addresses;
}

/** Stops all that this run and its tests started and forgets its directory. */
export async function stopServers(): Promise<void> {
  const started = running().splice(0);
  await Promise.all(started.map((server) => server.stop()));
  await stopDaemons(directory);
  rmSync(directory, { recursive: true, force: true });
}

/** An empty directory for one test file. What it starts in there is ended with the run at the latest, even if jest is killed. */
export function scratchDirectory(): string {
  const run = process.env['LASTGOOD_TEST_RUN'] ?? directory;
  mkdirSync(run, { recursive: true });
  return mkdtempSync(join(run, 'scratch-'));
}

const root = resolve(__dirname, '..', '..', 'node_modules', '.cache', 'lastgood-servers');
const directory = join(root, `run-${process.pid}`);
const ownerFile = 'owner.pid';

/** It has its owner's name in it before another run can see it. */
function makeRunDirectory(): void {
  const draft = mkdtempSync(join(root, 'draft-'));
  chmodSync(draft, 0o755);
  claimPidFile(join(draft, ownerFile));
  renameSync(draft, directory);
}

/** Jest loads setup and teardown as two separate module graphs in one process: what they share hangs on the process. */
function running(): StartedServer[] {
  const shared = globalThis as { lastgoodTestServers?: StartedServer[] };
  shared.lastgoodTestServers ??= [];
  return shared.lastgoodTestServers;
}

async function reapDeadRuns(servers: readonly TestServer[]): Promise<void> {
  mkdirSync(root, { recursive: true });
  for (const run of readdirSync(root).filter((name) => name.startsWith('run-'))) {
    const leftover = join(root, run);
    if (rememberedProcess(join(leftover, ownerFile)) !== undefined) continue;
    for (const server of servers) await server.reap(join(leftover, server.name));
    await stopDaemons(leftover);
    rmSync(leftover, { recursive: true, force: true });
  }
}

/** A `lastgood dev` goes first and in order, because it would start again what is ended under it. */
async function stopDaemons(below: string): Promise<void> {
  const files = existsSync(below) ? readdirSync(below, { recursive: true, encoding: 'utf8' }) : [];
  const pidFiles = files.filter((name) => name.endsWith('.pid') && name !== ownerFile).map((name) => join(below, name));
  const isSupervisor = (pidFile: string): boolean => basename(pidFile) === 'dev.pid';
  for (const pidFile of [...pidFiles.filter(isSupervisor), ...pidFiles.filter((file) => !isSupervisor(file))]) {
    if (rememberedProcess(pidFile) !== undefined) await stopLeftover(pidFile, isSupervisor(pidFile) ? 20_000 : 0);
  }
}
