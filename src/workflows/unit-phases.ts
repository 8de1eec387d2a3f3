import type { OutlineStep, OutlineUnit } from '../domain/plan';
import type { StepPhase } from '../domain/reverter';

/** The steps of one component in one phase: they run one after the other. */
export type Lane = readonly OutlineStep[];

const order: readonly StepPhase[] = ['stop', 'move', 'switch', 'start'];

/**
 * A unit's steps as they run: phase after phase, and within a phase the components side by side. What moves together is
 * stopped together, moves together, is switched together and is started together.
 */
export function phasesOf({ steps }: Pick<OutlineUnit, 'steps'>): readonly (readonly Lane[])[] {
  return order.map((phase) => lanesOf(steps.filter((step) => (step.phase ?? 'move') === phase))).filter(hasLanes);
}

function lanesOf(steps: Lane): readonly Lane[] {
  const lanes = new Map<string, OutlineStep[]>();
  for (const step of steps) lanes.set(step.component, [...(lanes.get(step.component) ?? []), step]);
  return [...lanes.values()];
}

function hasLanes(lanes: readonly Lane[]): boolean {
  return lanes.length > 0;
}

/** The step after this one in the same layer of the same unit: `<unit>/<layer>/<n>`. */
export function nextInLayer(unit: Pick<OutlineUnit, 'steps'>, { id, component }: OutlineStep): OutlineStep | undefined {
  const inLayer = unit.steps.filter((step) => step.component === component && layerPart(step.id) === layerPart(id));
  return inLayer[inLayer.findIndex((step) => step.id === id) + 1];
}

function layerPart(stepId: string): string {
  return stepId.slice(0, stepId.lastIndexOf('/'));
}
