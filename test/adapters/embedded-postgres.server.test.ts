import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/adapters/embedded-postgres';
import { postgresBinaries } from '../../src/adapters/embedded-postgres/binaries';
import { chooseIdentity } from '../../src/adapters/embedded-postgres/identity';
import { describeWithServer } from '../servers/describe-with-server';
import { ask } from '../servers/postgres';
import { scratchDirectory } from '../servers/run';

describeWithServer('postgres', 'the embedded PostgreSQL runner', (shared) => {
  let dataDir: string;
  const running: EmbeddedPostgres[] = [];
  beforeEach(() => {
    dataDir = join(scratchDirectory(), 'postgres');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  async function start(port?: number): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir, ...(port === undefined ? {} : { port }) });
    running.push(server);
    return server;
  }

  it('starts, answers, stops, and has kept everything when it starts again at the same address', async () => {
    const first = await start();
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await expect(first.ended).resolves.toContain(String(first.pid));
    await expect(ask(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('keeps its data and its password from everybody else', async () => {
    const server = await start();
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'data'))).mode & 0o777).toBe(0o700);
    await expect(stat(join(dataDir, 'initdb'))).rejects.toThrow(/ENOENT/);
    await expect(ask(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication/);
  });

  it('runs below a directory that only we may enter', async () => {
    // As root the server runs as another user, who could not get there by name.
    const closed = dirname(dataDir);
    chmodSync(closed, 0o700);
    dataDir = join(closed, 'below', 'postgres');
    expect(await ask((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('loses no committed row when it is killed, says that it ended, and starts again', async () => {
    const killed = await start();
    await ask(killed.url, 'create table kept as select generate_series(1, 1000) as row');
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    const again = await start();
    expect(again.url).toBe(killed.url);
    expect(await ask(again.url, 'select count(*)::int as rows from kept')).toEqual([{ rows: 1000 }]);
  });

  it('adopts the server that an earlier process left behind, and stops it', async () => {
    const leftover = await start();
    const adopted = await start();
    expect({ pid: adopted.pid, url: adopted.url }).toEqual({ pid: leftover.pid, url: leftover.url });
    await adopted.stop();
    await adopted.stop();
    await leftover.ended;
    await expect(ask(leftover.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('moves a leftover to the port that is asked for', async () => {
    const leftover = await start();
    const port = Number(new URL(leftover.url).port) + 1_000;
    const moved = await start(port);
    expect([new URL(moved.url).port, moved.pid === leftover.pid]).toEqual([String(port), false]);
  });

  it('leads a session of its own, which Ctrl-C in our terminal does not reach', async () => {
    const { pid } = await start();
    const columns = execFileSync('ps', ['-o', 'sid=,pgid=', '-p', String(pid)], { encoding: 'utf8' });
    expect(columns.trim().split(/\s+/)).toEqual([String(pid), String(pid)]);
  });

  it('refuses a port that is taken', async () => {
    await expect(start(Number(new URL(shared).port))).rejects.toMatchObject({ code: 'SERVER_NOT_AVAILABLE' });
  });

  it('says whose fault it is when the data directory can not be used', async () => {
    const file = join(dirname(dataDir), 'file');
    writeFileSync(file, '');
    await expect(startEmbeddedPostgres({ dataDir: join(file, 'below') })).rejects.toThrow(
      /SERVER_NOT_AVAILABLE .*\/file\/below .*can not be used\n.*ENOTDIR/,
    );
  });

  it('shows the end of its log when it does not start', async () => {
    const settings = { shared_buffers: 'plenty' };
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(
      /SERVER_NOT_AVAILABLE .*postgres\.log.*\n.*invalid value for parameter "shared_buffers"[^]*LASTGOOD_DATABASE_URL/,
    );
  });
});

describe('the PostgreSQL binaries', () => {
  const installed = resolve(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..');
  const before = process.env['XDG_CACHE_HOME'];
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lastgood-binaries-'));
    chmodSync(directory, 0o755);
    process.env['XDG_CACHE_HOME'] = join(directory, 'cache');
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    await rm(directory, { recursive: true, force: true });
  });

  async function packageWithoutLinks(name: string): Promise<string> {
    const copy = join(directory, name);
    await mkdir(copy, { mode: 0o755 });
    const isLink = async (path: string): Promise<boolean> => (await lstat(path)).isSymbolicLink();
    await cp(installed, copy, { recursive: true, filter: async (path) => !(await isLink(path)) });
    return join(copy, 'native');
  }

  it('are completed where npm ran without install scripts', async () => {
    const native = await packageWithoutLinks('open');
    const { initdb } = await postgresBinaries(await chooseIdentity(directory), native);
    expect(initdb).toBe(join(native, 'bin', 'initdb'));
    expect(execFileSync(initdb, ['--version'], { encoding: 'utf8' })).toContain('PostgreSQL');
  });

  it('are used from a place that their user can reach, copied once if need be', async () => {
    const native = await packageWithoutLinks('closed');
    chmodSync(join(directory, 'closed'), 0o700);
    const identity = await chooseIdentity(directory);
    const { postgres } = await postgresBinaries(identity, native);
    // Only root runs the server as somebody else.
    const home =
      identity.switchTo === undefined ? native : join(directory, 'cache', 'lastgood', 'postgres-18.4.0-beta.17');
    expect(postgres).toBe(join(home, 'bin', 'postgres'));
    expect(await postgresBinaries(identity, native)).toEqual({ initdb: join(home, 'bin', 'initdb'), postgres });
    const version = execFileSync(postgres, ['--version'], { encoding: 'utf8', cwd: '/', ...identity.switchTo });
    expect(version).toContain('PostgreSQL');
  });
});
