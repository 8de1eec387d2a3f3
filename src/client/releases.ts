import { didYouMean } from '../contract/nearest';
import { componentKeys } from '../domain/catalog-view';
import type { Catalog } from '../domain/catalog';
import { LastgoodError } from '../domain/errors';
import { byCodeUnit, componentOf } from '../domain/identity';
import type { Deployment } from '../domain/release';
import type { Connections } from './connections';
import type { ReleaseCalls, Word } from './lastgood';
import { runSurvey } from './survey';

/** What a pipeline says about releases: observed by a worker, or written into the inventory at once. */
export function releaseCalls(connections: Connections): ReleaseCalls {
  const { identity: by, inventory } = connections;
  const { releases } = inventory;
  return {
    beginRelease: (manifest) => {
      const { environment, deployment } = manifest;
      return runSurvey(connections, `begin/${deployment}`, { kind: 'begin', environment, manifest, by });
    },
    finishRelease: (environment, deployment, status) =>
      runSurvey(connections, `finish/${deployment}`, { kind: 'finish', environment, deployment, status, by }),
    importReleases: (environment, components) =>
      runSurvey(connections, 'import', { kind: 'import', environment, components, by }),
    gate: (environment, component, what) => releases.gate(environment, component, what),
    mark: (word) => onEveryRelease(connections, word, (digest) => releases.mark({ ...word, digest, by })),
    lift: (word) => onEveryRelease(connections, word, (digest) => releases.lift({ ...word, digest, by })),
    hold: (environment, component, reason) => releases.hold({ environment, component, by, reason }),
    liftHold: (environment, component, reason) => releases.liftHold(environment, component, by, reason),
    holds: (environment) => releases.holds(environment),
    recentDeployments: (environment, withinMs) => recentDeployments(connections, environment, withinMs),
    components: (environment) => components(connections, environment),
    stranger: (environment, component) => stranger(connections, environment, component),
  };
}

async function onEveryRelease(
  { inventory }: Connections,
  { component, version }: Word,
  say: (digest: string) => Promise<void>,
): Promise<readonly string[]> {
  const digests = await inventory.releases.digests(component, version);
  if (digests.length === 0) throw await unknownRelease(inventory, component, version);
  for (const digest of digests) await say(digest);
  return digests;
}

async function unknownRelease(
  { catalogs, releases }: Connections['inventory'],
  component: string,
  version: string,
): Promise<LastgoodError> {
  const environments = await catalogs.environments();
  const histories = await Promise.all(environments.map((environment) => releases.history(environment, component)));
  const known = [...new Set(histories.flat().map(({ release }) => release.version))];
  return new LastgoodError('UNKNOWN_RELEASE', {
    what: `the inventory knows no release ${component}@${version}${didYouMean(version, known)}`,
    ...(known.length === 0 ? {} : { why: `it knows of ${component}: ${known.slice(0, 10).join(', ')}` }),
  });
}

async function recentDeployments(
  { inventory }: Connections,
  environment: string,
  withinMs: number,
): Promise<readonly Deployment[]> {
  const recent = (await inventory.releases.deployments(environment, { limit: 50 })).filter(
    ({ beganAtMs }) => beganAtMs >= Date.now() - withinMs,
  );
  const offered = await Promise.all(recent.map((deployment) => withWhatIsLive(inventory, deployment)));
  return offered.filter(({ releases }) => releases.length > 0);
}

/** A deployment that did not end well may have left anything behind; of the others, what is live because of them. */
async function withWhatIsLive({ releases }: Connections['inventory'], deployment: Deployment): Promise<Deployment> {
  if (deployment.status === 'begun' || deployment.status === 'failed') return deployment;
  const live = await Promise.all(
    deployment.releases.map(async (release) => {
      const now = await releases.live(deployment.environment, release.component);
      return now?.deployment === deployment.deployment ? [release] : [];
    }),
  );
  return { ...deployment, releases: live.flat() };
}

async function components(connections: Connections, environment: string): Promise<readonly string[]> {
  const current = await connections.inventory.catalogs.current(environment);
  if (current !== undefined) return [...componentKeys(current.catalog as unknown as Catalog)].sort(byCodeUnit);
  throw new LastgoodError('BAD_REQUEST', {
    what: (await stranger(connections, environment, undefined)) ?? `nothing is known of "${environment}"`,
    why: 'a catalog is known as soon as a worker has used it once',
    next: `name the components: lastgood check ${environment} COMPONENT`,
  });
}

async function stranger(
  { inventory }: Connections,
  environment: string,
  component: string | undefined,
): Promise<string | undefined> {
  const environments = await inventory.catalogs.environments();
  if (!environments.includes(environment)) {
    const known = environments.length === 0 ? 'no environment yet' : `only ${environments.join(', ')}`;
    return `the inventory knows no environment "${environment}"${didYouMean(environment, environments)} (it knows ${known})`;
  }
  if (component === undefined) return undefined;
  const current = await inventory.catalogs.current(environment);
  const keys = componentKeys(current?.catalog as unknown as Catalog);
  const names = [...new Set([...keys, ...keys.map(componentOf)])];
  if (names.includes(component)) return undefined;
  return `${environment} has no component "${component}"${didYouMean(component, names)} (it has ${keys.join(', ')})`;
}
