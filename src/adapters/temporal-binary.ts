import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { LastgoodError } from '../domain/errors';
import { claimPidFile } from './daemon';

/** The release of the Temporal CLI (with its server and UI) that is built when none is installed: tools/temporal/go.mod. */
export const temporalCliVersion = '1.8.2';

/** How to get a Temporal CLI. */
export interface ObtainOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Takes one line of progress at a time. */
  readonly tell: (line: string) => void;
  /** Ends a build. */
  readonly signal?: AbortSignal;
  /** The last resort, after PATH, cache and Go: puts a CLI at this path or throws. */
  readonly download?: (path: string) => Promise<void>;
}

/** A Temporal CLI that is here already: `temporal` on PATH, else the cached one. Looks only, runs nothing. */
export function findTemporal(env: NodeJS.ProcessEnv): string | undefined {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return [...onPath.map((directory) => join(directory, executable)), temporalCachePath(env)].find(isExecutable);
}

/** Where a built or downloaded CLI is kept: by version, outside the project. */
export function temporalCachePath(env: NodeJS.ProcessEnv): string {
  const cache = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'lastgood', 'temporal', temporalCliVersion, executable);
}

/**
 * A Temporal CLI, whatever it takes: the one that is here, else built with Go from the committed module, else downloaded.
 * Throws SERVER_NOT_AVAILABLE with what was tried and what to install.
 */
export async function obtainTemporal(options: ObtainOptions): Promise<string> {
  const found = findTemporal(options.env);
  if (found !== undefined) return found;
  const path = temporalCachePath(options.env);
  mkdirSync(dirname(path), { recursive: true });
  const tried: string[] = [];
  for (const way of [build, download]) {
    const failure = await way(path, options);
    if (failure === undefined) return path;
    tried.push(failure);
  }
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    what: 'there is no Temporal server: no "temporal" on PATH and none in the cache',
    why: tried.join('; '),
    next: 'install the Temporal CLI (a "temporal" on PATH) or Go 1.26, or set TEMPORAL_ADDRESS to a running server',
  });
}

const executable = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const goPackage = 'github.com/temporalio/cli/cmd/temporal';
const goModule = resolve(__dirname, '..', '..', 'tools', 'temporal');

/** Builds the CLI at `path`; two builders at once share one build. Answers why not, if not. */
async function build(path: string, options: ObtainOptions): Promise<string | undefined> {
  const why = whyNoGo(options.env);
  if (why !== undefined) return why;
  const lock = `${path}.building`;
  await takeLock(lock, options.tell);
  const draft = `${path}.draft`;
  try {
    if (isExecutable(path)) return undefined;
    const failure = await runGoBuild(draft, options);
    if (failure === undefined) renameSync(draft, path);
    return failure;
  } finally {
    rmSync(draft, { force: true });
    rmSync(lock, { force: true });
  }
}

async function takeLock(lock: string, tell: (line: string) => void): Promise<void> {
  const builder = claimPidFile(lock);
  if (builder === undefined) return;
  tell(`process ${builder.pid} is building the Temporal CLI already; waiting for it`);
  while (claimPidFile(lock) !== undefined) await delay(500);
}

function whyNoGo(env: NodeJS.ProcessEnv): string | undefined {
  try {
    const version = execFileSync('go', ['version'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(version) ?? [];
    const isEnough = Number(major) > 1 || Number(minor) >= 26;
    return isEnough ? undefined : `Go 1.26 or newer is needed to build it, and this is ${version.trim()}`;
  } catch {
    return 'it can not be built, because there is no Go on PATH';
  }
}

async function runGoBuild(output: string, { env, tell, signal }: ObtainOptions): Promise<string | undefined> {
  const startedAt = Date.now();
  const minutes = (): string => ((Date.now() - startedAt) / 60_000).toFixed(1);
  tell(`building the Temporal CLI ${temporalCliVersion} from source, once; this usually takes 3–14 minutes`);
  const args = ['build', '-v', '-trimpath', '-ldflags=-s -w', '-o', output, goPackage];
  const go = spawn('go', args, {
    cwd: goModule,
    env: { ...env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const counts = { downloads: 0, packages: 0 };
  const last: string[] = [];
  createInterface(go.stderr).on('line', (line) => {
    if (line.startsWith('go: downloading')) counts.downloads += 1;
    else counts.packages += 1;
    last.splice(0, last.length, ...last.slice(-4), line);
  });
  const ticker = setInterval(() => {
    tell(`  ${minutes()} min: ${counts.downloads} modules downloaded, ${counts.packages} packages compiled`);
  }, 15_000);
  const code = await new Promise<number | string>((settle) => {
    go.once('error', (error) => settle(error.message));
    go.once('close', (exit, killedBy) => settle(exit ?? killedBy ?? 'unknown'));
  });
  clearInterval(ticker);
  if (code === 0) tell(`built the Temporal CLI in ${minutes()} min`);
  return code === 0 ? undefined : `go build ended with ${code}: ${last.join(' | ')}`;
}

async function download(path: string, options: ObtainOptions): Promise<string | undefined> {
  options.signal?.throwIfAborted();
  if (options.download === undefined) return 'no download was tried';
  try {
    options.tell(`downloading the Temporal CLI ${temporalCliVersion}`);
    await options.download(path);
    return isExecutable(path) ? undefined : 'the download brought nothing that can be run';
  } catch (error) {
    return `it can not be downloaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
