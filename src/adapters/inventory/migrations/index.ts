import { inventory } from './0001-inventory';
import { custody } from './0002-custody';
import { lateAttempts } from './0003-late-attempts';
import { releaseFormats } from './0004-release-formats';
import type { Migration } from './migration';

/** Every migration, in the order in which they run. */
export const migrations: readonly Migration[] = [inventory, custody, lateAttempts, releaseFormats];
