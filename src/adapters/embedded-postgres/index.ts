import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../../domain/errors';
import { isPortFree, rememberedPorts } from '../ports';
import { postgresBinaries } from './binaries';
import { makeCluster, type ServerHome } from './cluster';
import { chooseIdentity } from './identity';
import { launch } from './launch';
import { endOf, type Postmaster, readPostmaster, stopPostmaster } from './postmaster';

/** What the embedded server needs to know. */
export interface EmbeddedPostgresSettings {
  /** Everything is kept below it: `data`, `password` (mode 0600), `ports.json`, `postgres.log`. Made when missing. */
  readonly dataDir: string;
  /** Fixed port on 127.0.0.1. Left out: the port of last time, else the first free one from 5433. */
  readonly port?: number;
  /** Used when the cluster is made; a random one when left out. */
  readonly password?: string;
  /** Server settings beyond ours: `{fsync: 'off'}`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server that answers. */
export interface EmbeddedPostgres {
  /** Holds the password: for connecting, never for printing. */
  readonly url: string;
  /** Process id of the postmaster; it leads a session of its own, so Ctrl-C in the terminal does not reach it. */
  readonly pid: number;
  /** Settles when the server has ended, with how. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends all connections, writes a last checkpoint and returns when the server is gone. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL 18 that npm brought along, on loopback. A server that an earlier process left behind in the
 * same directory is adopted; what a crash left behind is recovered. Works as root (the server then runs as `nobody`)
 * and as any other user. Throws SERVER_NOT_AVAILABLE.
 */
export async function startEmbeddedPostgres(settings: EmbeddedPostgresSettings): Promise<EmbeddedPostgres> {
  await requireDirectory(settings.dataDir);
  const identity = await chooseIdentity(join(settings.dataDir, 'data'));
  const binaries = await postgresBinaries(identity);
  const home = { dataDir: settings.dataDir, binaries, identity };
  const password = await makeCluster(home, settings.password);
  const leftover = await readPostmaster(join(settings.dataDir, 'data'));
  const postmaster = (await adopted(leftover, settings.port)) ?? (await started(settings, home));
  return {
    url: `postgres://lastgood:${encodeURIComponent(password)}@127.0.0.1:${postmaster.port}/postgres`,
    pid: postmaster.pid,
    ended: endOf(postmaster),
    stop: () => stopPostmaster(postmaster),
  };
}

/** What root made is root's: a later start by somebody else must say so instead of failing somewhere inside. */
async function requireDirectory(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = 'the data directory of the embedded PostgreSQL can not be used';
    const next = 'start as the user it belongs to, or name another data directory';
    throw new LastgoodError('SERVER_NOT_AVAILABLE', { place: dataDir, what, why, next }, { cause: error });
  }
}

async function adopted(leftover: Postmaster | undefined, port: number | undefined): Promise<Postmaster | undefined> {
  if (leftover === undefined) return undefined;
  if (leftover.ready && (port === undefined || port === leftover.port)) return leftover;
  await stopPostmaster(leftover);
  return undefined;
}

/** Memory of a killed server can linger for a moment, and a port can be taken between our look and the server's. */
const attempts = 3;

async function started(settings: EmbeddedPostgresSettings, home: ServerHome): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(settings);
    try {
      return await launch(home, port, settings.settings ?? {});
    } catch (error) {
      if (attempt === attempts) throw error;
      await delay(300 * attempt);
    }
  }
}

async function choosePort({ dataDir, port }: EmbeddedPostgresSettings): Promise<number> {
  if (port === undefined) return (await rememberedPorts(join(dataDir, 'ports.json'), { postgres: 5433 })).postgres;
  if (await isPortFree(port)) return port;
  const what = `port ${port}, on which the embedded PostgreSQL is to listen, is taken`;
  throw new LastgoodError('SERVER_NOT_AVAILABLE', { what, next: 'stop what listens there, or name another port' });
}
