import { LastgoodError } from '../../domain/errors';
import type { KubernetesObject } from '../../domain/ports';
import type { LayerPlan } from '../../domain/reverter';
import { ownerOf } from './workload-owner';

/** Refuses to plan over a tool that would undo the undo, with the route that works; undefined when none does. */
export function ownedElsewhere(place: string, object: KubernetesObject): LayerPlan | undefined {
  const owner = ownerOf(object);
  if (owner?.reapplies !== true) return undefined;
  const why = `${place} is owned by ${owner.name}, which would put its own state back over an undo in the cluster`;
  return { kind: 'refused', reason: 'unavailable', code: 'OWNED_ELSEWHERE', why, compensation: owner.route };
}

/** A plan is refused under such an owner; throws OWNED_ELSEWHERE for one that came since. */
export function requireNoNewOwner(place: string, object: KubernetesObject): void {
  const owner = ownerOf(object);
  if (owner?.reapplies !== true) return;
  throw new LastgoodError('OWNED_ELSEWHERE', {
    what: `${place} is owned by ${owner.name} now, which would put its own state back`,
    why: 'it was not when the plan was made',
  });
}

/** What an owner that does not write by itself will do one day. */
export function ownerRisks(object: KubernetesObject): readonly string[] {
  const owner = ownerOf(object);
  return owner === undefined ? [] : [`${owner.name} still holds the bad release; its next upgrade starts from there`];
}
