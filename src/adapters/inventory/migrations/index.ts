import { inventory } from './0001-inventory';
import type { Migration } from './migration';

/** Every migration, in the order in which they run. */
export const migrations: readonly Migration[] = [inventory];
