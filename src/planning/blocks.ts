import type { LayerFact, StepFact } from '../domain/plan-facts';

/** Why a component can not enter a stage, and what to do instead. */
export interface Block {
  readonly code: string;
  readonly why: string;
  readonly offers: readonly string[];
}

/** Somebody said that the component must not move. */
export function pinnedBlock(key: string, why: string): Block {
  return { code: 'PINNED', why: `${key} is pinned: ${why}`, offers: [] };
}

/** Why one step of a layer can not be taken, if it can not. */
export function blockOfStep(key: string, layer: LayerFact, step: StepFact): Block | undefined {
  const reversibility = step.reversibility ?? layer.reversibility;
  return blockOfLayer(key, { ...layer, reversibility, steps: [step] });
}

/** Why a layer can not be reverted, if it can not: irreversible, or lacking what it needs. */
export function blockOfLayer(key: string, layer: LayerFact): Block | undefined {
  if (layer.atTarget === true) return undefined;
  const because = layer.why === undefined ? '' : `: ${layer.why}`;
  const compensation = [layer.compensation ?? []].flat();
  if (layer.reversibility === 'unavailable') {
    return {
      code: 'LAYER_UNAVAILABLE',
      why: `layer ${layer.layer} of ${key} can not be reverted now${because}`,
      offers: compensation,
    };
  }
  const step = layer.steps?.find(({ reversibility }) => reversibility === 'irreversible');
  if (layer.reversibility !== 'irreversible' && step === undefined) return undefined;
  const what = step === undefined ? '' : ` from ${step.from} to ${step.to}`;
  return {
    code: 'IRREVERSIBLE',
    why: `layer ${layer.layer} of ${key} can not be undone${what}${because}`,
    offers: compensation,
  };
}
