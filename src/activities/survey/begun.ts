import { LastgoodError } from '../../domain/errors';
import type { SurveyInput } from '../calls';
import type { ActivityWorld } from '../world';

/** The deployment that `release begin` recorded. UNKNOWN_DEPLOYMENT when nothing was begun under that name. */
export async function begun(
  world: ActivityWorld,
  { environment, deployment }: Extract<SurveyInput, { kind: 'finish' }>,
) {
  const found = await world.inventory.releases.deployment(environment, deployment);
  if (found === undefined)
    throw new LastgoodError('UNKNOWN_DEPLOYMENT', {
      what: `no deployment "${deployment}" was begun in ${environment}`,
    });
  return found;
}
