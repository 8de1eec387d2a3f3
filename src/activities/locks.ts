import type { ControlActivities } from './calls';
import { runningDeployments } from './deployments';
import type { Shelf } from './shelf';
import type { ActivityWorld } from './world';

type Input = Parameters<ControlActivities['takeLocks']>[0];
type Answer = Awaited<ReturnType<ControlActivities['takeLocks']>>['value'];

/**
 * Takes all locks of a plan or none. A lock whose holder is closed (terminated, for instance) is freed first. From here on
 * the gate tells pipelines to wait; those that have begun already are answered with.
 */
export async function takeLocks(world: ActivityWorld, shelf: Shelf, input: Input): Promise<Answer> {
  const { environment, components, rollback, workflowId, runId, catalogDigest } = input;
  const { locks, rollbacks } = world.inventory;
  for (;;) {
    const answer = await locks.take(environment, components, { rollback, workflowId, runId });
    if (answer.taken) {
      const catalog = await shelf.catalog(catalogDigest);
      const deploying = await runningDeployments(world, catalog, components);
      return { ...answer, deploying, whenDeploying: catalog.policies.deploymentInProgress ?? 'wait' };
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
