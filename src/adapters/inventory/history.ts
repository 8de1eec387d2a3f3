import { sql } from 'kysely';
import { componentOf, type ComponentKey } from '../../domain/identity';
import type { ReleaseBook } from '../../domain/inventory';
import type { Release, ReleaseEvent } from '../../domain/release';
import type { Database } from './database';
import { historyOf } from './release-events';
import { artifacts, releaseOf, type StoredRelease } from './stored-releases';
import { saidMarks } from './marks';

/** All releases ever seen there with what happened to them. Of the check results the newest 500 of each release. */
export async function history(
  database: Database,
  environment: string,
  component: ComponentKey,
): ReturnType<ReleaseBook['history']> {
  const [releases, live, checks, said] = await Promise.all([
    seenReleases(database, environment, component),
    liveEvents(database, environment, component),
    checkEvents(database, environment, component),
    saidMarks(database, componentOf(component)),
  ]);
  return historyOf({ environment, releases, happened: [...live, ...checks], said });
}

const checksKept = 500;

interface Happened {
  readonly digest: string;
  readonly event: ReleaseEvent;
}

/** In the order in which they were first seen. */
async function seenReleases(
  database: Database,
  environment: string,
  component: ComponentKey,
): Promise<readonly Release[]> {
  const rows = await database.rows(sql<StoredRelease>`
    select component, digest, version, requires, formats, ${artifacts} from lastgood.releases r
    where component = ${componentOf(component)} and digest in (
      select digest from lastgood.deployed_releases where environment = ${environment} and component = ${component}
      union select digest from lastgood.live_intervals where environment = ${environment} and component = ${component})
    order by first_seen_at, digest`);
  return rows.map(releaseOf);
}

async function liveEvents(
  database: Database,
  environment: string,
  component: ComponentKey,
): Promise<readonly Happened[]> {
  const rows = await database.rows(sql<{
    readonly digest: string;
    readonly deployment: string;
    readonly began: number;
    readonly ended: number | null;
  }>`
    select digest, deployment, began_at as began, ended_at as ended from lastgood.live_intervals
    where environment = ${environment} and component = ${component} order by id`);
  return rows.flatMap(({ digest, deployment, began, ended }) => [
    { digest, event: { kind: 'live', atMs: began, deployment } },
    ...(ended === null ? [] : [{ digest, event: { kind: 'left', atMs: ended } as const }]),
  ]);
}

async function checkEvents(
  database: Database,
  environment: string,
  component: ComponentKey,
): Promise<readonly Happened[]> {
  const rows = await database.rows(sql<{
    readonly digest: string;
    readonly verdict: 'passed' | 'failed' | 'no-data';
    readonly at: number;
  }>`
    select digest, verdict, at from (
      select digest, verdict, at, id, row_number() over (partition by digest order by id desc) as place
      from lastgood.check_results where environment = ${environment} and component = ${component}
    ) numbered where place <= ${checksKept} order by id`);
  return rows.map(({ digest, verdict, at }) => ({ digest, event: { kind: 'checked', atMs: at, verdict } }));
}
