import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../digest';
import { byCodeUnit } from '../domain/identity';
import { aborted } from './deadline';

/**
 * `sha256:…` over the sorted [relative path, kind, content digest] of everything below the directory `path`.
 * Kinds: directory, file, executable (its owner may run it), link (content = where it points, as written; never followed),
 * other (sockets, pipes: never opened). Other permission bits depend on who unpacked the tree, so they do not count.
 */
export async function treeDigest(path: string, signal?: AbortSignal): Promise<string> {
  const names = await namesBelow(path);
  names.sort(byCodeUnit);
  const entries: Entry[] = names.map((name) => [name, '', '']);
  const buffers = Array.from({ length: readers }, () => Buffer.allocUnsafe(bufferBytes));
  let next = 0;
  const readOn = async (buffer: Buffer): Promise<void> => {
    for (let index = next++; index < names.length; index = next++) {
      if (signal?.aborted === true) throw aborted();
      const name = names[index] ?? '';
      entries[index] = [name, ...(await describe(join(path, name), buffer))];
    }
  };
  await Promise.all(buffers.map(readOn));
  return digestOf(entries);
}

type Entry = [name: string, kind: string, content: string];

/** Node reads files on four threads; more readers than that only wait. */
const readers = 4;
const bufferBytes = 131_072;

async function namesBelow(root: string): Promise<string[]> {
  const names: string[] = [];
  const waiting = [''];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    for (const entry of await readdir(join(root, directory), { withFileTypes: true })) {
      const name = directory === '' ? entry.name : `${directory}/${entry.name}`;
      names.push(name);
      if (entry.isDirectory()) waiting.push(name);
    }
  }
  return names;
}

async function describe(path: string, buffer: Buffer): Promise<[kind: string, content: string]> {
  const found = await lstat(path);
  if (found.isDirectory()) return ['directory', ''];
  if (found.isSymbolicLink()) return ['link', await readlink(path)];
  if (!found.isFile()) return ['other', ''];
  return [(found.mode & 0o100) === 0 ? 'file' : 'executable', await contentDigest(path, buffer)];
}

async function contentDigest(path: string, buffer: Buffer): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
