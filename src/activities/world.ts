import type { Catalog } from '../domain/catalog';
import type { Inventory } from '../domain/inventory';
import type { World } from '../domain/ports';
import type { Reverter } from '../domain/reverter';
import type { Check, Sample } from '../domain/verification';

/** Everything that activities touch. Handed in, so that tests can hand in fakes and break each part. */
export interface ActivityWorld {
  readonly inventory: Inventory;
  /** What reverters and checks are handed. */
  readonly outside: World;
  readonly reverters: ReadonlyMap<string, Reverter<unknown>>;
  /** Reads and parses LASTGOOD_CATALOG anew. Throws the first CATALOG_* error. */
  readonly readCatalogs: () => Promise<readonly Catalog[]>;
  /** One look at one check; a check that can not be asked is a sample that is not ok, never a fault. */
  readonly sampleCheck: (check: Check, signal: AbortSignal) => Promise<Sample>;
  /** Is this workflow run still open? Decides whether a lock that stands in the way has lost its holder. */
  readonly isOpen: (workflowId: string, runId: string) => Promise<boolean>;
  /** Writes a report beside the others and answers with its path. */
  readonly writeReport: (name: string, text: string) => Promise<string>;
  readonly now: () => number;
}
