import { randomUUID } from 'node:crypto';
import { lstat, open, readdir, readlink, rename, stat, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LastgoodError } from '../domain/errors';
import type { FilePort } from '../domain/ports';
import { TreeDigests } from './tree-digest';

/** A half-made link older than this was left by a crash; a younger one may belong to somebody who is at it. */
const leftoverAgeMs = 60_000;

/** The files of this host. Throws FILE_FAILED for what may not be read or written; what is not there is undefined or empty. */
export function createFiles(now: () => number): FilePort {
  const digests = new TreeDigests(now);
  return {
    readLink: (path) => reading(path, () => readlink(path)),
    listDirectories: async (path) => (await reading(path, () => directoriesIn(path))) ?? [],
    treeDigest: async (path, signal) => {
      const root = await reading(path, () => lstat(path));
      return root?.isDirectory() === true
        ? trying(`${path} can not be read`, () => digests.of(path, signal))
        : undefined;
    },
    replaceLink: (path, target) => trying(`${path} can not be written`, () => replaceLink(path, target, now())),
    readText: (path, maxBytes) => reading(path, () => readText(path, maxBytes)),
  };
}

async function directoriesIn(
  path: string,
): Promise<readonly { readonly name: string; readonly changedAtMs: number }[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const directories = entries.filter((entry) => entry.isDirectory());
  return Promise.all(
    directories.map(async ({ name }) => ({ name, changedAtMs: (await stat(join(path, name))).mtimeMs })),
  );
}

/** New link beside the old one, renamed over it: whoever looks sees the old target or the new one, never none. */
async function replaceLink(path: string, target: string, nowMs: number): Promise<void> {
  await sweep(path, nowMs);
  const draft = `${draftPrefix(path)}${randomUUID()}`;
  await symlink(target, draft);
  try {
    await rename(draft, path);
  } catch (thrown) {
    await unlink(draft).catch(() => undefined);
    throw thrown;
  }
  await syncDirectory(dirname(path));
}

async function sweep(path: string, nowMs: number): Promise<void> {
  const directory = dirname(path);
  const prefix = basename(draftPrefix(path));
  const drafts = (await readdir(directory)).filter((name) => name.startsWith(prefix));
  for (const name of drafts) {
    const draft = join(directory, name);
    const found = await lstat(draft).catch(() => undefined);
    if (found?.isSymbolicLink() === true && nowMs - found.mtimeMs > leftoverAgeMs) {
      await unlink(draft).catch(() => undefined);
    }
  }
}

function draftPrefix(path: string): string {
  return join(dirname(path), `.${basename(path)}.lastgood-`);
}

/** Without it a power cut may forget the rename although we reported it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function readText(path: string, maxBytes: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** EINVAL is what reading a link answers when the path is there but is no link. */
async function reading<Value>(path: string, read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EINVAL') return undefined;
    throw fault(`${path} can not be read`, thrown);
  }
}

async function trying<Value>(what: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (thrown) {
    throw fault(what, thrown);
  }
}

function fault(what: string, thrown: unknown): unknown {
  const { code, message, name } = thrown as NodeJS.ErrnoException;
  if (name === 'AbortError') return thrown;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this worker has no right to it',
    EPERM: 'this worker has no right to it',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EISDIR: 'a directory stands there, where a link is expected',
    EEXIST: 'a directory stands there, where a link is expected',
  };
  return new LastgoodError('FILE_FAILED', { what, why: reasons[code ?? ''] ?? message }, { cause: thrown });
}
