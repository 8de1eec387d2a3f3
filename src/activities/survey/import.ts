import { layersOf } from '../../domain/catalog-view';
import { componentOf } from '../../domain/identity';
import type { SurveyResult } from '../answers';
import type { SurveyInput } from '../calls';
import type { ObservationEntry } from '../shelf';
import type { ActivityWorld } from '../world';
import type { Closing } from './closing';

type ImportInput = Extract<SurveyInput, { kind: 'import' }>;

/** Day one: what is live now, and the older releases that a layer keeps by itself. None of them is known-good by that. */
export async function closeImport(
  input: ImportInput,
  { world, catalog, entries, unreachable }: Closing,
): Promise<SurveyResult> {
  const imported: string[] = [];
  for (const entry of entries) {
    const tells = layersOf(catalog, entry.component).some(({ id, versionFrom }) => versionFrom && id === entry.layer);
    if (tells) imported.push(...(await importKept(world, input, entry)));
    const live = tells ? await importLive(world, input, entry) : undefined;
    if (live !== undefined) imported.push(`${entry.component} ${live.version} (live)`);
  }
  return { imported, warnings: unreachable };
}

/** Records what the layer says is live. Undefined when it can not tell a version. */
export async function importLive(
  world: ActivityWorld,
  { environment, by }: ImportInput,
  { component, layer, observation }: ObservationEntry,
) {
  if (observation?.version === undefined) return undefined;
  const artifacts = [{ layer, name: component, digest: observation.digest ?? observation.fingerprint }];
  const release = { component: componentOf(component), version: observation.version, artifacts };
  return world.inventory.releases.record(environment, release, component, by, true);
}

/** Oldest first, so that the order of recording is the order of time. */
async function importKept(
  world: ActivityWorld,
  { environment, by }: ImportInput,
  { component, layer, observation }: ObservationEntry,
): Promise<readonly string[]> {
  if (observation?.version === undefined) return [];
  const kept: string[] = [];
  for (const { version, digest } of (observation.candidates ?? []).toReversed()) {
    if (digest === undefined || version === observation.version) continue;
    const artifacts = [{ layer, name: component, digest }];
    const release = { component: componentOf(component), version, artifacts };
    await world.inventory.releases.record(environment, release, component, by, false);
    kept.push(`${component} ${version} (kept by ${layer})`);
  }
  return kept;
}
