import type { StepPhase } from '../domain/reverter';
import type { Draft } from './drafts';
import type { StepDraft } from './steps';

const order: readonly StepPhase[] = ['stop', 'move', 'switch', 'start'];

/** The steps of a unit phase by phase; within a phase as they came. With a router, its layer is the switch. */
export function phased({ switchLayer, mechanism }: Draft, steps: readonly StepDraft[]): readonly StepDraft[] {
  const named = steps.map((step): StepDraft =>
    mechanism === 'router' && step.layer === switchLayer ? { ...step, phase: 'switch' } : step,
  );
  return order.flatMap((phase) => named.filter((step) => (step.phase ?? 'move') === phase));
}
