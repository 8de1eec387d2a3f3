import { sql } from 'kysely';
import type { ReleaseBook } from '../../domain/inventory';
import type { Baseline } from '../../domain/verification';
import type { Database } from './database';
import { jsonText } from './json-text';
import { observedTogether, type CheckedAt, type LiveInterval } from './observed-together';

type Part = 'putCheckResult' | 'putBaselines' | 'baselines' | 'observedTogether';

/** What checks said: results, what was normal, and which versions passed side by side. */
export function checkBook(database: Database): Pick<ReleaseBook, Part> {
  return {
    async putCheckResult(environment, component, digest, verdict, detail) {
      await database.rows(sql`
        insert into lastgood.check_results (environment, component, digest, verdict, detail)
        values (${environment}, ${component}, ${digest}, ${verdict}, ${jsonText(detail)})`);
    },
    async putBaselines(environment, deployment, baselines) {
      // The first one stays: a repeated call may come when the deployment has begun to change what is normal.
      await database.rows(sql`
        insert into lastgood.baselines (environment, deployment, component, name, at, state, value)
        select ${environment}, ${deployment}, component, "check", to_timestamp("atMs" / 1000), state, value
        from json_to_recordset(${jsonText(baselines)}::json)
          as b (component text, "check" text, "atMs" float8, state text, value float8)
        on conflict do nothing`);
    },
    baselines: (environment, component, before) => baselines(database, environment, component, before),
    observedTogether: (environment, forMs) => together(database, environment, forMs),
  };
}

/**
 * Before the deployment that made it live last (a rollback is none), else before the newest that names it.
 * Taken before a deployment = stored under it (`begin` comes before the change), or before it began.
 */
async function baselines(
  database: Database,
  environment: string,
  component: string,
  beforeDigest: string | undefined,
): Promise<readonly Baseline[]> {
  return database.rows(sql<Baseline>`
    with live_by as (
      select l.deployment from lastgood.live_intervals l join lastgood.deployments d using (environment, deployment)
      where l.environment = ${environment} and l.component = ${component} and l.digest = ${beforeDigest ?? null}
      order by l.id desc limit 1
    ), named_by as (
      select d.deployment from lastgood.deployed_releases r join lastgood.deployments d using (environment, deployment)
      where r.environment = ${environment} and r.component = ${component} and r.digest = ${beforeDigest ?? null}
      order by d.began_at desc limit 1
    ), made_by as (
      select deployment, began_at from lastgood.deployments
      where environment = ${environment}
        and deployment = coalesce((select deployment from live_by), (select deployment from named_by))
    )
    select distinct on (name collate "C") component, name as "check", at as "atMs", state, value
    from lastgood.baselines b
    where environment = ${environment} and component = ${component} and state = 'value'
      and (not exists (select from made_by) or exists (select from made_by m
        where m.deployment = b.deployment or b.stored_at < m.began_at))
    order by name collate "C", id desc`);
}

/** So many intervals and results are compared; older ones say little about what runs now. */
const comparedIntervals = 400;
const comparedResults = 20_000;

async function together(database: Database, environment: string, forMs: number) {
  const [intervals, checks, clock] = await Promise.all([
    database.rows(sql<Omit<LiveInterval, 'endedAtMs'> & { readonly endedAtMs: number | null }>`
      select component, digest, version, began_at as "beganAtMs", ended_at as "endedAtMs" from lastgood.live_intervals
      where environment = ${environment} order by id desc limit ${comparedIntervals}`),
    database.rows(sql<CheckedAt>`
      select component, digest, verdict, at as "atMs" from lastgood.check_results
      where environment = ${environment} order by id desc limit ${comparedResults}`),
    database.rows(sql<{ readonly nowMs: number }>`select now() as "nowMs"`),
  ]);
  const open = intervals.map((one) => ({ ...one, endedAtMs: one.endedAtMs ?? Infinity }));
  return observedTogether(open, checks, forMs, clock[0]?.nowMs ?? 0);
}
