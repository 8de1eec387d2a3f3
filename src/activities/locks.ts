import type { Catalog } from '../domain/catalog';
import { layersOf } from '../domain/catalog-view';
import type { ComponentKey } from '../domain/identity';
import { bystandersOf } from '../planning';
import { layerQueue } from '../temporal/names';
import type { LayerAddress, LayerBatch } from './answers';
import type { ControlActivities } from './calls';
import { runningDeployments } from './deployments';
import type { PlanDocument, ScopeDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

type Input = Parameters<ControlActivities['takeLocks']>[0];
type Answer = Awaited<ReturnType<ControlActivities['takeLocks']>>['value'];

/**
 * Takes all locks of a plan or none. A lock whose holder is closed (terminated, for instance) is freed first. Refused also
 * while another rollback moves what the rules of this plan speak of: each would be legal alone. From here on the gate
 * tells pipelines to wait; those that have begun already are answered with.
 */
export async function takeLocks(world: ActivityWorld, shelf: Shelf, input: Input): Promise<Answer> {
  const { environment, components, rollback, workflowId, runId, catalogDigest } = input;
  const { locks, rollbacks } = world.inventory;
  const catalog = await shelf.catalog(catalogDigest);
  const beside = await bystanders(shelf, input);
  for (;;) {
    const answer = await locks.take(environment, components, { rollback, workflowId, runId }, beside);
    if (answer.taken) {
      const deploying = await runningDeployments(world, catalog, components);
      const whenDeploying = catalog.policies.deploymentInProgress ?? 'wait';
      return { ...answer, beside: tellingLayers(catalog, beside), deploying, whenDeploying };
    }
    const holder = await rollbacks.find(answer.heldBy);
    const holds = holder === undefined || (await world.isOpen(holder.workflowId, holder.runId));
    if (holds) {
      const phase = holder === undefined ? '' : ` (${holder.phase})`;
      const why = `${answer.component} is being rolled back by ${answer.heldBy}${phase}; watch it: lastgood status ${answer.heldBy}`;
      return { taken: false, why };
    }
    await locks.release(answer.heldBy);
  }
}

/** Read from the facts that the plan was made from. */
async function bystanders(shelf: Shelf, { planRef, components }: Input): Promise<readonly ComponentKey[]> {
  const { scopeRef } = await shelf.document<PlanDocument>(planRef);
  const { facts } = await shelf.document<ScopeDocument>(scopeRef);
  return bystandersOf(facts, components);
}

/** The layers that tell which release of a component is live, by the queue that may ask them. */
function tellingLayers(catalog: Catalog, keys: readonly ComponentKey[]): readonly LayerBatch[] {
  const byQueue = new Map<string, LayerAddress[]>();
  for (const component of keys) {
    for (const layer of layersOf(catalog, component).filter(({ versionFrom }) => versionFrom)) {
      const queue = layerQueue(layer.credentials);
      byQueue.set(queue, [...(byQueue.get(queue) ?? []), { component, layer: layer.id }]);
    }
  }
  return [...byQueue].map(([queue, layers]) => ({ queue, layers }));
}
