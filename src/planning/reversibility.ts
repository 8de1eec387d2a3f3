import { byCodeUnit, componentOf, type ComponentKey } from '../domain/identity';
import type { LayerFact } from '../domain/plan';
import type { LossItem } from '../domain/reverter';
import { keyOf, type Problem } from './problem';

/** One thing that is lost or can not be undone, and whose it is. */
export type Loss = LossItem & { readonly component: ComponentKey };

/** What the plan can not undo and what it loses, sorted and without repetition. */
export interface Losses {
  readonly cannotUndo: readonly Loss[];
  readonly willLose: readonly Loss[];
}

/** Nothing moves. */
export const noLosses: Losses = { cannotUndo: [], willLose: [] };

/** Collects what every moved component's layers and declared effects say. `moved` are component numbers. */
export function lossesOf(problem: Problem, moved: readonly number[]): Losses {
  const cannotUndo: Loss[] = [];
  const willLose: Loss[] = [];
  for (const at of moved) {
    const component = keyOf(problem, at);
    for (const layer of problem.ground.layers[at] ?? []) {
      const compensation = [layer.compensation ?? []].flat().join('; ');
      for (const item of layer.cannotUndo ?? []) cannotUndo.push(lossOf(component, item, compensation));
      for (const item of lossesOfLayer(layer)) willLose.push(lossOf(component, item, compensation));
    }
    cannotUndo.push(...effectsOf(problem, component));
  }
  return { cannotUndo: sorted(cannotUndo), willLose: sorted(willLose) };
}

function lossesOfLayer({ layer, reversibility, loses = [], why, atTarget }: LayerFact): readonly (LossItem | string)[] {
  if (loses.length > 0 || reversibility !== 'lossy' || atTarget === true) return loses;
  return [{ kind: 'layer', id: layer, describe: why ?? `what ${layer} holds now and can not be counted` }];
}

/** Declared effects that can not be undone; a count from the facts completes what the catalog declares. */
function effectsOf({ ground }: Problem, key: ComponentKey): readonly Loss[] {
  const name = componentOf(key);
  const first = ground.bad[0] === undefined ? undefined : ground.keys[ground.bad[0]];
  const counted = (ground.facts.effects ?? []).filter(({ component }) =>
    component === undefined ? key === first : component === key || component === name,
  );
  const declared = ground.components.get(name)?.effects ?? [];
  const effects = new Map([...declared, ...counted].map((effect) => [`${effect.kind} ${effect.describe}`, effect]));
  return [...effects.values()]
    .filter(({ irreversible }) => irreversible)
    .map(({ irreversible: _irreversible, kind, describe, component: _component, ...rest }: Effect) => ({
      ...rest,
      component: key,
      kind,
      id: idOf(`${kind}-${describe}`),
      describe,
    }));
}

type Effect = NonNullable<Problem['ground']['facts']['effects']>[number];

function lossOf(component: ComponentKey, item: LossItem | string, compensation: string): Loss {
  const read = typeof item === 'string' ? { kind: 'declared', id: idOf(item), describe: item } : item;
  if (read.compensation !== undefined || compensation === '') return { ...read, component };
  return { ...read, component, compensation };
}

/** The same thing has the same id however much of it there is: digits are left out. */
function idOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63);
}

function sorted(losses: readonly Loss[]): readonly Loss[] {
  const unique = new Map(losses.map((loss) => [`${loss.component} ${loss.kind} ${loss.id}`, loss]));
  return [...unique].sort(([left], [right]) => byCodeUnit(left, right)).map(([, loss]) => loss);
}
