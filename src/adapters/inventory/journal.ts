import { sql, type RawBuilder } from 'kysely';
import { LastgoodError } from '../../domain/errors';
import type { JournalRow, LeftRow, StepJournal } from '../../domain/inventory';
import { appendAudit } from './audit';
import type { Database } from './database';

/** The rows around each outside write. Opening one, looking at the fence and at the switch is one statement: nothing fits between. */
export function stepJournal(database: Database): StepJournal {
  return {
    open: (row) => open(database, row),
    async close(id, { kind, writes, seen }) {
      await database.rows(sql`
        with closed as (
          update lastgood.step_journal
          set closed_at = clock_timestamp(), outcome = ${kind}, writes = ${writes}, seen = ${seen ?? null}
          where id = ${Number(id)} and closed_at is null
          returning rollback, step, environment, attempt
        ) select lastgood.append_audit(array[${effectEnded(kind, writes)}]) from closed`);
    },
    left: () =>
      database.rows(sql<LeftRow>`
        select rollback, environment, component, step, opened_at as "openedAtMs" from lastgood.step_journal row
        where closed_at is null
          and exists (select from lastgood.rollback_events e where e.rollback = row.rollback and e.kind = 'closed')
          and not exists (select from lastgood.step_journal later
            where later.environment = row.environment and later.component = row.component and later.id > row.id)
        order by id`),
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
    readonly freeze: string | null;
  }>`
    with switch as (
      select frozen, said_by, reason from lastgood.write_switch for share
    ), held as (
      select rollback, fence from lastgood.locks
      where environment = ${row.environment} and component = ${row.component} for update
    ), opened as (
      insert into lastgood.step_journal
        (rollback, step, environment, component, attempt, fence, from_fingerprint, to_fingerprint)
      select ${row.rollback}, ${row.step}, ${row.environment}, ${row.component}, ${row.attempt}::int, fence,
        ${row.from}, ${row.to}
      from held, switch where not frozen and rollback = ${row.rollback} and fence = ${row.fence}
      returning id
    ), audited as (
      select ${effectBegun(row)} from opened
    )
    select (select id from opened), (select rollback from held) as holder, (select count(*) from audited),
      (select said_by || ': ' || reason from switch where frozen) as freeze,
      exists (select from lastgood.step_journal
        where rollback = ${row.rollback} and step = ${row.step} and closed_at is null) as left_open`);
  if (answer?.id !== undefined && answer.id !== null) return { id: String(answer.id), leftOpen: answer.left_open };
  throw typeof answer?.freeze === 'string' ? frozen(row, answer.freeze) : fenceLost(row, answer?.holder ?? undefined);
}

/** In the audit: what is about to be written, in the statement that allows it. */
function effectBegun({ rollback, environment, step, attempt, fence, from, to }: NewRow): RawBuilder<unknown> {
  const detail = { attempt, fence, from, rollback, step, to };
  return appendAudit({ by: rollback, detail, environment, what: 'write.begun' });
}

/** In the audit: how it ended. The row knows whose write it was, so the canonical entry is put together there. */
function effectEnded(kind: string, writes: number): RawBuilder<unknown> {
  const [ended, what] = [JSON.stringify(kind), JSON.stringify('write.ended')];
  return sql`'{"by":' || to_json(rollback) || ',"detail":{"attempt":' || attempt || ${`,"kind":${ended},"rollback":`}::text
    || to_json(rollback) || ',"step":' || to_json(step) || ${`,"writes":${writes}},"environment":`}::text
    || to_json(environment) || ${`,"what":${what}}`}::text`;
}

function frozen(row: NewRow, who: string): LastgoodError {
  return new LastgoodError('WRITES_FROZEN', {
    what: `step ${row.step} of ${row.rollback} was not begun: all writes are frozen`,
    why: `by ${who}`,
  });
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
