import type { Inventory } from '../../domain/inventory';
import { verifyAudit } from './audit';
import { captureCipher } from './capture-cipher';
import { captureShelf } from './captures';
import { openDatabase, type DatabaseSettings } from './database';
import { stepJournal } from './journal';
import { lockTable } from './locks';
import { requireSchema } from './migrate';
import { releaseBook } from './releases';
import { rollbackBook } from './rollbacks';
import { catalogShelf, documentShelf } from './shelves';
import { writeSwitch } from './write-switch';

export { migrate } from './migrate';

/** What the inventory needs to know. */
export interface InventorySettings extends DatabaseSettings {
  /** 32 bytes, or their base64 or hex. Left out by doors, which never look into captured states. */
  readonly captureKey?: string | Uint8Array;
}

/**
 * Opens the inventory and makes sure that it can be used. Throws DATABASE_UNREACHABLE (retryable), DATABASE_SCHEMA
 * unless `migrate` has run, SETTINGS_INVALID. A restart of the server later on fails single calls only.
 */
export async function openInventory(settings: InventorySettings): Promise<Inventory> {
  const cipher = captureCipher(settings.captureKey);
  const database = openDatabase(settings);
  try {
    await requireSchema(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    catalogs: catalogShelf(database),
    documents: documentShelf(database),
    releases: releaseBook(database),
    captures: captureShelf(database, cipher),
    rollbacks: rollbackBook(database),
    journal: stepJournal(database),
    locks: lockTable(database),
    writes: writeSwitch(database),
    audit: { verify: () => verifyAudit(database) },
    ready: () => requireSchema(database),
    close: () => database.close(),
  };
}
