import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LastgoodError } from '../../domain/errors';
import { postgresBinaries } from './binaries';
import { makeCluster } from './cluster';
import { chooseIdentity } from './identity';
import { launch } from './launch';
import { choosePort } from './port';
import { type Postmaster, readPostmaster, stopPostmaster } from './postmaster';

/** What the embedded server needs to know. */
export interface EmbeddedPostgresSettings {
  /** Everything is kept below it: `data`, `password` (mode 0600), `port`, `postgres.log`. Made when missing. */
  readonly dataDir: string;
  /** Fixed port on 127.0.0.1. Left out: the port of last time while it is free, else any free one. */
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
  /** Ends all connections, writes a last checkpoint and returns when the server is gone. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL 18 that npm brought along, on loopback. A server that an earlier process left behind in the
 * same directory is adopted; what a crash left behind is recovered. Works as root (the server then runs as `nobody`)
 * and as any other user. Throws SERVER_NOT_AVAILABLE.
 */
export async function startEmbeddedPostgres(settings: EmbeddedPostgresSettings): Promise<EmbeddedPostgres> {
  // 0711: as root the server runs as another user, who must be able to pass through to `data`.
  await mkdir(settings.dataDir, { recursive: true, mode: 0o711 });
  const identity = await chooseIdentity();
  const binaries = await postgresBinaries(identity);
  const home = { dataDir: settings.dataDir, binaries, identity };
  const password = await makeCluster(home, settings.password);
  const leftover = await readPostmaster(join(settings.dataDir, 'data'));
  const postmaster = (await adopted(leftover, settings.port)) ?? (await started(settings, home));
  return {
    url: `postgres://lastgood:${encodeURIComponent(password)}@127.0.0.1:${postmaster.port}/postgres`,
    pid: postmaster.pid,
    stop: () => stopPostmaster(postmaster),
  };
}

async function adopted(leftover: Postmaster | undefined, port: number | undefined): Promise<Postmaster | undefined> {
  if (leftover === undefined) return undefined;
  if (leftover.ready && (port === undefined || port === leftover.port)) return leftover;
  await stopPostmaster(leftover);
  return undefined;
}

/** A port can be taken between our look and the server's; shared memory of a killed server can linger for a moment. */
const attempts = 4;

async function started(settings: EmbeddedPostgresSettings, home: Parameters<typeof launch>[0]): Promise<Postmaster> {
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      return await launch(home, await choosePort(settings.dataDir, settings.port), settings.settings ?? {});
    } catch (error) {
      failure = error;
      await new Promise((resolve) => setTimeout(resolve, 250 * (attempt + 1)));
    }
  }
  if (failure instanceof LastgoodError) throw failure;
  throw new LastgoodError(
    'SERVER_NOT_AVAILABLE',
    { what: 'the embedded PostgreSQL did not start' },
    { cause: failure },
  );
}
