import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Everything below a directory, byte by byte, with the identity and time of every entry: equal only if nothing was touched. */
export function snapshotOf(root: string): string {
  const lines = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(root, name);
      const { ino, mtimeMs, mode } = lstatSync(path);
      return [name, ino, mtimeMs, mode, contentOf(path)].join(' ');
    });
  return lines.join('\n');
}

function contentOf(path: string): string {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return readlinkSync(path);
  return found.isFile() ? readFileSync(path, 'base64') : '';
}
