import type { ControlActivities } from './calls';
import type { ActivityWorld } from './world';

type Answer = Awaited<ReturnType<ControlActivities['takeLocks']>>['value'];

/** Takes all locks of a plan or none. A lock whose holder is closed (terminated, for instance) is freed first. */
export async function takeLocks(
  world: ActivityWorld,
  { environment, components, rollback, workflowId, runId }: Parameters<ControlActivities['takeLocks']>[0],
): Promise<Answer> {
  const { locks, rollbacks } = world.inventory;
  for (;;) {
    const answer = await locks.take(environment, components, { rollback, workflowId, runId });
    if (answer.taken) return answer;
    const holder = await rollbacks.find(answer.heldBy);
    const holds = holder === undefined || (await world.isOpen(holder.workflowId, holder.runId));
    if (holds) {
      const why = `${answer.component} is being rolled back by ${answer.heldBy}; watch it: lastgood status ${answer.heldBy}`;
      return { taken: false, why };
    }
    await locks.release(answer.heldBy);
  }
}
