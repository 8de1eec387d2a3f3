import type { CatalogGroup } from '../domain/catalog';
import { byCodeUnit, componentOf } from '../domain/identity';
import type { PlanStep } from '../domain/plan';
import type { LayerFact, StepFact } from '../domain/plan-facts';
import { chainStages, orderedSteps } from './chains';
import { keyOf, type Problem } from './problem';
import type { Move } from './tracks';

/** A step that has no id yet: ids are given unit by unit. */
export type StepDraft = Omit<PlanStep, 'id'>;

/** The layers of a component in the order in which the catalog reverts them; unknown ones last, by name. */
export function layersInOrder({ ground }: Problem, at: number): readonly LayerFact[] {
  const layers = ground.layers[at] ?? [];
  if (layers.length < 2) return layers;
  const declared = ground.components.get(componentOf(ground.keys[at]!))?.layers ?? [];
  const rank = new Map(declared.map(({ id }, index) => [id, index]));
  const place = ({ layer }: LayerFact): number => rank.get(layer) ?? declared.length;
  return [...layers].sort((left, right) => place(left) - place(right) || byCodeUnit(left.layer, right.layer));
}

/**
 * What one move writes: for a chain the step of its stage (and every other layer with the last one). In a group that
 * quiesces, layers that can be stopped are stopped and started around their steps.
 */
export function stepsOfMove(problem: Problem, move: Move, mechanism?: CatalogGroup['mechanism']): readonly StepDraft[] {
  const { at, stage } = move;
  const track = problem.track(at);
  const key = keyOf(problem, at);
  const layers = layersInOrder(problem, at).map((layer) => (mechanism === 'quiesce' ? standingStill(layer) : layer));
  if (!track.isChain) return layers.flatMap((layer) => stepsOfLayer(key, layer));
  const entered = chainStages(problem.ground, at, track.states.at(-1)?.version)?.[stage - 1];
  if (entered === undefined) return [];
  const isLast = stage === problem.lastStage(at);
  const others = isLast ? layers.filter(({ layer }) => layer !== entered.layer.layer) : [];
  const share = (entered.layer.estimateSeconds ?? 0) / (entered.layer.steps?.length ?? 1);
  return [
    stepDraft(key, entered.layer, { ...entered.step, version: entered.version }, share),
    ...others.flatMap((layer) => stepsOfLayer(key, layer)),
  ];
}

function standingStill(layer: LayerFact): LayerFact {
  return layer.quiesced === undefined ? layer : { ...layer, steps: layer.quiesced };
}

/** The steps of one layer that is not at its target yet. */
export function stepsOfLayer(key: string, layer: LayerFact): readonly StepDraft[] {
  if (layer.atTarget === true) return [];
  const steps = orderedSteps(layer, key);
  const share = (layer.estimateSeconds ?? 0) / Math.max(1, steps.length);
  return steps.map((step) => stepDraft(key, layer, step, share));
}

/** One step with everything filled in; `share` is its part of the layer's estimate, in seconds. */
export function stepDraft(component: string, layer: LayerFact, step: StepFact, share: number): StepDraft {
  return {
    ...step,
    component,
    layer: layer.layer,
    reversibility: step.reversibility ?? (layer.reversibility === 'lossy' ? 'lossy' : 'reversible'),
    guard: step.guard ?? 'read-then-write',
    summary: step.summary ?? `${layer.layer} ${step.from} → ${step.to}`,
    estimateSeconds: step.estimateSeconds ?? share,
  };
}

/** Gives steps their ids `<unit>/<layer>/<n>`, counted per layer within the unit. */
export function numbered(unit: string, drafts: readonly StepDraft[]): readonly PlanStep[] {
  const counts = new Map<string, number>();
  return drafts.map((draft) => {
    const count = (counts.get(draft.layer) ?? 0) + 1;
    counts.set(draft.layer, count);
    return { id: `${unit}/${draft.layer}/${count}`, ...draft };
  });
}
