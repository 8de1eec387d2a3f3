import { layersOf } from '../../domain/catalog-view';
import type { ComponentKey } from '../../domain/identity';
import type { SurveyResult } from '../answers';
import type { SurveyInput } from '../calls';
import { readChecks, recordCheck } from './checks';
import type { Closing } from './closing';

/** After a deployment: its result, how the new releases do, and whether they are what the pipeline says they are. */
export async function closeFinish(
  { environment, deployment: id, status, by }: Extract<SurveyInput, { kind: 'finish' }>,
  closing: Closing,
): Promise<SurveyResult> {
  const { world, catalog, unreachable, pulse } = closing;
  const deployment = await world.inventory.releases.finish(environment, id, status, by);
  if (status === 'failed') return { deployment, imported: [], warnings: unreachable };
  const { releases } = deployment;
  const keys = releases.map(({ component }) => component);
  const readings = await readChecks(world, catalog, keys, pulse);
  for (const { component, digest } of releases) await recordCheck(world, environment, component, digest, readings);
  const mismatches = releases.flatMap(({ component, version }) => mismatch(component, version, closing));
  return { deployment, imported: [], warnings: [...unreachable, ...mismatches] };
}

/** A pipeline that says "succeeded" while something else runs is worth a warning. */
function mismatch(component: ComponentKey, version: string, { catalog, entries }: Closing): readonly string[] {
  const layer = layersOf(catalog, component).find(({ versionFrom }) => versionFrom);
  const seen = entries.find((entry) => entry.component === component && entry.layer === layer?.id)?.observation;
  return seen?.version === undefined || seen.version === version
    ? []
    : [`${component} was said to be at ${version}, but runs ${seen.version}`];
}
