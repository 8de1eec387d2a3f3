import { sql, type RawBuilder } from 'kysely';
import type { Deployment, DeploymentStatus } from '../../domain/release';
import type { Database } from './database';
import { unknownDeployment } from './deployment-errors';

/** One deployment with its releases. */
export async function findDeployment(
  database: Database,
  environment: string,
  deployment: string,
): Promise<Deployment | undefined> {
  const [row] = await database.rows(
    sql<StoredDeployment>`${selection} where environment = ${environment} and deployment = ${deployment}`,
  );
  return row === undefined ? undefined : deploymentOf(row);
}

/** The same, where it must be there. Throws UNKNOWN_DEPLOYMENT. */
export async function requireDeployment(
  database: Database,
  environment: string,
  deployment: string,
): Promise<Deployment> {
  const found = await findDeployment(database, environment, deployment);
  if (found === undefined) throw unknownDeployment(environment, deployment);
  return found;
}

/** Newest first, 50 unless `limit` says otherwise. */
export async function listDeployments(
  database: Database,
  environment: string,
  { status, limit = 50 }: { readonly status?: DeploymentStatus; readonly limit?: number },
): Promise<readonly Deployment[]> {
  const rows = await database.rows(sql<StoredDeployment>`${selection}
    where environment = ${environment} and (${status ?? null}::text is null or status = ${status ?? null})
    order by began_at desc, deployment limit ${limit}`);
  return rows.map(deploymentOf);
}

interface StoredDeployment {
  readonly environment: string;
  readonly deployment: string;
  readonly status: DeploymentStatus;
  readonly begun_by: string;
  readonly began_at: number;
  readonly finished_at: number | null;
  readonly releases: Deployment['releases'];
}

const selection: RawBuilder<unknown> = sql`
  select environment, deployment, status, begun_by, began_at, finished_at, coalesce((
    select json_agg(json_build_object('component', component, 'digest', digest, 'version', version)
      order by component collate "C")
    from lastgood.deployed_releases r where r.environment = d.environment and r.deployment = d.deployment
  ), '[]') as releases from lastgood.deployments d`;

function deploymentOf(row: StoredDeployment): Deployment {
  return {
    environment: row.environment,
    deployment: row.deployment,
    status: row.status,
    by: row.begun_by,
    beganAtMs: row.began_at,
    ...(row.finished_at === null ? {} : { finishedAtMs: row.finished_at }),
    releases: row.releases,
  };
}
