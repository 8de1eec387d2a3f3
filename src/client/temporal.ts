import { Client, Connection, isGrpcCancelledError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { LastgoodError } from '../domain/errors';
import { dataConverter } from '../temporal/data-converter';
import { Retries } from './retries';
import { isDeadline, temporalFault, unreachable } from './temporal-faults';

/** Where Temporal is. What is left out comes from the ecosystem's own settings: TEMPORAL_* and temporal.toml. */
export interface TemporalSettings {
  readonly address?: string;
  readonly namespace?: string;
}

/** A connected Temporal client, and how to end it. */
export interface TemporalDoor {
  readonly client: Client;
  /** `127.0.0.1:7233`, for messages. */
  readonly address: string;
  close(): Promise<void>;
}

/** Longest wait for one answer of the server, or of a worker through it, in ms. */
const answerWithinMs = 10_000;

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
  const { connectionOptions, namespace = 'default' } = connectionOf(settings);
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  try {
    const retries = new Retries();
    const interceptors = [retries.interceptor];
    const connection = await Connection.connect({ ...connectionOptions, address, interceptors, connectTimeout: 4_000 });
    const client = new Client({ connection, identity, dataConverter, namespace });
    return { client, address, close: () => retries.end().then(() => connection.close()) };
  } catch (thrown) {
    throw unreachable(address, thrown);
  }
}

/**
 * Runs one call with a deadline; `what` names it. A server that is away, a worker that is silent and an error that an
 * activity threw become errors that people can act on; what says something about a workflow passes unchanged.
 */
export async function asking<Value>(door: TemporalDoor, what: string, call: () => Promise<Value>): Promise<Value> {
  const { connection } = door.client;
  const deadlineMs = Date.now() + answerWithinMs;
  try {
    return await connection.withDeadline(deadlineMs, call);
  } catch (thrown) {
    if (isLate(thrown, deadlineMs) && (await answers(door))) throw workerSilent(what, answerWithinMs);
    throw faultOf(door, thrown);
  }
}

/** What a call that has no deadline threw, in the house wording where we have one. */
export function faultOf({ address, client }: TemporalDoor, thrown: unknown): unknown {
  return temporalFault(thrown, { address, namespace: client.options.namespace });
}

/** Nobody takes tasks; `next` where it is not enough to start a worker. */
export function workerSilent(what: string, withinMs: number, next?: string): LastgoodError {
  return new LastgoodError('WORKER_SILENT', {
    what: `no worker answered within ${withinMs / 1000} s: ${what}`,
    ...(next === undefined ? {} : { next }),
  });
}

/** At the deadline gRPC says "deadline exceeded" or "cancelled", whichever end notices it first. */
function isLate(thrown: unknown, deadlineMs: number): boolean {
  return isDeadline(thrown) || (isGrpcCancelledError(thrown) && Date.now() >= deadlineMs - 100);
}

/** Tells a worker that is silent from a server that is away: both let a deadline pass. */
async function answers({ client }: TemporalDoor): Promise<boolean> {
  try {
    await client.connection.withDeadline(Date.now() + 2_000, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
