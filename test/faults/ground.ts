import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres';
import { obtainTemporal } from '../../src/adapters/temporal-binary';
import { startTemporal } from '../../src/adapters/temporal-server';
import { nextFreePort } from '../../src/adapters/ports';
import { ask } from '../servers/postgres';

/** The two servers that a stage stands on. */
export interface Ground {
  readonly temporal: string;
  readonly postgres: string;
  /** A new database whose owner has this password; answers with its URL. */
  database(password: string): Promise<string>;
}

/** Servers that are shared: nobody may kill them. */
export function sharedGround(temporal: string, postgres: string): Ground {
  return { temporal, postgres, database: (password) => newDatabase(postgres, password) };
}

/** Servers of one row alone, to be killed by SIGKILL and started again. */
export class OwnGround implements Ground {
  temporal = '';
  postgres = '';
  private temporalServer: Awaited<ReturnType<typeof startTemporal>> | undefined;
  private postgresServer: Awaited<ReturnType<typeof startEmbeddedPostgres>> | undefined;

  constructor(private readonly directory: string) {}

  async open(): Promise<this> {
    const port = await nextFreePort(24_233);
    await this.startTemporal(port, await nextFreePort(25_233, [port]));
    await this.startPostgres();
    return this;
  }

  database(password: string): Promise<string> {
    return newDatabase(this.postgres, password);
  }

  async restartTemporal(): Promise<void> {
    const { pid = 0, port = 0, uiPort = 0, ended } = this.temporalServer ?? {};
    process.kill(pid, 'SIGKILL');
    await ended;
    await this.startTemporal(port, uiPort);
  }

  async restartPostgres(): Promise<void> {
    const { pid = 0, ended } = this.postgresServer ?? {};
    process.kill(pid, 'SIGKILL');
    await ended;
    await this.startPostgres();
  }

  async close(): Promise<void> {
    await this.temporalServer?.stop();
    await this.postgresServer?.stop();
  }

  private async startTemporal(port: number, uiPort: number): Promise<void> {
    const binary = await obtainTemporal({ env: process.env, tell: () => undefined });
    this.temporalServer = await startTemporal({ dataDir: join(this.directory, 'temporal'), binary, port, uiPort });
    this.temporal = this.temporalServer.address;
  }

  private async startPostgres(): Promise<void> {
    const settings = { fsync: 'off', max_connections: '60' };
    this.postgresServer = await startEmbeddedPostgres({ dataDir: join(this.directory, 'postgres'), settings });
    this.postgres = this.postgresServer.url;
  }
}

async function newDatabase(server: string, password: string): Promise<string> {
  const name = `faults_${randomUUID().replaceAll('-', '')}`;
  await ask(server, `create role ${name} login superuser password '${password}'`);
  await ask(server, `create database ${name} owner ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  url.username = name;
  url.password = password;
  return url.href;
}
