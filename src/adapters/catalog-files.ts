import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../domain/identity';
import { LastgoodError } from '../domain/errors';

/** One file of a catalog as it was read. */
export interface CatalogFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a catalog: one file, or all `*.yaml` and `*.yml` of a directory and below, sorted; what is hidden is left out, as a
 * mounted ConfigMap keeps every file twice. Throws CATALOG_NOT_FOUND.
 */
export async function readCatalogFiles(path: string): Promise<readonly CatalogFile[]> {
  const paths = await filesOf(path);
  if (paths.length === 0) throw new LastgoodError('CATALOG_NOT_FOUND', { what: `there is no YAML file in ${path}` });
  return Promise.all(paths.map(async (file) => ({ path: file, text: await readFile(file, 'utf8') })));
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true });
    return entries
      .filter((entry) => /\.ya?ml$/.test(entry) && !/(^|[/\\])\./.test(entry))
      .sort(byCodeUnit)
      .map((entry) => join(path, entry));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LastgoodError(
      'CATALOG_NOT_FOUND',
      { what: `the catalog ${path} can not be read`, why },
      { cause: thrown },
    );
  }
}
