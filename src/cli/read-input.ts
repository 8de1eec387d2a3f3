import { readFile } from 'node:fs/promises';
import { LastgoodError } from '../domain/errors';

/** The text of a file that a person named. Throws BAD_REQUEST when it can not be read. */
export async function readInput(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : String(thrown);
    throw new LastgoodError('BAD_REQUEST', { what: `${path} can not be read`, why, next: 'correct the path' });
  }
}
