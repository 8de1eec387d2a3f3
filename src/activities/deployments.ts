import { ApplicationFailure } from '@temporalio/common';
import type { Catalog } from '../domain/catalog';
import { LastgoodError } from '../domain/errors';
import { componentOf, type ComponentKey } from '../domain/identity';
import type { RunningDeployment } from './answers';
import type { ControlActivities } from './calls';
import type { Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** Deployments that have begun, have not ended, and write where these components are. */
export async function runningDeployments(
  world: ActivityWorld,
  { environment, policies }: Catalog,
  components: readonly ComponentKey[],
): Promise<readonly RunningDeployment[]> {
  const names = new Set(components.map(componentOf));
  const begun = await world.inventory.releases.deployments(environment, { status: 'begun', limit: 100 });
  return begun.flatMap(({ deployment, by, beganAtMs, releases }) => {
    const untilMs = beganAtMs + policies.deployTimeoutMs;
    const release = releases.find(({ component }) => components.includes(component) || names.has(component));
    return release === undefined || untilMs <= world.now()
      ? []
      : [{ deployment, by, component: release.component, untilMs }];
  });
}

/** Ends when no deployment is in the way any more. Until then the attempt fails and the server makes the next one. */
export async function awaitDeployments(
  world: ActivityWorld,
  shelf: Shelf,
  { catalogDigest, components }: Parameters<ControlActivities['awaitDeployments']>[0],
): Promise<null> {
  const [first] = await runningDeployments(world, await shelf.catalog(catalogDigest), components);
  if (first === undefined) return null;
  const { code, message } = new LastgoodError('DEPLOYMENT_RUNNING', {
    what: `deployment ${first.deployment} of ${first.component} has not ended`,
    why: `it was begun by ${first.by}`,
  });
  throw ApplicationFailure.create({ type: code, message, nextRetryDelay: '1 s' });
}
