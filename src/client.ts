import { openConnections, type ClientSettings } from './client/connections';
import { custodyCalls } from './client/custody';
import type { Lastgood } from './client/lastgood';
import { releaseCalls } from './client/releases';
import { rollbackCalls } from './client/rollbacks';

export type { ClientSettings } from './client/connections';
export type {
  Lastgood,
  RollbackFile,
  RollbackRun,
  RollbackWish,
  StartedRollback,
  StartOptions,
} from './client/lastgood';

/** Connects to the inventory at once and to Temporal on first use. Throws DATABASE_UNREACHABLE, later TEMPORAL_UNREACHABLE. */
export async function connect(settings: ClientSettings): Promise<Lastgood> {
  const connections = await openConnections(settings);
  return {
    identity: connections.identity,
    ...releaseCalls(connections),
    ...rollbackCalls(connections),
    ...custodyCalls(connections),
    close: () => connections.close(),
  };
}
