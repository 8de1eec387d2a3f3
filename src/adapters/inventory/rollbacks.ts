import { sql } from 'kysely';
import { LastgoodError } from '../../domain/errors';
import type { RollbackBook, RollbackRow } from '../../domain/inventory';
import { progressOf } from '../../domain/fold-progress';
import type { RollbackEvent } from '../../domain/rollback-event';
import { requestIdentity, type RollbackRequest } from '../../domain/request';
import { appendAudit, auditText } from './audit';
import { auditOf } from './audited-events';
import { hasState } from './database-errors';
import type { Database } from './database';
import { jsonText } from './json-text';

/** Rollbacks and their events. How far each one is, is derived from its events whenever somebody asks. */
export function rollbackBook(database: Database): RollbackBook {
  return {
    open: (workflowId, runId, key, request) => open(database, workflowId, runId, key, request),
    async goesOnAs(rollback, runId) {
      await database.rows(sql`
        with moved as (update lastgood.locks set run_id = ${runId} where rollback = ${rollback})
        update lastgood.rollbacks set run_id = ${runId} where id = ${rollback}`);
    },
    append: (rollback, events) => append(database, rollback, events),
    async events(rollback, afterSeq = -1) {
      const rows = await database.rows(sql<{ readonly body: RollbackEvent }>`
        select body from lastgood.rollback_events where rollback = ${rollback} and seq > ${afterSeq} order by seq`);
      return rows.map(({ body }) => body);
    },
    async request(rollback) {
      const [found] = await database.rows(sql<Pick<StoredRollback, 'request'>>`
        select request from lastgood.rollbacks where id = ${rollback}`);
      return found?.request;
    },
    async find(name) {
      const found = await database.rows(sql<StoredRollback>`
        select id, environment, workflow_id, run_id, key, request, opened_at from lastgood.rollbacks
        where id = ${name} or workflow_id = ${name} or key = ${name}
        order by id = ${name} desc, workflow_id = ${name} desc, opened_at desc, number desc limit 1`);
      return (await withState(database, found))[0];
    },
    async list({ environment, open: isOpen, limit = 50 }) {
      const found = await database.rows(sql<StoredRollback>`
        select id, environment, workflow_id, run_id, key, request, opened_at from lastgood.rollbacks r
        where (${environment ?? null}::text is null or environment = ${environment ?? null})
          and (${isOpen ?? null}::boolean is null or ${isOpen ?? null} = not exists (
            select from lastgood.rollback_events e where e.rollback = r.id and e.kind = 'closed'))
        order by opened_at desc, number desc limit ${limit}`);
      return withState(database, found);
    },
  };
}

async function open(
  database: Database,
  workflowId: string,
  runId: string,
  key: string,
  request: RollbackRequest,
): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await openOnce(database, workflowId, runId, key, request);
    } catch (error) {
      // Two calls for one run at the same time: the second look finds the row of the first.
      if (attempt > 0 || !hasState(error, '23505')) throw error;
    }
  }
}

async function openOnce(
  database: Database,
  workflowId: string,
  runId: string,
  key: string,
  request: RollbackRequest,
): Promise<string> {
  const { environment, requester } = request;
  const detail = { components: request.components, key, reason: request.reason, runId, workflowId };
  const entry = appendAudit({ by: requester, detail, environment, what: 'rollback.opened' });
  const [row] = await database.rows(sql<{ readonly id: string }>`
    with known as (
      select id from lastgood.rollbacks where workflow_id = ${workflowId} and first_run_id = ${runId}
    ), counted as (
      insert into lastgood.rollback_counters as counter (environment, last)
      select ${environment}, 1 where not exists (select from known)
      on conflict (environment) do update set last = counter.last + 1
      returning last
    ), made as (
      insert into lastgood.rollbacks
        (id, environment, number, workflow_id, run_id, first_run_id, key, components, dry_run, request)
      select 'rb-' || ${environment} || '-' || last, ${environment}, last, ${workflowId}, ${runId},
        ${runId}, ${key}, ${request.components}::text[], ${request.dryRun}::boolean,
        ${jsonText(request)}::json
      from counted returning id
    )
    select id, null::bigint as audited from known union all select id, ${entry} from made`);
  if (row === undefined) throw new Error('the database gave the rollback no number');
  return row.id;
}

async function append(database: Database, rollback: string, events: readonly RollbackEvent[]): Promise<void> {
  if (events.length === 0) return;
  const audits = events.map((event) => auditOf(rollback, event)).map((entry) => (entry ? auditText(entry) : null));
  try {
    await database.rows(sql`
      with given as (
        select * from unnest(${events.map(({ seq }) => seq)}::int[], ${events.map(({ atMs }) => atMs)}::float8[],
          ${events.map(({ kind }) => kind)}::text[], ${events.map((event) => jsonText(event))}::json[],
          ${audits}::text[]) as event (seq, at_ms, kind, body, audit)
      ), stored as (
        insert into lastgood.rollback_events (rollback, seq, at, kind, body)
        select ${rollback}, seq, to_timestamp(at_ms / 1000), kind, body from given
        on conflict do nothing
        returning seq
      )
      select lastgood.append_audit(array_agg(audit order by seq)) from given join stored using (seq)
      where audit is not null`);
  } catch (error) {
    if (!hasState(error, '23503')) throw error;
    throw new LastgoodError('UNKNOWN_ROLLBACK', { what: `there is no rollback ${rollback}` }, { cause: error });
  }
}

interface StoredRollback {
  readonly id: string;
  readonly environment: string;
  readonly workflow_id: string;
  readonly run_id: string;
  readonly key: string;
  readonly request: RollbackRequest;
  readonly opened_at: number;
}

async function withState(database: Database, found: readonly StoredRollback[]): Promise<readonly RollbackRow[]> {
  if (found.length === 0) return [];
  const events = await database.rows(sql<{ readonly rollback: string; readonly body: RollbackEvent }>`
    select rollback, body from lastgood.rollback_events
    where rollback = any(${found.map(({ id }) => id)})
      and kind in ('phase', 'closed', 'asked', 'ask-closed', 'decided')`);
  const eventsOf = (id: string) => events.filter(({ rollback }) => rollback === id).map(({ body }) => body);
  return found.map((row) => rollbackRow(row, eventsOf(row.id)));
}

function rollbackRow(row: StoredRollback, events: readonly RollbackEvent[]): RollbackRow {
  const { phase, outcome, ask, decisions } = progressOf(events);
  const { components, reason, requester } = row.request;
  return {
    rollback: row.id,
    workflowId: row.workflow_id,
    runId: row.run_id,
    key: row.key,
    environment: row.environment,
    components,
    reason,
    requester,
    requestIdentity: requestIdentity(row.request),
    openedAtMs: row.opened_at,
    phase,
    ...(outcome === undefined ? {} : { outcome }),
    ...(ask === undefined ? {} : { ask }),
    decisions,
  };
}
