import { componentOf, shortDigest } from '../../domain/identity';
import type { ReleaseBook } from '../../domain/inventory';
import type { ReleaseManifest } from '../../domain/release';
import { releaseDigest } from './release-digest';

type Known = Pick<ReleaseBook, 'gate' | 'digests' | 'deployments'>;

/** What speaks against a deployment that begins now. It is recorded all the same: the pipeline decides. */
export async function beginWarnings(known: Known, manifest: ReleaseManifest): Promise<readonly string[]> {
  const warnings = await Promise.all(manifest.releases.map((release) => releaseWarnings(known, manifest, release)));
  return [...new Set([...warnings.flat(), ...(await otherDeployments(known, manifest))])];
}

async function releaseWarnings(
  known: Known,
  { environment }: ReleaseManifest,
  { component: key, version, artifacts }: ReleaseManifest['releases'][number],
): Promise<readonly string[]> {
  const component = componentOf(key);
  const digest = releaseDigest(artifacts);
  const byDigest = await known.gate(environment, component, digest);
  const byLabel = await known.gate(environment, component, version);
  const others = (await known.digests(component, version)).filter((other) => other !== digest);
  const same = others.map(
    (other) =>
      `${component} ${version} was recorded before with another content (${shortDigest(other)}, now ${shortDigest(digest)}); ` +
      'they are two releases with one label',
  );
  return [...byDigest.reasons, ...byLabel.reasons, ...same];
}

async function otherDeployments(
  known: Known,
  { environment, deployment, releases }: ReleaseManifest,
): Promise<readonly string[]> {
  const begun = await known.deployments(environment, { status: 'begun' });
  return begun.flatMap((other) => {
    const shared = other.releases.find(({ component }) => releases.some((release) => release.component === component));
    if (shared === undefined || other.deployment === deployment) return [];
    const since = new Date(other.beganAtMs).toISOString().slice(0, 16).replace('T', ' ');
    return `deployment ${other.deployment} of ${shared.component} began at ${since} UTC and has not ended; if it has: lastgood release finish ${environment} ${other.deployment}`;
  });
}
