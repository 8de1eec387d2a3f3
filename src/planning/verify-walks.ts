import type { Plan, PlanFacts } from '../domain/plan';
import { told, type State } from './verify-rules';

/** Where one component is when: the unit at position `units[s]` enters `states[s]`; 0 is what is live now. */
export interface Walk {
  readonly key: string;
  readonly place: string | undefined;
  readonly states: readonly State[];
  readonly units: readonly number[];
}

/** Every component's way through the list of units, by component name. */
export function walksOf(plan: Plan, facts: PlanFacts): ReadonlyMap<string, readonly Walk[]> {
  const targets = new Map(plan.targets.map(({ component, to }) => [component, to]));
  const entered = new Map<string, { readonly state: State; readonly unit: number }[]>();
  plan.units.forEach(({ kind, components, steps }, unit) => {
    for (const key of kind === 'move' ? components : []) {
      const target = targets.get(key) ?? { version: '', digest: '' };
      const stages = steps.flatMap(({ component, version }) =>
        component === key && version !== undefined ? version : [],
      );
      const states = (stages.length > 0 ? stages : [target.version]).map((version) =>
        version === target.version ? target : { version, digest: '' },
      );
      entered.set(key, [...(entered.get(key) ?? []), ...states.map((state) => ({ state, unit }))]);
    }
  });
  const walks = new Map<string, Walk[]>();
  for (const [key, live] of liveByKey(facts)) {
    const [name, place] = key.split('/');
    const moves = entered.get(key) ?? [];
    const states = [live, ...moves.map(({ state }) => state)];
    const walk = { key, place, states, units: [-1, ...moves.map(({ unit }) => unit)] };
    walks.set(name!, [...(walks.get(name!) ?? []), walk]);
  }
  return walks;
}

/** What is told of a component stands for all of its placements. */
function liveByKey({ live, catalog }: PlanFacts): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const [name, { placements }] of Object.entries(catalog.components)) {
    const places = Object.keys(placements ?? {});
    for (const key of places.length > 0 ? places.map((place) => `${name}/${place}`) : [name]) {
      const fact = told(live, key);
      if (fact !== undefined) states.set(key, { version: fact.version, digest: fact.digest });
    }
  }
  return states;
}
