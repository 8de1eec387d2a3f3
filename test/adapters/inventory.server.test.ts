import { randomBytes } from 'node:crypto';
import { migrate, openInventory } from '../../src/adapters/inventory';
import type { Inventory } from '../../src/domain/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { ask, postgresForTests } from '../servers/postgres';
import { describeInventory } from './inventory-behaviour';

describeWithServer('postgres', 'the inventory on PostgreSQL', (address) => {
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let inventory: Inventory;
  beforeAll(async () => {
    database = await postgresForTests(address);
    await migrate(database.url);
  });
  afterEach(() => inventory.close());
  afterAll(() => database.stop());

  describeInventory(async () => {
    await ask(database.url, forgetEverything);
    inventory = await openInventory({ databaseUrl: database.url, captureKey: randomBytes(32) });
    return inventory;
  });
});

/** As a replica a session runs no triggers, not even those that keep rows from being removed. */
const forgetEverything = `
  set session_replication_role = replica;
  do $$ declare kept text; begin
    for kept in select tablename from pg_tables where schemaname = 'lastgood' and tablename not in ('migrations', 'write_switch') loop
      execute format('delete from lastgood.%I', kept);
    end loop;
  end $$;
  update lastgood.write_switch set frozen = false`;
