import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LastgoodError } from '../../domain/errors';
import type { Binaries } from './binaries';
import type { Identity } from './identity';

/** Everything that start and initdb have in common. */
export interface ServerHome {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly identity: Identity;
}

/**
 * Makes the database cluster unless it is there, and answers its password. The cluster is made beside its place and
 * renamed when complete, so that a crash leaves either none or a whole one.
 */
export async function makeCluster(home: ServerHome, wanted: string | undefined): Promise<string> {
  const passwordFile = join(home.dataDir, 'password');
  if (await exists(join(home.dataDir, 'data', 'PG_VERSION'))) return keptPassword(passwordFile);
  const password = wanted ?? randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const draft = join(home.dataDir, 'initdb');
  await rm(draft, { recursive: true, force: true });
  await runInitdb(home, await prepare(home, draft, password));
  await rename(join(draft, 'data'), join(home.dataDir, 'data'));
  await rm(draft, { recursive: true, force: true });
  return password;
}

async function keptPassword(file: string): Promise<string> {
  const password = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new LastgoodError(
      'SERVER_NOT_AVAILABLE',
      {
        place: file,
        what: 'the password of the embedded PostgreSQL can not be read',
        why: 'the data directory holds a database but not the password that was made with it',
        next: 'put the file back, or move the data directory away and start again',
      },
      { cause: error },
    );
  });
  return password.trim();
}

/**
 * How the server is told its data directory. As root on Linux: the working directory, which it inherits from us, by a
 * name that needs no right on the directories above it (they may be a home directory that nobody else can enter).
 */
export function dataDirArgument(home: ServerHome, data: string): string {
  return home.identity.switchTo !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : data;
}

/** Options of every child process: as whom, where, and none of our environment but the path. */
export function childOptions(home: ServerHome, data: string): ChildOptions {
  const { PATH = '', SystemRoot = '' } = process.env;
  return { cwd: data, env: { PATH, SystemRoot, LC_ALL: 'C' }, windowsHide: true, ...home.identity.switchTo };
}

interface ChildOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly windowsHide: true;
  readonly uid?: number;
  readonly gid?: number;
}

/** initdb reads the password from a file that its user must be able to read: it lives as long as initdb runs. */
async function prepare(home: ServerHome, draft: string, password: string): Promise<string> {
  const data = join(draft, 'data');
  const file = join(draft, 'password');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  for (const path of [draft, data, file]) await give(home, path);
  return data;
}

async function runInitdb(home: ServerHome, data: string): Promise<void> {
  const argv = ['-D', dataDirArgument(home, data), '-U', 'lastgood', '--pwfile=../password', '-A', 'scram-sha-256'];
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const child = spawn(home.binaries.initdb, [...argv, ...locale, '--no-instructions'], childOptions(home, data));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  ).catch((error: Error) => error.message);
  if (code === 0) return;
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    place: home.dataDir,
    what: `initdb of the embedded PostgreSQL ended with ${String(code)}`,
    why: said.trim().split('\n').slice(-3).join(' · ') || 'it could not be started',
    next: 'correct the cause, or set LASTGOOD_DATABASE_URL to a PostgreSQL server of yours',
  });
}

async function give(home: ServerHome, path: string): Promise<void> {
  const { switchTo } = home.identity;
  if (switchTo !== undefined) await chown(path, switchTo.uid, switchTo.gid);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
