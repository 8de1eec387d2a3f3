import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { runProgram } from '../../src/cli/program';
import { createCli } from '../../src/cli/session';
import { connect } from '../../src/client';
import { carriedError } from '../../src/client/carried-error';
import { openTemporal } from '../../src/client/temporal';
import { errorCatalogue, type ErrorCode } from '../../src/domain/error-catalogue';
import { LastgoodError } from '../../src/domain/errors';
import { words } from '../cli/session';
import { caught } from '../fakes/caught';
import { FakeTerminal } from '../fakes/terminal';

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a server that is away', () => {
  it('is named when it is PostgreSQL, without its password', async () => {
    const port = await closedPort();
    const error = await caught(connect({ databaseUrl: `postgres://ana:hunter2@127.0.0.1:${port}/lastgood` }));
    expect([error.code, error.exitCode]).toEqual(['DATABASE_UNREACHABLE', 7]);
    expect(error.message).toContain(`postgresql://ana@127.0.0.1:${port}/lastgood`.replace('ql', ''));
    expect(error.message).not.toContain('hunter2');
  });

  it('is named when it is Temporal', async () => {
    const address = `127.0.0.1:${await closedPort()}`;
    const error = await caught(openTemporal({ address }, 'ana'));
    expect([error.code, error.exitCode]).toEqual(['TEMPORAL_UNREACHABLE', 7]);
    expect(error.text.what).toBe(`Temporal does not answer at ${address}`);
    expect(error.message).toContain('lastgood dev');
  });

  it.each([
    'list',
    'status',
    'status rb-1 --watch',
    'history production',
    'rollback production orders --reason x',
    'rollback production orders --reason x --json',
    'approve rb-1',
    'reject rb-1',
    'pause rb-1',
    'resume rb-1',
    'stop rb-1',
    'retry rb-1',
    'skip rb-1 orders --reason x',
    'reinstate rb-1 --reason x',
    'plan production orders',
    'check production',
    'import production',
    'release finish production d-1 --on-unavailable refuse',
    'release mark known-good orders@1 --environment production --reason x',
    'hold lift production orders --reason x',
    'gate production orders@1',
    'report rb-1 --json',
    'migrate',
  ])('ends "%s" with 7', async (line) => {
    const terminal = new FakeTerminal();
    const url = `postgres://ana:hunter2@127.0.0.1:${await closedPort()}/lastgood`;
    const environment = { LASTGOOD_DATABASE_URL: url, LASTGOOD_DATA: '/nowhere' };
    expect(await runProgram(createCli(terminal, environment), words(line))).toBe(7);
    expect(terminal.stderr).toContain('DATABASE_UNREACHABLE');
    expect(terminal.stdout + terminal.stderr).not.toContain('hunter2');
  });

  it.each([
    [{}, 7, 'DATABASE_UNREACHABLE  LASTGOOD_DATABASE_URL is not set'],
    [{ LASTGOOD_DATABASE_URL: 'mysql://x' }, 2, 'SETTINGS_INVALID'],
  ])('or that nobody has named ends every command', async (settings, code, said) => {
    const terminal = new FakeTerminal();
    const environment = { LASTGOOD_DATA: '/nowhere', ...settings };
    expect(await runProgram(createCli(terminal, environment), ['list'])).toBe(code);
    expect(terminal.stderr).toContain(said);
  });
});

describe('an error that crossed Temporal as text', () => {
  it.each(Object.keys(errorCatalogue) as ErrorCode[])('is itself again: %s', (code) => {
    for (const text of [
      { what: 'it happened' },
      { what: 'it happened', why: 'because', next: 'do this' },
      { what: 'it happened', why: 'because\n  of two things', place: 'catalog.yaml:41' },
    ]) {
      const error = new LastgoodError(code, text);
      const carried = carriedError(error.message);
      expect([carried.code, carried.message]).toEqual([code, error.message]);
      expect(carried.text).toMatchObject(text);
    }
  });

  it.each(['something broke', 'CONSTRUCTOR  x', 'toString  x', ''])(
    'is INTERNAL when it is none of ours: %j',
    (text) => {
      expect(carriedError(text)).toMatchObject({ code: 'INTERNAL', text: { what: text } });
    },
  );
});
