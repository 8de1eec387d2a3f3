import { byCodeUnit, componentOf, placementOf, type ComponentKey } from '../domain/identity';
import type { LayerFact, LiveFact, PlanComponent, PlanFacts, ReleaseFact } from '../domain/plan';

/** The facts as the planner works with them: Maps (ids may be called `constructor`), ids sorted, names expanded. */
export interface Ground {
  readonly facts: PlanFacts;
  readonly components: ReadonlyMap<string, PlanComponent>;
  /** Every component placement that is known to run, sorted; its index is its number everywhere in the planner. */
  readonly keys: readonly ComponentKey[];
  readonly index: ReadonlyMap<ComponentKey, number>;
  /** Indexes of the placements of each component. */
  readonly placements: ReadonlyMap<string, readonly number[]>;
  readonly live: readonly LiveFact[];
  /** Indexes of the bad ones, sorted. */
  readonly bad: readonly number[];
  /** Keys of the bad ones, sorted; those of which nobody knows what runs are named too. */
  readonly named: readonly ComponentKey[];
  readonly pinned: ReadonlyMap<number, string>;
  /** Explicit targets by version label. */
  readonly wanted: ReadonlyMap<number, string>;
  readonly layers: readonly (readonly LayerFact[] | undefined)[];
  readonly accepted: ReadonlySet<string>;
}

/** Every component placement of the catalog, sorted. */
export function keysOf(components: ReadonlyMap<string, PlanComponent>): readonly ComponentKey[] {
  const keys: ComponentKey[] = [];
  for (const [name, { placements }] of components) {
    const names = Object.keys(placements ?? {});
    if (names.length === 0) keys.push(name);
    else for (const placement of names) keys.push(`${name}/${placement}`);
  }
  return keys.sort(byCodeUnit);
}

/** The facts, arranged. They were checked before (`checkFacts`). */
export function groundOf(facts: PlanFacts): Ground {
  const components = new Map(Object.entries(facts.catalog.components));
  const live = new Map(Object.entries(facts.live));
  const keys = keysOf(components).filter((key) => live.has(key) || live.has(componentOf(key)));
  const index = new Map(keys.map((key, at) => [key, at]));
  const numbers = (name: string): readonly number[] => numbersNamed(keys, index, placements, name);
  const placements = placementsOf(keys);
  const layers = new Map(Object.entries(facts.layers ?? {}));
  const bad = [...new Set(facts.bad.flatMap(numbers))].sort((left, right) => left - right);
  const unseen = facts.bad.filter((name) => numbers(name).length === 0);
  return {
    facts,
    components,
    keys,
    index,
    placements,
    live: keys.map((key) => live.get(key) ?? live.get(componentOf(key))!),
    bad,
    named: [...new Set([...bad.map((at) => keys[at]!), ...unseen])].sort(byCodeUnit),
    pinned: new Map(
      [...(facts.pinned ?? [])]
        .sort((left, right) => byCodeUnit(left.why, right.why))
        .flatMap(({ component, why }) => numbers(component).map((at) => [at, why])),
    ),
    wanted: new Map(
      Object.entries(facts.to ?? {})
        .sort(([left], [right]) => byCodeUnit(left, right))
        .flatMap(([name, version]) => numbers(name).map((at) => [at, version])),
    ),
    layers: keys.map((key) => layers.get(key) ?? layers.get(componentOf(key))),
    accepted: new Set(facts.accept ?? []),
  };
}

/** Releases by the name they are told under (a component or one placement of it), each digest once. */
export function releasesByName(facts: PlanFacts): ReadonlyMap<string, readonly ReleaseFact[]> {
  const byName = new Map<string, ReleaseFact[]>();
  for (const release of facts.releases) {
    const known = byName.get(release.component);
    if (known === undefined) byName.set(release.component, [release]);
    else if (!known.some(({ digest }) => digest === release.digest)) known.push(release);
  }
  return byName;
}

function placementsOf(keys: readonly ComponentKey[]): ReadonlyMap<string, readonly number[]> {
  const placements = new Map<string, number[]>();
  keys.forEach((key, at) => {
    const known = placements.get(componentOf(key));
    if (known === undefined) placements.set(componentOf(key), [at]);
    else known.push(at);
  });
  return placements;
}

/** A placement by its key, or all placements of a component by its name. */
function numbersNamed(
  keys: readonly ComponentKey[],
  index: ReadonlyMap<ComponentKey, number>,
  placements: ReadonlyMap<string, readonly number[]>,
  name: string,
): readonly number[] {
  const at = index.get(name);
  if (at !== undefined) return [at];
  return placementOf(name) === undefined ? (placements.get(name) ?? []) : [];
}
