import type { Row } from '../row';
import { clashRows } from './clashes';
import { judgementRows } from './judgement';
import { killRows } from './kills';
import { messageRows } from './messages';
import { secretRows } from './secrets';
import { serverRows } from './servers';
import { targetRows } from './targets';

/** The fault matrix, in the order of docs/reliability.md. */
export const rows: readonly Row[] = [
  ...killRows,
  ...serverRows,
  ...targetRows,
  ...messageRows,
  ...clashRows,
  ...judgementRows,
  ...secretRows,
].sort((left, right) => numberOf(left) - numberOf(right));

/** `F12 flood` → 12; what is no fault comes last. */
function numberOf({ id }: Row): number {
  return Number(/^F(\d+)/.exec(id)?.[1] ?? 99);
}
