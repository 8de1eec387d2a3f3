import type { PlanStep } from '../domain/plan';
import type { LayerStep, Measurement, Observation } from '../domain/reverter';
import type { Verified } from './answers';
import { patiently } from './patience';
import type { Pulse } from './run';
import { layerStepOf, openLayer, stepOf, type OpenLayer, type PlanDocument, type Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** A step, once as the plan names it and once as its reverter reads it. */
export type StepOfPlan = OpenLayer & { readonly step: PlanStep; readonly layerStep: LayerStep };

/** Finds a step in its stored plan, with the reverter and the target that the catalog of that plan names. */
export async function openStep(
  world: ActivityWorld,
  shelf: Shelf,
  call: { readonly catalogDigest: string; readonly planRef: string; readonly step: string },
  pulse: Pulse,
): Promise<StepOfPlan> {
  const catalog = await patiently(pulse, () => shelf.catalog(call.catalogDigest));
  const { plan } = await patiently(pulse, () => shelf.document<PlanDocument>(call.planRef));
  const step = stepOf(plan, call.step);
  return {
    step,
    layerStep: layerStepOf(step),
    ...openLayer(world, catalog, { component: step.component, layer: step.layer }),
  };
}

/** Stamped on the target where the layer allows it: the same for every attempt of one step of one rollback. */
export function operationOf(rollback: string, step: string): string {
  return `${rollback}:${step}`;
}

/** Why a layer is not what the plan was made for, for people. */
export function driftText(step: PlanStep, seen: Observation): string {
  return `${step.component} ${step.layer} is neither where the plan starts nor where it leads: ${seen.summary}`;
}

/** What a reverter's verify saw, as one line: everything when all is well, else what is not. */
export function verdictOf(measurements: readonly Measurement[]): Verified {
  const failed = measurements.filter(({ ok }) => !ok);
  const summary = (failed.length === 0 ? measurements : failed).map(measurementText).join('; ');
  return { ok: failed.length === 0, summary };
}

function measurementText({ name, seen, expected, why, ok }: Measurement): string {
  if (ok) return `${name} ${seen}`;
  return `${name} is ${seen}, not ${expected ?? 'as expected'}${why === undefined ? '' : ` (${why})`}`;
}
