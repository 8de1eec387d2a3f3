import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTemporal, obtainTemporal, temporalCachePath } from '../../src/adapters/temporal-binary';

let directory: string;
let env: NodeJS.ProcessEnv;
const told: string[] = [];
const tell = (line: string): void => {
  told.push(line);
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lastgood-temporal-binary-'));
  env = { PATH: join(directory, 'bin'), XDG_CACHE_HOME: join(directory, 'cache') };
  told.length = 0;
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function program(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A Go that remembers its builds in `builds` and builds an empty program after a moment. */
function fakeGo(version: string, build = 'echo > "$6"; /bin/chmod +x "$6"'): void {
  const builds = join(directory, 'builds');
  const script = `if [ "$1" = version ]; then echo "go version ${version} linux/amd64"; exit; fi
echo "$@" >> ${builds}; echo "go: downloading a" >&2; echo "package b" >&2; /bin/sleep 0.1; ${build}`;
  program(join(directory, 'bin', 'go'), script);
}

function builds(): readonly string[] {
  const file = join(directory, 'builds');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

it('prefers the temporal on PATH to the cached one', () => {
  expect(findTemporal(env)).toBeUndefined();
  const cached = program(temporalCachePath(env), 'exit 0');
  expect(findTemporal(env)).toBe(cached);
  const installed = program(join(directory, 'bin', 'temporal'), 'exit 0');
  expect(findTemporal(env)).toBe(installed);
});

it('builds with Go when there is none, once, into the cache, and says how long that takes', async () => {
  fakeGo('go1.26.8');
  const both = await Promise.all([obtainTemporal({ env, tell }), obtainTemporal({ env, tell })]);
  expect(both).toEqual([temporalCachePath(env), temporalCachePath(env)]);
  expect(await obtainTemporal({ env, tell })).toBe(temporalCachePath(env));
  expect(told.join('\n')).toContain('usually takes 3–14 minutes');
  expect(builds()).toHaveLength(1);
});

it('leaves nothing in the cache when a build fails, and says what the compiler said', async () => {
  fakeGo('go1.26.8', 'echo half > "$6"; echo "undefined: x" >&2; exit 1');
  await expect(obtainTemporal({ env, tell })).rejects.toMatchObject({
    code: 'SERVER_NOT_AVAILABLE',
    message: expect.stringContaining('undefined: x'),
  });
  expect(findTemporal(env)).toBeUndefined();
});

it('asks for a newer Go instead of trying with an old one', async () => {
  fakeGo('go1.25.3');
  await expect(obtainTemporal({ env, tell })).rejects.toThrow('Go 1.26 or newer is needed');
  expect(builds()).toEqual([]);
});

it('downloads as the last resort', async () => {
  const download = async (path: string): Promise<void> => {
    program(path, 'exit 0');
  };
  expect(await obtainTemporal({ env, tell, download })).toBe(temporalCachePath(env));
});

it('says all that was tried and what to install when nothing works', async () => {
  const download = (): Promise<void> => Promise.reject(new Error('no network'));
  const message = expect.stringMatching(/no Go on PATH; .*no network[^]*install the Temporal CLI/);
  await expect(obtainTemporal({ env, tell, download })).rejects.toMatchObject({
    code: 'SERVER_NOT_AVAILABLE',
    message,
  });
});
