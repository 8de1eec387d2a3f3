import { byCodeUnit, componentOf, type ComponentKey } from '../domain/identity';
import type { LayerFact } from '../domain/plan-facts';
import type { LossItem } from '../domain/reverter';
import { keyOf, type Problem } from './problem';

/** One thing that is lost or can not be undone, and whose it is. */
export type Loss = LossItem & { readonly component: ComponentKey };

/** What the plan can not undo and what it loses, sorted and without repetition. */
export interface Losses {
  readonly cannotUndo: readonly Loss[];
  readonly willLose: readonly Loss[];
}

/** Collects what every moved component's layers and declared effects say. `moved` are component numbers. */
export function lossesOf(problem: Problem, moved: readonly number[]): Losses {
  const { ground } = problem;
  const cannotUndo: Loss[] = [];
  const willLose: Loss[] = [];
  const counted = countedEffects(problem);
  for (const at of moved) {
    const component = keyOf(problem, at);
    for (const layer of ground.layers[at] ?? []) {
      const compensation = [layer.compensation ?? []].flat().join('; ');
      for (const item of layer.cannotUndo ?? []) cannotUndo.push(lossOf(component, item, compensation));
      for (const item of lossesOfLayer(layer)) willLose.push(lossOf(component, item, compensation));
    }
    const name = componentOf(component);
    const declared = ground.components.get(name)?.effects ?? [];
    const own = [...(counted.get(name) ?? []), ...(name === component ? [] : (counted.get(component) ?? []))];
    if (declared.length + own.length > 0) cannotUndo.push(...effectsOf(component, [...declared, ...own]));
  }
  return { cannotUndo: sorted(cannotUndo), willLose: sorted(willLose) };
}

function lossesOfLayer({ layer, reversibility, loses = [], why, atTarget }: LayerFact): readonly (LossItem | string)[] {
  if (loses.length > 0 || reversibility !== 'lossy' || atTarget === true) return loses;
  return [{ kind: 'layer', id: layer, describe: why ?? `what ${layer} holds now and can not be counted` }];
}

/** Effects that the facts count, by component; one without a component is the first bad one's. */
function countedEffects({ ground }: Problem): ReadonlyMap<string, readonly Effect[]> {
  const counted = new Map<string, Effect[]>();
  for (const effect of ground.facts.effects ?? []) {
    const name = effect.component ?? ground.named[0]!;
    counted.set(name, [...(counted.get(name) ?? []), effect]);
  }
  return counted;
}

/** What can not be undone of these; a count from the facts completes what the catalog declares. */
function effectsOf(component: ComponentKey, effects: readonly Effect[]): readonly Loss[] {
  const known = new Map<string, Effect>();
  for (const effect of effects) {
    const name = `${effect.kind} ${effect.describe}`;
    known.set(name, { ...known.get(name), ...effect });
  }
  return [...known.values()].flatMap(({ irreversible, kind, describe, count, compensation }) => {
    if (!irreversible) return [];
    const loss = { component, kind, id: idOf(`${kind}-${describe}`), describe };
    return [{ ...loss, ...(count !== undefined && { count }), ...(compensation !== undefined && { compensation }) }];
  });
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
