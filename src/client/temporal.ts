import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { LastgoodError } from '../domain/errors';
import { dataConverter } from '../temporal/data-converter';

/** Where Temporal is. What is left out comes from the ecosystem's own settings: TEMPORAL_* and temporal.toml. */
export interface TemporalSettings {
  readonly address?: string;
  readonly namespace?: string;
}

/** A connected Temporal client, and how to end it. */
export interface TemporalDoor {
  readonly client: Client;
  close(): Promise<void>;
}

/** Longest wait for one answer of the server or of a worker's query, in ms. */
export const answerWithinMs = 10_000;

/** The connection settings after TEMPORAL_* and temporal.toml had their say; `settings` are only the fallback. */
export function connectionOf(settings: TemporalSettings): ReturnType<typeof loadClientConnectConfig> {
  const config = loadClientConnectConfig();
  const namespace = config.namespace ?? settings.namespace ?? 'default';
  const address = config.connectionOptions.address ?? settings.address;
  return {
    namespace,
    connectionOptions: { ...config.connectionOptions, ...(address === undefined ? {} : { address }) },
  };
}

/** Connects. Throws TEMPORAL_UNREACHABLE. */
export async function openTemporal(settings: TemporalSettings, identity: string): Promise<TemporalDoor> {
  const { connectionOptions, namespace } = connectionOf(settings);
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: 5_000 });
    const client = new Client({
      connection,
      identity,
      dataConverter,
      ...(namespace === undefined ? {} : { namespace }),
    });
    return { client, close: () => connection.close() };
  } catch (thrown) {
    throw unreachable(address, thrown);
  }
}

/** Runs one call with a deadline; a server that is away or a worker that is silent becomes an error people can act on. */
export async function asking<Value>(door: TemporalDoor, what: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await door.client.connection.withDeadline(Date.now() + answerWithinMs, call);
  } catch (thrown) {
    if (!isGrpcServiceError(thrown)) throw thrown;
    if (thrown.code === deadlineExceeded)
      throw new LastgoodError('WORKER_SILENT', {
        what: `no worker answered within ${answerWithinMs / 1000} s: ${what}`,
      });
    if (thrown.code === unavailable) throw unreachable('', thrown);
    throw thrown;
  }
}

/** gRPC status codes (google.rpc.Code). */
const deadlineExceeded = 4;
const unavailable = 14;

function unreachable(address: string, thrown: unknown): LastgoodError {
  const why = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
  return new LastgoodError(
    'TEMPORAL_UNREACHABLE',
    { what: `Temporal does not answer${address === '' ? '' : ` at ${address}`}`, why },
    { cause: thrown },
  );
}
