import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/adapters/embedded-postgres';
import { migrate, openInventory } from '../../src/adapters/inventory';
import type { Inventory } from '../../src/domain/inventory';
import { LastgoodError } from '../../src/domain/errors';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { scratchDirectory } from '../servers/run';

describeWithServer('postgres', 'the inventory in trouble', (shared) => {
  it('says that the database can not be reached, and never its password', async () => {
    const url = 'postgres://lastgood:hunter2@127.0.0.1:9/inventory';
    const fault = await faultOf(openInventory({ databaseUrl: url }));
    expect(fault).toMatchObject({ code: 'DATABASE_UNREACHABLE', isRetryable: true });
    expect(fault.message).toContain('postgres://lastgood@127.0.0.1:9/inventory');
    expect(fault.message).toMatch(/ECONNREFUSED[^]*LASTGOOD_DATABASE_URL/);
    expect(`${fault.message} ${fault.stack} ${JSON.stringify(fault)}`).not.toContain('hunter2');
  });

  it('says so for a wrong password and for a database that is not there', async () => {
    const wrong = new URL(shared);
    wrong.password = 'hunter2';
    const fault = await faultOf(openInventory({ databaseUrl: wrong.href }));
    expect(fault.code).toBe('DATABASE_UNREACHABLE');
    expect(fault.message).toContain('password authentication failed');
    expect(fault.message).not.toContain('hunter2');
    const missing = new URL(shared);
    missing.pathname = '/no_such_database';
    expect((await faultOf(openInventory({ databaseUrl: missing.href }))).message).toContain('does not exist');
  });

  it('refuses what is no PostgreSQL URL', async () => {
    for (const databaseUrl of ['', 'inventory', 'mysql://user:hunter2@host/db']) {
      const fault = await faultOf(openInventory({ databaseUrl }));
      expect(fault.code).toBe('SETTINGS_INVALID');
      expect(fault.message).not.toContain('hunter2');
    }
  });

  it('ends a statement that takes too long', async () => {
    const database = await postgresForTests(shared);
    await migrate(database.url);
    const inventory = await openInventory({ databaseUrl: database.url, statementTimeoutMs: 100 });
    const other = new Client(database.url);
    await other.connect();
    await other.query('begin; lock table lastgood.rollback_counters');
    const request = { environment: 'e', components: [], reason: '', requester: '', to: {}, dryRun: false, accept: [] };
    const fault = await faultOf(inventory.rollbacks.open('w', 'run', 'k', { ...request, trigger: 'cli' }));
    expect(fault).toMatchObject({ code: 'DATABASE_UNREACHABLE', isRetryable: true });
    expect(fault.message).toContain('statement timeout');
    await other.end();
    await inventory.close();
    await database.stop();
  });

  describe('when the server is killed and comes back', () => {
    let server: EmbeddedPostgres;
    let inventory: Inventory;
    const dataDir = (): string => join(directory, 'postgres');
    let directory: string;
    beforeAll(async () => {
      directory = scratchDirectory();
      server = await startEmbeddedPostgres({ dataDir: dataDir() });
      await migrate(server.url);
      inventory = await openInventory({ databaseUrl: server.url });
    });
    afterAll(async () => {
      await inventory.close();
      await server.stop();
    });

    it('answers again without being opened again, and has lost nothing', async () => {
      const ref = await inventory.documents.put('plan', { kept: true });
      await Promise.all(Array.from({ length: 10 }, () => inventory.ready()));
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
      expect(await faultOf(inventory.ready())).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
      server = await startEmbeddedPostgres({ dataDir: dataDir() });
      expect(await inventory.documents.get(ref)).toEqual({ kept: true });
    });

    it('does not use a connection again on which the server went silent', async () => {
      const settings = { databaseUrl: server.url, poolSize: 1, statementTimeoutMs: 100 };
      const impatient = await openInventory(settings);
      const other = new Client(server.url);
      await other.connect();
      const found = await other.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'lastgood' order by backend_start desc limit 1`,
      );
      const silent = found.rows[0]?.pid ?? 0;
      process.kill(silent, 'SIGSTOP');
      try {
        expect(await faultOf(impatient.ready())).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
        await impatient.ready();
      } finally {
        process.kill(silent, 'SIGCONT');
        await other.end();
        await impatient.close();
      }
    });

    it('answers again after the server cut every connection', async () => {
      await Promise.all(Array.from({ length: 10 }, () => inventory.ready()));
      const other = new Client(server.url);
      await other.connect();
      await other.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
        'lastgood',
      ]);
      await other.end();
      await until(() => inventory.ready());
    });
  });
});

async function faultOf(call: Promise<unknown>): Promise<LastgoodError> {
  const fault = await call.catch((error: unknown) => error);
  if (fault instanceof LastgoodError) return fault;
  throw new Error('there was no fault of ours', { cause: fault });
}

/** The news of a cut connection may come after the next call. */
async function until(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = 10; ; left -= 1) {
    try {
      return void (await attempt());
    } catch (error) {
      if (left === 0 || !(error instanceof LastgoodError) || !error.isRetryable) throw error;
    }
  }
}
