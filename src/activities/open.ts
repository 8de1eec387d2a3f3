import { didYouMean } from '../contract/nearest';
import type { Catalog } from '../domain/catalog';
import { componentKeys, keysNamed, layersOf } from '../domain/catalog-view';
import { LastgoodError } from '../domain/errors';
import type { ComponentKey } from '../domain/identity';
import type { Json } from '../domain/json';
import { layerQueue } from '../temporal/names';
import type { LayerBatch, Opened } from './answers';
import type { ControlActivities } from './calls';
import type { ActivityWorld } from './world';

/** Gives the rollback its number and fixes the catalog that it uses to its end. */
export async function openRollback(
  world: ActivityWorld,
  input: Parameters<ControlActivities['openRollback']>[0],
): Promise<Opened> {
  const { workflowId, runId, key, request } = input;
  const { catalog, digest } = await currentCatalog(world, request.environment);
  for (const name of request.components) requireComponent(catalog, name);
  const rollback = await world.inventory.rollbacks.open(workflowId, runId, key, request);
  const { expiresMs, selfApproval, roles } = catalog.approval;
  const { confirmWithinMs, decideWithinMs, resumeWithinMs, onFailure } = catalog.policies;
  return {
    rollback,
    catalogDigest: digest,
    batches: batchesOf(catalog, componentKeys(catalog)),
    approval: { expiresMs, selfApproval, roles },
    policies: { confirmWithinMs, decideWithinMs, resumeWithinMs, onFailure },
  };
}

/** Reads the environment's catalog anew and stores it by digest. Throws CATALOG_NOT_FOUND and the CATALOG_* errors. */
export async function currentCatalog(
  world: ActivityWorld,
  environment: string,
): Promise<{ readonly catalog: Catalog; readonly digest: string }> {
  const catalogs = await world.readCatalogs();
  const catalog = catalogs.find((candidate) => candidate.environment === environment);
  if (catalog === undefined) {
    const known = catalogs.map((candidate) => candidate.environment).join(', ') || 'none';
    throw new LastgoodError('CATALOG_NOT_FOUND', {
      what: `no catalog describes the environment "${environment}"`,
      why: `environments of this worker's catalog: ${known}`,
    });
  }
  return { catalog, digest: await world.inventory.catalogs.put(environment, catalog as unknown as Json) };
}

/** The component placements a name stands for. Throws CATALOG_UNKNOWN_COMPONENT. */
export function requireComponent(catalog: Catalog, name: string): readonly ComponentKey[] {
  const keys = keysNamed(catalog, name);
  if (keys.length === 0) {
    const known = componentKeys(catalog);
    const more = known.length > shownComponents ? ` and ${known.length - shownComponents} more` : '';
    throw new LastgoodError('CATALOG_UNKNOWN_COMPONENT', {
      what: `there is no component "${name}" in ${catalog.environment}${didYouMean(name, known)}`,
      why: `components: ${known.slice(0, shownComponents).join(', ')}${more}`,
      next: 'give a name of the catalog; what is missing there has to be added to it',
    });
  }
  return keys;
}

const shownComponents = 24;

/** Every layer of these components, per credential domain. */
export function batchesOf(catalog: Catalog, keys: readonly ComponentKey[]): readonly LayerBatch[] {
  const byQueue = new Map<string, { component: ComponentKey; layer: string }[]>();
  for (const component of keys) {
    for (const layer of layersOf(catalog, component)) {
      const queue = layerQueue(layer.credentials);
      byQueue.set(queue, [...(byQueue.get(queue) ?? []), { component, layer: layer.id }]);
    }
  }
  return [...byQueue].map(([queue, layers]) => ({ queue, layers }));
}
