import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataDirectory, readSettings } from '../../src/contract';
import { LastgoodError } from '../../src/domain/errors';

const database = 'postgres://app:hunter2@127.0.0.1:5432/lastgood';
const key = Buffer.alloc(32, 7);
let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'lastgood-settings-'));
});
afterEach(() => rmSync(data, { recursive: true }));

function errorOf(env: NodeJS.ProcessEnv): LastgoodError {
  try {
    readSettings({ LASTGOOD_DATA: data, ...env });
  } catch (thrown) {
    if (thrown instanceof LastgoodError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  it('come from environment variables', () => {
    const settings = readSettings({
      LASTGOOD_DATA: data,
      LASTGOOD_DATABASE_URL: database,
      LASTGOOD_CATALOG: 'catalog/',
      LASTGOOD_CAPTURE_KEY: key.toString('base64'),
      LASTGOOD_REPORTS: '/var/reports',
      LASTGOOD_CREDENTIALS: 'default, flags,flags',
      LASTGOOD_GATEWAY_PORT: '8080',
      LASTGOOD_VERSIONING: 'pinned',
      TEMPORAL_ADDRESS: 'temporal:7233',
    });
    expect(settings).toEqual({
      databaseUrl: database,
      catalogPath: 'catalog/',
      captureKey: key,
      temporal: { address: 'temporal:7233' },
      dataDir: data,
      reportsDir: '/var/reports',
      credentials: ['default', 'flags'],
      gatewayPort: 8080,
      versioning: 'pinned',
    });
  });

  it('come from the dev.json of a running lastgood dev where no variable is set', () => {
    writeFileSync(join(data, 'capture.key'), `${key.toString('hex')}\n`);
    writeFileSync(
      join(data, 'dev.json'),
      JSON.stringify({
        temporalAddress: '127.0.0.1:4000',
        temporalNamespace: 'default',
        temporalUi: 'http://127.0.0.1:4001',
        databaseUrl: database,
        gateway: 'http://127.0.0.1:4002',
        captureKeyFile: join(data, 'capture.key'),
        catalog: '/srv/catalog',
        pids: { worker: 1 },
      }),
    );
    expect(readSettings({ LASTGOOD_DATA: data, TEMPORAL_NAMESPACE: 'mine', LASTGOOD_CATALOG: '' })).toEqual({
      databaseUrl: database,
      catalogPath: '/srv/catalog',
      captureKey: key,
      temporal: { address: '127.0.0.1:4000', namespace: 'mine' },
      dataDir: data,
      reportsDir: join(data, 'reports'),
      credentials: [],
    });
  });

  it('take the capture key from a file that is named', () => {
    writeFileSync(join(data, 'key'), key.toString('base64'));
    const env = {
      LASTGOOD_DATA: data,
      LASTGOOD_DATABASE_URL: database,
      LASTGOOD_CAPTURE_KEY: `file:${join(data, 'key')}`,
    };
    expect(readSettings(env).captureKey).toEqual(key);
  });

  it.each([
    [{}, 'DATABASE_UNREACHABLE', /LASTGOOD_DATABASE_URL is not set/],
    [{ LASTGOOD_DATABASE_URL: 'mysql://app:hunter2@db/x' }, 'SETTINGS_INVALID', /not a PostgreSQL URL/],
    [
      { LASTGOOD_DATABASE_URL: database, LASTGOOD_CAPTURE_KEY: 'hunter2' },
      'SETTINGS_INVALID',
      /does not hold 32 bytes/,
    ],
    [
      { LASTGOOD_DATABASE_URL: database, LASTGOOD_CAPTURE_KEY: 'file:/nowhere/hunter2' },
      'SETTINGS_INVALID',
      /does not hold 32 bytes/,
    ],
    [
      { LASTGOOD_DATABASE_URL: database, LASTGOOD_CREDENTIALS: 'a b' },
      'SETTINGS_INVALID',
      /LASTGOOD_CREDENTIALS names "a b"/,
    ],
    [
      { LASTGOOD_DATABASE_URL: database, LASTGOOD_GATEWAY_PORT: '99999' },
      'SETTINGS_INVALID',
      /LASTGOOD_GATEWAY_PORT is "99999"/,
    ],
    [
      { LASTGOOD_DATABASE_URL: database, LASTGOOD_VERSIONING: 'yes' },
      'SETTINGS_INVALID',
      /LASTGOOD_VERSIONING is "yes"/,
    ],
  ])('that are wrong (%p) are refused without showing a secret', (env, code, sentence) => {
    const error = errorOf(env);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('hunter2');
  });

  it('do not survive a broken dev.json unnoticed', () => {
    writeFileSync(join(data, 'dev.json'), '{"databaseUrl": 5}');
    expect(errorOf({}).message).toMatch(/^SETTINGS_INVALID {2}dev\.json:1/);
  });

  it('keep the data directory where the user keeps data', () => {
    expect(dataDirectory({ HOME: '/home/ana' })).toBe('/home/ana/.local/share/lastgood');
    expect(dataDirectory({ HOME: '/home/ana', XDG_DATA_HOME: '/data' })).toBe('/data/lastgood');
    expect(dataDirectory({ XDG_DATA_HOME: '/data', LASTGOOD_DATA: '/own' })).toBe('/own');
  });
});
