import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** How long a log is now, in bytes: where the next words will stand. */
export function sizeOfLog(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a log, of what was written after `from` bytes; empty when there is no such file. */
export function endOfLog(path: string, from = 0, lines = 5): string {
  try {
    return endOf(path, from).trim().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

const mostBytes = 2_000;

function endOf(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.max(0, Math.min(size - from, mostBytes)));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8');
  } finally {
    closeSync(file);
  }
}
