import { sql } from 'kysely';
import { LastgoodError } from '../../domain/errors';
import type { JournalRow, StepJournal } from '../../domain/inventory';
import type { Database } from './database';

/** The rows around each outside write. Opening one and looking at the fence is one statement: nothing fits between. */
export function stepJournal(database: Database): StepJournal {
  return {
    open: (row) => open(database, row),
    async close(id, { kind, writes, seen }) {
      await database.rows(sql`
        update lastgood.step_journal
        set closed_at = clock_timestamp(), outcome = ${kind}, writes = ${writes}, seen = ${seen ?? null}
        where id = ${Number(id)} and closed_at is null`);
    },
    async rows(rollback) {
      const rows = await database.rows(sql<StoredRow>`
        select id, step, attempt, fence, from_fingerprint, to_fingerprint, opened_at, closed_at, outcome, writes
        from lastgood.step_journal where rollback = ${rollback} order by id`);
      return rows.map(journalRow);
    },
  };
}

type NewRow = Parameters<StepJournal['open']>[0];

async function open(database: Database, row: NewRow): Promise<{ readonly id: string; readonly leftOpen: boolean }> {
  const [answer] = await database.rows(sql<{
    readonly id: number | null;
    readonly left_open: boolean;
    readonly holder: string | null;
    readonly fence: number | null;
  }>`
    with held as (
      select rollback, fence from lastgood.locks
      where environment = ${row.environment} and component = ${row.component} for update
    ), opened as (
      insert into lastgood.step_journal
        (rollback, step, environment, component, attempt, fence, from_fingerprint, to_fingerprint)
      select ${row.rollback}, ${row.step}, ${row.environment}, ${row.component}, ${row.attempt}::int, fence,
        ${row.from}, ${row.to}
      from held where rollback = ${row.rollback} and fence = ${row.fence}
      returning id
    )
    select (select id from opened), (select rollback from held) as holder, (select fence from held),
      exists (select from lastgood.step_journal
        where rollback = ${row.rollback} and step = ${row.step} and closed_at is null) as left_open`);
  if (answer?.id === undefined || answer.id === null) throw fenceLost(row, answer?.holder ?? undefined);
  return { id: String(answer.id), leftOpen: answer.left_open };
}

function fenceLost(row: NewRow, holder: string | undefined): LastgoodError {
  const now =
    holder === undefined ? 'nobody holds it' : holder === row.rollback ? 'it was taken anew' : `${holder} holds it`;
  return new LastgoodError('FENCE_LOST', {
    what: `${row.rollback} no longer holds the lock of ${row.component} in ${row.environment}`,
    why: `step ${row.step} came with fence ${row.fence}, but ${now}; nothing was written`,
    next: `see what happens now: lastgood status ${holder ?? row.rollback}`,
  });
}

interface StoredRow {
  readonly id: number;
  readonly step: string;
  readonly attempt: number;
  readonly fence: number;
  readonly from_fingerprint: string;
  readonly to_fingerprint: string;
  readonly opened_at: number;
  readonly closed_at: number | null;
  readonly outcome: NonNullable<JournalRow['kind']> | null;
  readonly writes: number | null;
}

function journalRow(row: StoredRow): JournalRow {
  return {
    id: String(row.id),
    step: row.step,
    attempt: row.attempt,
    fence: row.fence,
    from: row.from_fingerprint,
    to: row.to_fingerprint,
    openedAtMs: row.opened_at,
    ...(row.closed_at === null ? {} : { closedAtMs: row.closed_at }),
    ...(row.outcome === null ? {} : { kind: row.outcome }),
    ...(row.writes === null ? {} : { writes: row.writes }),
  };
}
