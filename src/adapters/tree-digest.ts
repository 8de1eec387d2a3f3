import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../digest';
import { byCodeUnit } from '../domain/identity';
import { aborted } from './deadline';

/**
 * Digests of directory trees. A file whose identity, size and times are what they were is not read again (the kernel sets
 * the change time, so no tool can fake it): the many looks of a rollback cost one read of a large release, not ten.
 */
export class TreeDigests {
  private readonly read = new Map<string, { readonly stamp: string; readonly digest: string }>();

  constructor(private readonly now: () => number) {}

  /**
   * `sha256:…` over the sorted [relative path, kind, content digest] of everything below the directory `path`.
   * Kinds: directory, file, executable (its owner may run it), link (content = where it points, as written; never followed),
   * other (sockets, pipes: never opened). Other permission bits depend on who unpacked the tree, so they do not count.
   */
  async of(path: string, signal?: AbortSignal): Promise<string> {
    const names = (await namesBelow(path)).sort(byCodeUnit);
    const entries: Entry[] = names.map((name) => [name, '', '']);
    let next = 0;
    const readOn = async (): Promise<void> => {
      const buffer = Buffer.allocUnsafe(bufferBytes);
      for (let index = next++; index < names.length; index = next++) {
        if (signal?.aborted === true) throw aborted();
        const name = names[index] ?? '';
        entries[index] = [name, ...(await this.describe(join(path, name), buffer))];
      }
    };
    await Promise.all(Array.from({ length: readers }, readOn));
    return digestOf(entries);
  }

  private async describe(path: string, buffer: Buffer): Promise<[kind: string, content: string]> {
    const found = await lstat(path, { bigint: true });
    if (found.isDirectory()) return ['directory', ''];
    if (found.isSymbolicLink()) return ['link', await readlink(path)];
    if (!found.isFile()) return ['other', ''];
    return [(found.mode & 0o100n) === 0n ? 'file' : 'executable', await this.contentDigest(path, found, buffer)];
  }

  private async contentDigest(path: string, found: BigIntStats, buffer: Buffer): Promise<string> {
    const stamp = `${found.dev} ${found.ino} ${found.size} ${found.ctimeNs} ${found.mtimeNs}`;
    const known = this.read.get(path);
    if (known?.stamp === stamp) return known.digest;
    const digest = await contentDigest(path, buffer);
    if (this.read.size >= keptFiles) this.read.clear();
    if (this.now() - Number(found.ctimeMs) > youngMs) this.read.set(path, { stamp, digest });
    return digest;
  }
}

type Entry = [name: string, kind: string, content: string];

/** Node reads files on four threads; more readers than that only wait. */
const readers = 4;
const bufferBytes = 131_072;
const keptFiles = 100_000;

/** Two changes within one tick of the file system's clock look like one, so what is this young is read every time. */
const youngMs = 2_000;

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
