import { hostname, userInfo } from 'node:os';
import { openInventory } from '../adapters/inventory';
import type { Inventory } from '../domain/inventory';
import { openTemporal, type TemporalDoor, type TemporalSettings } from './temporal';

/** Where the servers are, and who is speaking. */
export interface ClientSettings {
  readonly databaseUrl: string;
  readonly temporal?: TemporalSettings;
  /** `ana@laptop`; recorded with everything this client does. Default: user@host. */
  readonly identity?: string;
}

/** What every call of the client reaches: the inventory at once, Temporal when it is first needed. */
export interface Connections {
  readonly identity: string;
  readonly inventory: Inventory;
  /** Throws TEMPORAL_UNREACHABLE; the next call tries again. */
  temporal(): Promise<TemporalDoor>;
  close(): Promise<void>;
}

/** Connects to the inventory. Throws DATABASE_UNREACHABLE, DATABASE_SCHEMA, SETTINGS_INVALID. */
export async function openConnections(settings: ClientSettings): Promise<Connections> {
  const identity = settings.identity ?? whoSpeaks();
  const inventory = await openInventory({ databaseUrl: settings.databaseUrl });
  let opened: Promise<TemporalDoor> | undefined;
  return {
    identity,
    inventory,
    async temporal() {
      opened ??= openTemporal(settings.temporal ?? {}, identity);
      try {
        return await opened;
      } catch (thrown) {
        opened = undefined;
        throw thrown;
      }
    },
    async close() {
      await inventory.close();
      await opened?.then(
        (door) => door.close(),
        () => undefined,
      );
    },
  };
}

/** A container may run as a user without a name. */
function whoSpeaks(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `${process.env['USER'] ?? `uid-${process.getuid?.() ?? 'unknown'}`}@${hostname()}`;
  }
}
