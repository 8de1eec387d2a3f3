import { sql } from 'kysely';
import { componentOf, shortDigest, type ComponentKey } from '../../domain/identity';
import type { ReleaseBook } from '../../domain/inventory';
import type { DeploymentStatus, Release, ReleaseManifest } from '../../domain/release';
import { appendAudit } from './audit';
import type { Database } from './database';
import { jsonText } from './json-text';
import { deploymentChanged, unknownDeployment, unknownRelease } from './deployment-errors';
import { findDeployment, listDeployments, requireDeployment } from './deployment-rows';
import { goLive, isLive, type DeployedRelease } from './live';
import { manifestContent } from './release-digest';
import { findRelease, storeRelease } from './stored-releases';

type Part = 'begin' | 'finish' | 'record' | 'returned' | 'deployment' | 'deployments';

/** What went out and came back. `warnings` answers what speaks against a deployment that begins. */
export function deploymentBook(
  database: Database,
  warnings: (manifest: ReleaseManifest) => Promise<readonly string[]>,
): Pick<ReleaseBook, Part> {
  return {
    async begin(manifest, by) {
      const against = await warnings(manifest);
      await database.transaction((inside) => begin(inside, manifest, by));
      const deployment = await requireDeployment(database, manifest.environment, manifest.deployment);
      return { deployment, warnings: against };
    },
    async finish(environment, deployment, status, by) {
      await database.transaction((inside) => finish(inside, environment, deployment, status, by));
      return requireDeployment(database, environment, deployment);
    },
    record: (environment, release, component, by, live) =>
      database.transaction((inside) => record(inside, environment, release, component, by, live)),
    returned: (environment, component, toDigest, rollback) =>
      database.transaction((inside) => returned(inside, environment, component, toDigest, rollback)),
    deployment: (environment, deployment) => findDeployment(database, environment, deployment),
    deployments: (environment, filter = {}) => listDeployments(database, environment, filter),
  };
}

async function begin(database: Database, manifest: ReleaseManifest, by: string): Promise<void> {
  const { environment, deployment } = manifest;
  const content = manifestContent(manifest);
  const began = await database.rows(sql`
    insert into lastgood.deployments (environment, deployment, content, status, begun_by)
    values (${environment}, ${deployment}, ${content}, 'begun', ${by})
    on conflict do nothing returning deployment`);
  if (began.length === 0) return requireSameContent(database, manifest, content);
  const releases: DeployedRelease[] = [];
  for (const { component, ...release } of manifest.releases) {
    const { digest, version } = await storeRelease(database, { ...release, component: componentOf(component) });
    releases.push({ component, digest, version });
  }
  await deploy(database, environment, deployment, releases);
  const detail = { deployment, releases };
  await database.rows(sql`select ${appendAudit({ by, detail, environment, what: 'deployment.begun' })}`);
}

async function requireSameContent(database: Database, manifest: ReleaseManifest, content: string): Promise<void> {
  const { environment, deployment } = manifest;
  const [known] = await database.rows(sql<{ readonly content: string }>`
    select content from lastgood.deployments where environment = ${environment} and deployment = ${deployment}`);
  if (known?.content !== content)
    throw deploymentChanged(environment, deployment, 'was begun before with other releases');
}

async function finish(
  database: Database,
  environment: string,
  deployment: string,
  status: 'succeeded' | 'failed',
  by: string,
): Promise<void> {
  const [known] = await database.rows(sql<{ readonly status: DeploymentStatus }>`
    select status from lastgood.deployments
    where environment = ${environment} and deployment = ${deployment} for update`);
  if (known === undefined) throw unknownDeployment(environment, deployment);
  if (known.status === status) return;
  if (known.status !== 'begun') throw deploymentChanged(environment, deployment, `has ended before as ${known.status}`);
  await database.rows(sql`
    update lastgood.deployments set status = ${status}, finished_at = now()
    where environment = ${environment} and deployment = ${deployment}`);
  if (status === 'succeeded') {
    const { releases } = await requireDeployment(database, environment, deployment);
    await goLive(database, environment, releases, deployment);
  }
  const detail = { deployment, status };
  await database.rows(sql`select ${appendAudit({ by, detail, environment, what: 'deployment.finished' })}`);
}

async function record(
  database: Database,
  environment: string,
  release: Omit<Release, 'digest'>,
  component: ComponentKey,
  by: string,
  live: boolean,
): Promise<Release> {
  const stored = await storeRelease(database, release);
  const { digest, version } = stored;
  const changed = live && !(await isLive(database, environment, component, digest));
  if (!changed && (await wasSeen(database, environment, component, digest))) return stored;
  const deployment = `recorded-${component.replace('/', '-')}-${shortDigest(digest)}`;
  await database.rows(sql`
    insert into lastgood.deployments (environment, deployment, content, status, begun_by)
    values (${environment}, ${deployment}, ${digest}, 'recorded', ${by}) on conflict do nothing`);
  await deploy(database, environment, deployment, [{ component, digest, version }]);
  if (live) await goLive(database, environment, [{ component, digest, version }], deployment);
  const detail = { component, digest, live, version };
  await database.rows(sql`select ${appendAudit({ by, detail, environment, what: 'release.recorded' })}`);
  return stored;
}

async function returned(
  database: Database,
  environment: string,
  component: ComponentKey,
  digest: string,
  rollback: string,
): Promise<void> {
  if (await isLive(database, environment, component, digest)) return;
  const known = await findRelease(database, componentOf(component), digest);
  if (known === undefined) throw unknownRelease(component, digest);
  await goLive(database, environment, [{ component, digest, version: known.version }], rollback);
  const detail = { component, digest, rollback, version: known.version };
  await database.rows(sql`select ${appendAudit({ by: rollback, detail, environment, what: 'release.returned' })}`);
}

async function deploy(
  database: Database,
  environment: string,
  deployment: string,
  releases: readonly DeployedRelease[],
): Promise<void> {
  await database.rows(sql`
    insert into lastgood.deployed_releases (environment, deployment, component, digest, version)
    select ${environment}, ${deployment}, component, digest, version
    from json_to_recordset(${jsonText(releases)}::json) as r (component text, digest text, version text)
    on conflict do nothing`);
}

async function wasSeen(
  database: Database,
  environment: string,
  component: ComponentKey,
  digest: string,
): Promise<boolean> {
  const seen = await database.rows(sql`
    select from lastgood.deployed_releases
    where environment = ${environment} and component = ${component} and digest = ${digest} limit 1`);
  return seen.length > 0;
}
