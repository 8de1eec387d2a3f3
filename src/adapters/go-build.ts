import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { claimPidFile } from './daemon';

/** A program that one of our pinned Go modules under `tools/` builds. */
export interface GoProgram {
  /** For people: `the Temporal CLI 1.8.2`. */
  readonly title: string;
  /** Directory under `tools/` with go.mod and go.sum. */
  readonly module: string;
  /** Import path of its main package. */
  readonly package: string;
  /** Where the binary goes: a path of `cachedBinary`. */
  readonly path: string;
  /** How long a first build takes on two cores: `3–14 minutes`. */
  readonly takes: string;
  /** `-X name=value` for the linker. */
  readonly stamp?: string;
}

/** Who wants it built. */
export interface GoBuildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Takes one line of progress at a time. */
  readonly tell: (line: string) => void;
  /** Ends a build. */
  readonly signal?: AbortSignal;
}

/** Where a built or downloaded program is kept: by name and version, outside the project; XDG_CACHE_HOME is honoured. */
export function cachedBinary(env: NodeJS.ProcessEnv, name: string, version: string, program = name): string {
  const cache = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'lastgood', name, version, process.platform === 'win32' ? `${program}.exe` : program);
}

/** Is there a program at this path that may be run? */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Builds a program at its path, unless it is there; two builders at once share one build. Answers why not, if not. */
export async function buildWithGo(program: GoProgram, options: GoBuildOptions): Promise<string | undefined> {
  if (isExecutable(program.path)) return undefined;
  const why = whyNoGo(options.env);
  if (why !== undefined) return why;
  mkdirSync(dirname(program.path), { recursive: true });
  const lock = `${program.path}.building`;
  await takeLock(program, lock, options.tell);
  const draft = `${program.path}.draft`;
  try {
    if (isExecutable(program.path)) return undefined;
    const failure = await runGoBuild(program, draft, options);
    if (failure === undefined) renameSync(draft, program.path);
    return failure;
  } finally {
    rmSync(draft, { force: true });
    rmSync(lock, { force: true });
  }
}

async function takeLock({ title }: GoProgram, lock: string, tell: (line: string) => void): Promise<void> {
  const builder = claimPidFile(lock);
  if (builder === undefined) return;
  tell(`process ${builder.pid} is building ${title} already; waiting for it`);
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

async function runGoBuild(
  { title, module, package: goPackage, takes, stamp }: GoProgram,
  output: string,
  { env, tell, signal }: GoBuildOptions,
): Promise<string | undefined> {
  const startedAt = Date.now();
  const minutes = (): string => ((Date.now() - startedAt) / 60_000).toFixed(1);
  tell(`building ${title} from source, once; this usually takes ${takes}`);
  const flags = ['-s', '-w', ...(stamp === undefined ? [] : ['-X', stamp])].join(' ');
  const args = ['build', '-v', '-trimpath', `-ldflags=${flags}`, '-o', output, goPackage];
  const go = spawn('go', args, {
    cwd: resolve(__dirname, '..', '..', 'tools', module),
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
  if (code === 0) tell(`built ${title} in ${minutes()} min`);
  return code === 0 ? undefined : `go build ended with ${code}: ${last.join(' | ')}`;
}
