import { LastgoodError } from '../domain/errors';
import { byCodeUnit, componentOf } from '../domain/identity';
import type { LayerFact, StepFact } from '../domain/plan-facts';
import type { Ground } from './ground';

/** One stage of a chain: the version that its step enters. */
export interface Stage {
  readonly version: string;
  readonly step: StepFact;
  readonly layer: LayerFact;
}

/** The stages of a chain component up to the target, or undefined when the component is no chain. */
export function chainStages(ground: Ground, at: number, target: string | undefined): readonly Stage[] | undefined {
  const layers = ground.layers[at];
  if (layers === undefined || layers.length === 0) return undefined;
  const isSchema = ground.components.get(componentOf(ground.keys[at]!))?.kind === 'schema';
  const chains = layers.filter((found) => isChainLayer(found, isSchema, ground.live[at]!.version, target));
  if (chains.length > 1) chains.sort((left, right) => byCodeUnit(left.layer, right.layer));
  const layer = chains.find((found) => leads(found, ground.live[at]!.version, target)) ?? chains[0];
  if (layer === undefined) return undefined;
  const stages = orderedSteps(layer, ground.keys[at]!).map((step) => ({
    version: step.version ?? step.to,
    step,
    layer,
  }));
  const end = stages.findIndex(({ version }) => version === target);
  return end < 0 ? stages : stages.slice(0, end + 1);
}

function isChainLayer({ steps = [] }: LayerFact, isSchema: boolean, live: string, target: string | undefined): boolean {
  if (steps.length === 0) return false;
  if (isSchema || steps.some(({ version }) => version !== undefined)) return true;
  const leaves = new Set(steps.map(({ from }) => from));
  const enters = new Set(steps.map(({ to }) => to));
  return steps.length > 1 && leaves.has(live) && target !== undefined && enters.has(target);
}

/** Of several layers with steps the one that gets to the target, or leaves what is live, is the chain. */
function leads({ steps = [] }: LayerFact, live: string, target: string | undefined): boolean {
  return steps.some(({ from, version, to }) => (target === undefined ? from === live : (version ?? to) === target));
}

/** Steps in the order in which each starts where the one before it ends; as they are listed where they do not link. */
export function orderedSteps({ layer, steps = [] }: LayerFact, key: string): readonly StepFact[] {
  if (steps.length < 2) return steps;
  const byStart = new Map(steps.map((step) => [step.from, step]));
  const ends = new Set(steps.map(({ to }) => to));
  const first = steps.filter(({ from }) => !ends.has(from));
  if (byStart.size === steps.length && ends.size === steps.length && first.length === 0) throw cycle(layer, key, steps);
  if (first.length !== 1 || byStart.size !== steps.length) return steps;
  const ordered: StepFact[] = [];
  for (let step = first[0]; step !== undefined; step = byStart.get(step.to)) {
    ordered.push(step);
    if (ordered.length > steps.length) throw cycle(layer, key, steps);
  }
  return ordered.length === steps.length ? ordered : steps;
}

function cycle(layer: string, key: string, steps: readonly StepFact[]): LastgoodError {
  return new LastgoodError('FACTS_INVALID', {
    place: `layers.${key}`,
    what: `the steps of layer ${layer} of ${key} lead back to where they were: ${steps.map(({ from, to }) => `${from} → ${to}`).join(', ')}`,
    why: 'a chain must lead from what is live to the target without passing a state twice',
    next: 'assess the layer again',
  });
}
