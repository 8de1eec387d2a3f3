import { Client } from 'pg';
import { migrate, openInventory } from '../../src/adapters/inventory';
import { migrations } from '../../src/adapters/inventory/migrations';
import { describeWithServer } from '../servers/describe-with-server';
import { ask, postgresForTests } from '../servers/postgres';
import { codeOf } from './inventory-behaviour';

describeWithServer('postgres', 'the schema of the inventory', (address) => {
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  beforeEach(async () => {
    database = await postgresForTests(address);
  });
  afterEach(() => database.stop());

  const first = { name: '0001-first', sql: 'create table lastgood.first (id int)' };
  const second = { name: '0002-second', sql: 'create table lastgood.second (id int)' };

  it('is made once and left alone after that', async () => {
    expect(await migrate(database.url)).toEqual(migrations.map(({ name }) => name));
    expect(await migrate(database.url)).toEqual([]);
    await (await openInventory({ databaseUrl: database.url })).close();
  });

  it('is made once by many processes that start together', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    expect(applied.flat()).toEqual(migrations.map(({ name }) => name));
  });

  it('grows by what is missing', async () => {
    await migrate(database.url, { migrations: [first] });
    expect(await migrate(database.url, { migrations: [first, second] })).toEqual(['0002-second']);
  });

  it('is left as it was when a migration fails', async () => {
    const broken = { name: '0002-broken', sql: 'create table lastgood.half (id int); create nonsense' };
    await expect(migrate(database.url, { migrations: [first, broken] })).rejects.toThrow(/syntax error/);
    expect(await ask(database.url, `select nspname from pg_namespace where nspname = 'lastgood'`)).toEqual([]);
  });

  it('is refused when an applied migration was edited', async () => {
    await migrate(database.url, { migrations: [first] });
    const edited = { ...first, sql: `${first.sql} -- harmless` };
    await expect(migrate(database.url, { migrations: [edited] })).rejects.toThrow(
      /DATABASE_SCHEMA [^]*0001-first is not what was applied under this name/,
    );
  });

  it('is refused when a newer version has been at it', async () => {
    await migrate(database.url, { migrations: [...migrations, { ...second, name: '9999-later' }] });
    await expect(migrate(database.url)).rejects.toThrow(/DATABASE_SCHEMA [^]*newer version[^]*9999-later/);
    await expect(openInventory({ databaseUrl: database.url })).rejects.toThrow(/DATABASE_SCHEMA [^]*9999-later/);
  });

  it('is asked for, with the command, when it is not there', async () => {
    await expect(openInventory({ databaseUrl: database.url })).rejects.toThrow(/DATABASE_SCHEMA [^]*lastgood migrate/);
  });

  it('is not waited for without end', async () => {
    const other = new Client(database.url);
    await other.connect();
    try {
      await other.query(`select pg_advisory_lock(hashtext('lastgood.migrations'))`);
      await expect(migrate(database.url, { waitMs: 100 })).rejects.toThrow(/DATABASE_SCHEMA [^]*another process/);
    } finally {
      await other.end();
    }
    expect(await codeOf(migrate(database.url))).toBe('no error');
  });
});
