import { LastgoodError } from '../../src/domain/errors';
import type { Inventory } from '../../src/domain/inventory';
import { describeCatalogsAndDocuments, describeCaptures } from './inventory-shelves-behaviour';
import { describeReleases } from './inventory-releases-behaviour';
import { describeRollbacks } from './inventory-rollbacks-behaviour';

/** An empty inventory for one test. */
export type OpenInventory = () => Promise<Inventory>;

/** What every inventory does, the real one and the one in memory that activities are tested with. */
export function describeInventory(open: OpenInventory): void {
  describeCatalogsAndDocuments(open);
  describeCaptures(open);
  describeReleases(open);
  describeRollbacks(open);
}

/** The code that a call is refused with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => (error instanceof LastgoodError ? error.code : String(error)),
  );
}
