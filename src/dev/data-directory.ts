import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Everything that `lastgood dev` keeps, in one directory: delete it and nothing is left. */
export interface DataDirectory {
  readonly root: string;
  /** Names the process that runs on this directory. */
  readonly pidFile: string;
  readonly ports: string;
  readonly state: string;
  readonly captureKey: string;
  readonly temporal: string;
  readonly postgres: string;
  readonly reports: string;
  readonly logs: string;
  log(name: string): string;
  pid(name: string): string;
}

/** What runs and where: how the CLI finds it without any setting. The file holds a password, so its mode is 0600. */
export interface DevState {
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Missing when the Temporal server is somebody else's. */
  readonly temporalUi?: string;
  readonly databaseUrl: string;
  readonly gateway: string;
  readonly captureKeyFile: string;
  /** Missing when none was named yet. */
  readonly catalog?: string;
  /** Process ids by name: dev, temporal, postgres, worker, gateway. */
  readonly pids: Readonly<Record<string, number>>;
}

/** Makes the directory and, once for its whole life, the key that captures are encrypted with. */
export function openDataDirectory(path: string): DataDirectory {
  const root = resolve(path);
  const inside = (name: string): string => join(root, name);
  // 0711: as root the embedded PostgreSQL runs as another user, who must be able to pass through.
  for (const [directory, mode] of [
    [root, 0o711],
    [inside('logs'), 0o700],
    [inside('run'), 0o700],
    [inside('reports'), 0o755],
  ] as const) {
    mkdirSync(directory, { recursive: true, mode });
  }
  makeOnce(inside('capture.key'), `${randomBytes(32).toString('base64')}\n`);
  return {
    root,
    pidFile: inside('run/dev.pid'),
    ports: inside('ports.json'),
    state: inside('dev.json'),
    captureKey: inside('capture.key'),
    temporal: inside('temporal'),
    postgres: inside('postgres'),
    reports: inside('reports'),
    logs: inside('logs'),
    log: (name) => inside(`logs/${name}.log`),
    pid: (name) => inside(`run/${name}.pid`),
  };
}

/** Tells the world what runs; in one piece, so that a reader never sees half of it. */
export function writeState(directory: DataDirectory, state: DevState): void {
  const draft = `${directory.state}.draft`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, directory.state);
}

/** What the last `lastgood dev` on this directory wrote; undefined when there was none. */
export function readState(directory: DataDirectory): DevState | undefined {
  if (!existsSync(directory.state)) return undefined;
  return JSON.parse(readFileSync(directory.state, 'utf8')) as DevState;
}

/** Two that start at once agree on one content: a link never replaces a file. */
function makeOnce(path: string, content: string): void {
  if (existsSync(path)) return;
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
