import type { Catalog } from '../../domain/catalog';
import { componentKeys } from '../../domain/catalog-view';
import type { ComponentKey } from '../../domain/identity';
import type { SurveyOpened } from '../answers';
import type { SurveyInput } from '../calls';
import { batchesOf, currentCatalog, requireComponent } from '../open';
import type { ActivityWorld } from '../world';
import { begun } from './begun';

/** Which layers a survey must look at: those of the components it names. */
export async function openSurvey(world: ActivityWorld, input: SurveyInput): Promise<SurveyOpened> {
  const { catalog, digest } = await currentCatalog(world, input.environment);
  const keys = await componentsOf(world, catalog, input);
  return { catalogDigest: digest, batches: batchesOf(catalog, keys) };
}

/** The placements that a survey is about. A failed deployment shows nothing that is worth keeping. */
async function componentsOf(
  world: ActivityWorld,
  catalog: Catalog,
  input: SurveyInput,
): Promise<readonly ComponentKey[]> {
  switch (input.kind) {
    case 'begin':
      return input.manifest.releases.flatMap(({ component }) => requireComponent(catalog, component));
    case 'finish':
      if (input.status === 'failed') return [];
      return (await begun(world, input)).releases.map(({ component }) => component);
    case 'import':
      return input.components.length === 0
        ? componentKeys(catalog)
        : input.components.flatMap((name) => requireComponent(catalog, name));
    default:
      return input;
  }
}
