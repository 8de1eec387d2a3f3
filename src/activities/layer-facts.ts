import type { ComponentKey } from '../domain/identity';
import type { LayerFact, StepFact } from '../domain/plan-facts';
import type { LayerStep } from '../domain/reverter';
import type { AssessmentEntry } from './shelf';

/** What assess found, in the words of the planner. */
export function layerFacts(assessed: readonly AssessmentEntry[]): Readonly<Record<ComponentKey, readonly LayerFact[]>> {
  const facts: Record<ComponentKey, LayerFact[]> = {};
  for (const entry of assessed) (facts[entry.component] ??= []).push(layerFact(entry));
  return facts;
}

function layerFact({ layer, plan: found, quiesced, fault }: AssessmentEntry): LayerFact {
  if (found === undefined) {
    return { layer, reversibility: 'unavailable', why: fault?.why ?? 'the layer could not be assessed' };
  }
  switch (found.kind) {
    case 'at-target':
      return {
        layer,
        reversibility: 'reversible',
        atTarget: true,
        estimateSeconds: 0,
        steps: [],
        ...(found.keeps && { risks: found.keeps }),
      };
    case 'refused':
      return {
        layer,
        reversibility: found.reason === 'irreversible' ? 'irreversible' : 'unavailable',
        why: found.why,
        compensation: found.compensation,
      };
    case 'steps': {
      const { steps, loses, cannotUndo, risks, sources } = found;
      const reversibility =
        loses.length > 0 || steps.some((step) => step.reversibility === 'lossy') ? 'lossy' : 'reversible';
      const estimateSeconds = steps.reduce((sum, step) => sum + timeOf(step), 0) / 1000;
      const way = { loses, cannotUndo, risks, sources, estimateSeconds, steps: steps.map(stepFact) };
      return { layer, reversibility, ...way, ...(quiesced && { quiesced: quiesced.map(stepFact) }) };
    }
    default:
      return found;
  }
}

/** A step in the words of the planner. */
export function stepFact({ estimateMs, ...step }: LayerStep): StepFact & { readonly estimateSeconds: number } {
  return { ...step, estimateSeconds: timeOf({ ...step, estimateMs }) / 1000 };
}

/** The write, and the watch over the checks that follows it. */
function timeOf({ estimateMs, checkAfterMs = 0 }: Pick<LayerStep, 'estimateMs' | 'checkAfterMs'>): number {
  return estimateMs + checkAfterMs;
}
