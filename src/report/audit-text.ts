import type { AuditVerdict } from '../domain/custody';
import { oneLine } from './escape';

/** `WHOLE  1204 entries, head sha256 …`, or where the chain breaks. */
export function auditText(verdict: AuditVerdict): string {
  if (!verdict.whole) return `BROKEN at entry ${verdict.seq}: ${oneLine(verdict.why)}`;
  return `WHOLE  ${verdict.entries} entries; head ${verdict.head === '' ? 'none yet' : verdict.head}`;
}
