import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory, readState, writeState, type DevState } from '../../src/dev/data-directory';
import { describeState } from '../../src/dev/describe-state';
import { programEnvironment } from '../../src/dev/program-environment';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lastgood-data-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const state: DevState = {
  temporalAddress: '127.0.0.1:7233',
  temporalNamespace: 'default',
  temporalUi: 'http://127.0.0.1:8233',
  databaseUrl: 'postgres://lastgood:secret@127.0.0.1:5555/postgres',
  gateway: 'http://127.0.0.1:8470',
  captureKeyFile: '/data/capture.key',
  pids: { dev: 1 },
};

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

it('makes the key of the captures once, for its owner only', () => {
  const directory = openDataDirectory(join(root, 'data'));
  const key = readFileSync(directory.captureKey, 'utf8');
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(mode(directory.captureKey)).toBe(0o600);
  expect(readFileSync(openDataDirectory(join(root, 'data')).captureKey, 'utf8')).toBe(key);
});

it('remembers what runs, readable by its owner only', () => {
  const directory = openDataDirectory(root);
  expect(readState(directory)).toBeUndefined();
  writeState(directory, state);
  writeState(directory, { ...state, catalog: '/catalog.yaml' });
  expect(readState(directory)).toEqual({ ...state, catalog: '/catalog.yaml' });
  expect(mode(directory.state)).toBe(0o600);
});

it('never prints the password of the database', () => {
  const text = describeState(openDataDirectory(root), state).join('\n');
  expect(text).toContain('127.0.0.1:5555');
  expect(text).not.toContain('secret');
});

it('tells how to name a catalog when there is none', () => {
  expect(describeState(openDataDirectory(root), state).join('\n')).toContain('lastgood dev --catalog PATH');
});

it('keeps the Temporal settings of a shell away from the embedded server', () => {
  const shell = { PATH: '/bin', TEMPORAL_API_KEY: 'of-another-server', TEMPORAL_TLS: 'true' };
  const env = programEnvironment(shell, openDataDirectory(root), state);
  expect(env).toMatchObject({ PATH: '/bin', TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_TLS: 'false' });
  expect(env).not.toHaveProperty('TEMPORAL_API_KEY');
  expect(env['LASTGOOD_GATEWAY_PORT']).toBe('8470');
  expect(env['LASTGOOD_CAPTURE_KEY']).toBe(`file:${join(root, 'capture.key')}`);
});

it('hands the Temporal settings of a shell on when they name the server that is used', () => {
  const shell = { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_API_KEY: 'of-this-server' };
  expect(programEnvironment(shell, openDataDirectory(root), state)).toMatchObject(shell);
});
