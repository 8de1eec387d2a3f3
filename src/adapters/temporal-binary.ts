import { mkdirSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { LastgoodError } from '../domain/errors';
import { buildWithGo, cachedBinary, isExecutable, type GoBuildOptions } from './go-build';

/** The release of the Temporal CLI (with its server and UI) that is built when none is installed: tools/temporal/go.mod. */
export const temporalCliVersion = '1.8.2';

/** How to get a Temporal CLI. */
export interface ObtainOptions extends GoBuildOptions {
  /** The last resort, after PATH, cache and Go: puts a CLI at this path or throws. */
  readonly download?: (path: string) => Promise<void>;
}

/** A Temporal CLI that is here already: `temporal` on PATH, else the cached one. Looks only, runs nothing. */
export function findTemporal(env: NodeJS.ProcessEnv): string | undefined {
  const cached = temporalCachePath(env);
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return [...onPath.map((directory) => join(directory, basename(cached))), cached].find(isExecutable);
}

/** Where a built or downloaded CLI is kept: by version, outside the project. */
export function temporalCachePath(env: NodeJS.ProcessEnv): string {
  return cachedBinary(env, 'temporal', temporalCliVersion);
}

/**
 * A Temporal CLI, whatever it takes: the one that is here, else built with Go from the committed module, else downloaded.
 * Throws SERVER_NOT_AVAILABLE with what was tried and what to install.
 */
export async function obtainTemporal(options: ObtainOptions): Promise<string> {
  const found = findTemporal(options.env);
  if (found !== undefined) return found;
  const path = temporalCachePath(options.env);
  const tried: string[] = [];
  for (const way of [build, download]) {
    const failure = await way(path, options);
    if (failure === undefined) return path;
    tried.push(failure);
  }
  throw new LastgoodError('SERVER_NOT_AVAILABLE', {
    what: 'there is no Temporal server: no "temporal" on PATH and none in the cache',
    why: tried.join('; '),
    next: 'install the Temporal CLI (a "temporal" on PATH) or Go 1.26, or set TEMPORAL_ADDRESS to a running server',
  });
}

const title = `the Temporal CLI ${temporalCliVersion}`;

function build(path: string, options: ObtainOptions): Promise<string | undefined> {
  const goPackage = 'github.com/temporalio/cli/cmd/temporal';
  return buildWithGo({ title, module: 'temporal', package: goPackage, path, takes: '3–14 minutes' }, options);
}

async function download(path: string, options: ObtainOptions): Promise<string | undefined> {
  options.signal?.throwIfAborted();
  if (options.download === undefined) return 'no download was tried';
  try {
    options.tell(`downloading ${title}`);
    mkdirSync(dirname(path), { recursive: true });
    await options.download(path);
    return isExecutable(path) ? undefined : 'the download brought nothing that can be run';
  } catch (error) {
    return `it can not be downloaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}
