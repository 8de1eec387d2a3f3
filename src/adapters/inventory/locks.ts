import { sql } from 'kysely';
import { LastgoodError } from '../../domain/errors';
import { byCodeUnit, type ComponentKey } from '../../domain/identity';
import type { LockHolder, LockTable } from '../../domain/inventory';
import { appendAudit } from './audit';
import type { Database } from './database';

/** One row per locked component placement; taken in sorted order, so that two rollbacks never wait for each other. */
export function lockTable(database: Database): LockTable {
  return {
    take: (environment, components, holder, beside = []) =>
      take(database, environment, { wanted: [...new Set(components)].sort(byCodeUnit), beside }, holder),
    release: (rollback) => release(database, rollback),
    held: (environment) =>
      database.rows(sql`
        select environment, component, rollback, workflow_id as "workflowId", run_id as "runId", fence, since as "sinceMs"
        from lastgood.locks where ${environment ?? null}::text is null or environment = ${environment ?? null}
        order by environment collate "C", component collate "C"`),
  };
}

type Taken = Awaited<ReturnType<LockTable['take']>>;

/** What is locked, and what nobody else may have locked. */
interface Asked {
  readonly wanted: readonly ComponentKey[];
  readonly beside: readonly ComponentKey[];
}

async function take(database: Database, environment: string, asked: Asked, holder: LockHolder): Promise<Taken> {
  for (;;) {
    const answer = await database.transaction((inside) => takeAll(inside, environment, asked, holder)).catch(overtaken);
    if (answer !== undefined) return answer;
  }
}

/** Somebody took one of the locks between our look and our insert: nothing was taken, look again. */
class Overtaken extends Error {}

function overtaken(error: unknown): undefined {
  if (!(error instanceof Overtaken)) throw error;
}

async function takeAll(
  database: Database,
  environment: string,
  { wanted, beside }: Asked,
  holder: LockHolder,
): Promise<Taken> {
  // Two that are only related insert different rows: without a queue neither would see the other's.
  await database.rows(sql`select pg_advisory_xact_lock(hashtextextended('lastgood.locks/' || ${environment}, 0))`);
  await refuseLate(database, holder);
  const held = await heldNow(database, environment, [...wanted, ...beside]);
  const stranger = held.find((lock) => lock.workflow_id !== holder.workflowId);
  if (stranger !== undefined) return { taken: false, heldBy: stranger.rollback, component: stranger.component };
  const isOwn = (lock: Held): boolean => lock.run_id === holder.runId && lock.rollback === holder.rollback;
  const own = held.filter((lock) => isOwn(lock) && wanted.includes(lock.component));
  const before = own[0]?.fence;
  if (before !== undefined && own.length === wanted.length) return { taken: true, fence: before };
  const fence = before ?? (await nextFence(database));
  const { rollback, workflowId, runId } = holder;
  // An earlier run of the same workflow is dead: its locks are taken over, and its fence is worth nothing from now on.
  const taken = await database.rows(sql`
    insert into lastgood.locks as lock (environment, component, rollback, workflow_id, run_id, fence)
    select ${environment}, component, ${rollback}, ${workflowId}, ${runId}, ${fence}::bigint
    from unnest(${wanted}::text[]) with ordinality as asked (component, place) order by place
    on conflict (environment, component) do update
      set rollback = excluded.rollback, run_id = excluded.run_id, fence = excluded.fence, since = now()
      where lock.workflow_id = excluded.workflow_id
    returning component`);
  if (taken.length < wanted.length) throw new Overtaken();
  await database.rows(sql`delete from lastgood.locks where workflow_id = ${workflowId} and run_id <> ${runId}`);
  const detail = { components: wanted, fence, rollback };
  await database.rows(sql`select ${appendAudit({ by: rollback, detail, environment, what: 'locks.taken' })}`);
  return { taken: true, fence };
}

/** A late attempt of a run that has ended, or that went on in another, must not leave locks that nobody releases. */
async function refuseLate(database: Database, { rollback, runId }: LockHolder): Promise<void> {
  const late = await database.rows(sql`
    select from lastgood.rollbacks r where id = ${rollback} and (run_id <> ${runId}
      or exists (select from lastgood.rollback_events e where e.rollback = r.id and e.kind = 'closed'))`);
  if (late.length > 0) throw lateHolder(rollback);
}

/** Its rollback has ended or goes on in another run: what asks for the locks was given up long ago. */
export function lateHolder(rollback: string): LastgoodError {
  return new LastgoodError('FENCE_LOST', {
    what: `${rollback} asked for its locks too late`,
    why: 'it has ended, or goes on in another run; nothing was locked',
    next: `see what became of it: lastgood status ${rollback}`,
  });
}

interface Held {
  readonly component: ComponentKey;
  readonly rollback: string;
  readonly workflow_id: string;
  readonly run_id: string;
  readonly fence: number;
}

function heldNow(database: Database, environment: string, wanted: readonly ComponentKey[]): Promise<readonly Held[]> {
  return database.rows(sql<Held>`
    select component, rollback, workflow_id, run_id, fence from lastgood.locks
    where environment = ${environment} and component = any(${wanted}) order by component collate "C" for update`);
}

async function nextFence(database: Database): Promise<number> {
  const [row] = await database.rows(sql<{ readonly fence: number }>`select nextval('lastgood.fences') as fence`);
  if (row === undefined) throw new Error('the database gave no fence');
  return row.fence;
}

async function release(database: Database, rollback: string): Promise<void> {
  await database.transaction(async (inside) => {
    const freed = await inside.rows(sql<{ readonly environment: string; readonly component: string }>`
      delete from lastgood.locks where rollback = ${rollback} returning environment, component`);
    const environment = freed[0]?.environment;
    if (environment === undefined) return;
    const detail = { components: freed.map(({ component }) => component).sort(byCodeUnit), rollback };
    await inside.rows(sql`select ${appendAudit({ by: rollback, detail, environment, what: 'locks.released' })}`);
  });
}
