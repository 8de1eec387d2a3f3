import type { LayerStep, Observation, Relation } from '../../domain/reverter';

/** The fingerprint decides; while the target is configured and does not run yet, the layer is between. Pure. */
export function settledRelation(seen: Observation, step: LayerStep): Relation {
  if (seen.fingerprint === step.to) return seen.settled ? 'target' : 'between';
  return seen.fingerprint === step.from ? 'from' : 'elsewhere';
}
