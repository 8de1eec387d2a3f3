import { sql } from 'kysely';
import type { ComponentKey } from '../../domain/identity';
import type { ReleaseBook } from '../../domain/inventory';
import type { Deployment } from '../../domain/release';
import type { Database } from './database';
import { jsonText } from './json-text';

/** One release of a deployment: where, what, and under which label. */
export type DeployedRelease = Deployment['releases'][number];

/** Ends the live interval of each predecessor and opens the new one at the same instant. What is live already stays so. */
export async function goLive(
  database: Database,
  environment: string,
  releases: readonly DeployedRelease[],
  deployment: string,
): Promise<void> {
  const text = jsonText(releases);
  await database.rows(sql`
    update lastgood.live_intervals as live set ended_at = greatest(now(), live.began_at)
    from json_to_recordset(${text}::json) as next (component text, digest text)
    where live.environment = ${environment} and live.ended_at is null
      and live.component = next.component and live.digest <> next.digest`);
  await database.rows(sql`
    insert into lastgood.live_intervals (environment, component, digest, version, deployment, began_at)
    select ${environment}, next.component, next.digest, next.version, ${deployment},
      greatest(now(), (select max(ended_at) from lastgood.live_intervals before
        where before.environment = ${environment} and before.component = next.component))
    from json_to_recordset(${text}::json) as next (component text, digest text, version text)
    where not exists (select from lastgood.live_intervals live
      where live.environment = ${environment} and live.component = next.component and live.ended_at is null)`);
}

/** True when the inventory believes exactly this release to be live. */
export async function isLive(
  database: Database,
  environment: string,
  component: ComponentKey,
  digest: string,
): Promise<boolean> {
  return (await liveRelease(database, environment, component))?.digest === digest;
}

/** What the inventory believes to be live. */
export async function liveRelease(
  database: Database,
  environment: string,
  component: ComponentKey,
): ReturnType<ReleaseBook['live']> {
  const [live] = await database.rows(sql<NonNullable<Awaited<ReturnType<ReleaseBook['live']>>>>`
    select digest, version, began_at as "sinceMs", deployment from lastgood.live_intervals
    where environment = ${environment} and component = ${component} and ended_at is null`);
  return live;
}
