import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { canonicalJson } from '../../digest';
import type { AuditVerdict } from '../../domain/custody';
import type { Json } from '../../domain/json';
import type { Database } from './database';
import { jsonText } from './json-text';

/** Who changed what. Keys must sort after `atMs`, which the database puts first: the entry stays canonical JSON. */
export interface AuditEntry {
  readonly by: string;
  readonly detail: Json;
  readonly environment: string;
  /** `release.marked`, `locks.taken`, … */
  readonly what: string;
}

/** An entry as the database function takes it. */
export function auditText(entry: AuditEntry): string {
  return canonicalJson(JSON.parse(jsonText(entry)));
}

/** Call of the function that appends entries to the chain; to be selected in the statement that makes the change. */
export function appendAudit(...entries: readonly AuditEntry[]): RawBuilder<unknown> {
  return sql`lastgood.append_audit(${entries.map(auditText)}::text[])`;
}

/** Computes every hash of the chain again, in portions. */
export async function verifyAudit(database: Database): Promise<AuditVerdict> {
  let head = '';
  for (let seq = 0; ;) {
    const rows = await auditRows(database, seq);
    for (const row of rows) {
      seq += 1;
      if (row.seq !== seq) return { whole: false, seq, why: `entry ${seq} is missing` };
      head = createHash('sha256').update(head).update(row.entry).digest('hex');
      if (row.hash !== head) return { whole: false, seq, why: `entry ${seq} or its hash was changed` };
    }
    if (rows.length < batch) return { whole: true, entries: seq, head };
  }
}

const batch = 5_000;

function auditRows(database: Database, after: number) {
  return database.rows(sql<{ readonly seq: number; readonly entry: string; readonly hash: string }>`
    select seq, entry, hash from lastgood.audit where seq > ${after} order by seq limit ${batch}`);
}
