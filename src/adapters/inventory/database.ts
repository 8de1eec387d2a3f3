import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, type RawBuilder } from 'kysely';
import { Pool, types, type PoolClient, type PoolConfig, type QueryResult } from 'pg';
import { Turns } from '../turns';
import { databaseFault, maskedUrl, sqlState } from './database-errors';
import { storableText } from './json-text';

/** Where the inventory is, and how patient we are with it. */
export interface DatabaseSettings {
  /** `postgres://user:password@host:port/database`; the password is never printed. */
  readonly databaseUrl: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /** How long a connection may take; default 5 s. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may take; default 30 s. */
  readonly statementTimeoutMs?: number;
}

/** A connection pool that survives restarts of the server and speaks of trouble in the house wording. */
export interface Database {
  /** URL without the password, for messages. */
  readonly place: string;
  /** Rows of one statement, in one round trip. */
  rows<Row>(statement: RawBuilder<Row>): Promise<readonly Row[]>;
  /** Commits when `work` ends, rolls everything back when it throws. */
  transaction<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Opens a pool; connects when the first statement comes. Throws SETTINGS_INVALID for what is no PostgreSQL URL. */
export function openDatabase(settings: DatabaseSettings): Database {
  const place = maskedUrl(settings.databaseUrl);
  const pool = new Pool(poolConfig(settings));
  // A connection that breaks is dropped, and who waits on it is told; but without listeners, for idle connections and
  // for those in use, the whole process would end.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: namedStatements(pool) }) });
  return { ...databaseOn(kysely, place), close: () => kysely.destroy() };
}

function databaseOn(kysely: Kysely<unknown>, place: string): Database {
  const saying = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw databaseFault(error, place);
    }
  };
  return {
    place,
    rows: (statement) => saying(async () => (await statement.execute(kysely)).rows),
    transaction: (work) => saying(() => kysely.transaction().execute((inner) => work(databaseOn(inner, place)))),
    close: () => Promise.resolve(),
  };
}

function poolConfig(settings: DatabaseSettings): PoolConfig {
  const { databaseUrl, poolSize = 10, connectTimeoutMs = 5_000, statementTimeoutMs = 30_000 } = settings;
  return {
    connectionString: databaseUrl,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server's own timeout can not end a wait for a server that went silent.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
    application_name: 'lastgood',
    types: { getTypeParser: (oid, format) => parsers[oid] ?? types.getTypeParser(oid, format) },
  };
}

/** Times arrive as milliseconds, 64-bit integers as numbers: ours are counters and stay far below 2^53. */
const parsers: Readonly<Record<number, (text: string) => number>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.TIMESTAMPTZ]: (text) =>
    (types.getTypeParser(types.builtins.TIMESTAMPTZ) as (value: string) => Date)(text).getTime(),
};

/**
 * Every statement is prepared once per connection, under a name made from its text: kysely has no names. Who waits for a
 * connection waits here: in the pool a long queue would be taken for a server that does not answer.
 */
function namedStatements(pool: Pool): PostgresPool {
  const turns = new Turns(pool.options.max);
  const connect = async (): Promise<PostgresPoolClient> => {
    await turns.take();
    try {
      return namedClient(await pool.connect(), () => turns.give());
    } catch (error) {
      turns.give();
      throw error;
    }
  };
  return { connect, end: () => pool.end() };
}

function namedClient(client: PoolClient, released: () => void): PostgresPoolClient {
  let isBroken = false;
  const query = async (text: string, values: readonly unknown[]): Promise<QueryResult> => {
    try {
      const prepared = { name: nameOf(text), text, values: values.map(storable) };
      return await (values.length === 0 ? client.query(text) : client.query(prepared));
    } catch (error) {
      // After anything but an answer of the server the connection may still wait for one: it is not used again.
      isBroken ||= sqlState(error) === undefined;
      throw error;
    }
  };
  // kysely's other overload takes cursors, which we do not use.
  const queries = query as unknown as PostgresPoolClient['query'];
  const release = (): void => {
    client.release(isBroken);
    released();
  };
  return { query: queries, release };
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 24);
  names.set(text, name);
  return name;
}

/** What people write can hold what PostgreSQL can not. */
function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable);
  return typeof value === 'string' ? storableText(value) : value;
}
