import { sql } from 'kysely';
import { digestOfBytes } from '../../digest';
import { openDatabase, type Database } from './database';
import { hasState, schemaFault } from './database-errors';
import { migrations as ours } from './migrations';
import type { Migration } from './migrations/migration';

/**
 * Brings the schema to this version and answers the names of what was applied. All or nothing, in one transaction; of
 * several processes that start at once one works and the others wait, at most `waitMs`.
 * Throws DATABASE_SCHEMA for a schema that is newer than this version or was made from edited files.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<readonly string[]> {
  const { migrations = ours, waitMs = 30_000 } = options;
  const database = openDatabase({ databaseUrl, poolSize: 1, statementTimeoutMs: 5 * 60_000 });
  try {
    return await database.transaction(async (inside) => {
      await lock(inside, waitMs);
      await inside.rows(sql`create schema if not exists lastgood`);
      await inside.rows(sql`create table if not exists lastgood.migrations
        (name text primary key, hash text not null, applied_at timestamptz not null default now())`);
      return applyMissing(inside, migrations);
    });
  } finally {
    await database.close();
  }
}

/** For tests of the migrations themselves. */
interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  /** How long to wait for another process that migrates; default 30 s. */
  readonly waitMs?: number;
}

/** Throws DATABASE_SCHEMA unless exactly our migrations have been applied. */
export async function requireSchema(database: Database): Promise<void> {
  const missing = missingMigrations(await appliedMigrations(database), ours, database.place);
  if (missing.length === 0) return;
  throw schemaFault(database.place, `it lacks ${missing.map(({ name }) => name).join(', ')}`);
}

async function lock(database: Database, waitMs: number): Promise<void> {
  await database.rows(sql`select set_config('lock_timeout', ${`${waitMs}ms`}, true)`);
  await database.rows(sql`select pg_advisory_xact_lock(hashtext('lastgood.migrations'))`).catch((error: unknown) => {
    if (!hasState(error, lockNotAvailable)) throw error;
    const why = `another process has been migrating it for ${waitMs / 1000} s`;
    throw schemaFault(database.place, why, 'wait for that process, then run: lastgood migrate', error);
  });
}

const lockNotAvailable = '55P03';

async function applyMissing(database: Database, migrations: readonly Migration[]): Promise<readonly string[]> {
  const missing = missingMigrations(await appliedMigrations(database), migrations, database.place);
  for (const { name, sql: text } of missing) {
    await database.rows(sql.raw(text));
    await database.rows(sql`insert into lastgood.migrations (name, hash) values (${name}, ${digestOfBytes(text)})`);
  }
  return missing.map(({ name }) => name);
}

interface Applied {
  readonly name: string;
  readonly hash: string;
}

function appliedMigrations(database: Database): Promise<readonly Applied[]> {
  return database.rows(sql<Applied>`select name, hash from lastgood.migrations order by name`);
}

/** Ours that have not been applied. Throws DATABASE_SCHEMA for an applied one that we do not have, or not like this. */
function missingMigrations(
  applied: readonly Applied[],
  migrations: readonly Migration[],
  place: string,
): readonly Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, hash } of applied) {
    const own = byName.get(name);
    if (own === undefined)
      throw schemaFault(place, `a newer version of Lastgood has applied ${name}`, 'start that version');
    if (digestOfBytes(own.sql) !== hash) {
      throw schemaFault(place, `${name} is not what was applied under this name`, 'start the version that applied it');
    }
    byName.delete(name);
  }
  return [...byName.values()];
}
