import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last lines of a log, at most `bytes` of them; empty when there is no such file. */
export function endOfLog(path: string, lines = 5, bytes = 2_000): string {
  try {
    return endOf(path, bytes).trim().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

function endOf(path: string, bytes: number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, bytes));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8');
  } finally {
    closeSync(file);
  }
}
