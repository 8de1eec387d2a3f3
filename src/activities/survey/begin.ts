import type { Catalog } from '../../domain/catalog';
import type { ReleaseManifest } from '../../domain/release';
import type { SurveyResult } from '../answers';
import type { SurveyInput } from '../calls';
import { requireComponent } from '../open';
import { baselineOf, readChecks, recordCheck } from './checks';
import type { Closing } from './closing';

/** Before a deployment: how the outgoing releases do, the deployment itself, and the baselines to come back to. */
export async function closeBegin(
  { environment, manifest, by }: Extract<SurveyInput, { kind: 'begin' }>,
  { world, catalog, unreachable, pulse }: Closing,
): Promise<SurveyResult> {
  const { releases } = world.inventory;
  const incoming = placed(catalog, manifest);
  const keys = incoming.releases.map(({ component }) => component);
  const readings = await readChecks(world, catalog, keys, pulse);
  for (const key of keys) {
    const outgoing = await releases.live(environment, key);
    if (outgoing !== undefined) await recordCheck(world, environment, key, outgoing.digest, readings);
  }
  const { deployment, warnings } = await releases.begin(incoming, by);
  await releases.putBaselines(environment, manifest.deployment, readings.map(baselineOf));
  return { deployment, imported: [], warnings: [...warnings, ...unreachable] };
}

/** A component with placements goes live in each of them. */
function placed(catalog: Catalog, manifest: ReleaseManifest): ReleaseManifest {
  const releases = manifest.releases.flatMap((release) =>
    requireComponent(catalog, release.component).map((component) => ({ ...release, component })),
  );
  return { ...manifest, releases };
}
