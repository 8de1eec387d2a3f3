import { byCodeUnit, componentOf, placementOf, type ComponentKey } from '../domain/identity';
import type { LayerFact, LiveFact, PlanComponent, PlanFacts, ReleaseFact } from '../domain/plan-facts';

/** The facts as the planner works with them: Maps (ids may be called `constructor`), ids sorted, names expanded. */
export interface Ground {
  readonly facts: PlanFacts;
  readonly components: ReadonlyMap<string, PlanComponent>;
  /** Releases by the name they are told under (a component or one placement of it), each digest once. */
  readonly releases: ReadonlyMap<string, readonly ReleaseFact[]>;
  /** Every component placement that is known to run, sorted; its index is its number everywhere in the planner. */
  readonly keys: readonly ComponentKey[];
  readonly index: ReadonlyMap<ComponentKey, number>;
  readonly hasPlacements: boolean;
  /** Indexes of the placements of each component. */
  readonly placements: ReadonlyMap<string, readonly number[]>;
  readonly live: readonly LiveFact[];
  /** Releases per component placement: those told of it alone, else those of its component. */
  readonly history: readonly (readonly ReleaseFact[])[];
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

/** The facts, arranged. They were checked before (`checkFacts`). */
export function groundOf(facts: PlanFacts): Ground {
  const components = mapOf(facts.catalog.components);
  const live = mapOf(facts.live);
  const layers = mapOf(facts.layers ?? {});
  const told = <Fact>(byName: ReadonlyMap<string, Fact>, key: string): Fact | undefined =>
    byName.get(key) ?? byName.get(componentOf(key));
  const keys = keysOf(components).filter((key) => told(live, key) !== undefined);
  const index = new Map<string, number>();
  keys.forEach((key, at) => index.set(key, at));
  const placements = placementsOf(keys);
  const numbers = (name: string): readonly number[] => numbersNamed(index, placements, name);
  const bad = [...new Set(facts.bad.flatMap(numbers))].sort((left, right) => left - right);
  const releases = releasesByName(facts);
  const unseen = facts.bad.filter((name) => numbers(name).length === 0);
  return {
    facts,
    components,
    releases,
    keys,
    index,
    hasPlacements: keys.some((key) => placementOf(key) !== undefined),
    placements,
    live: keys.map((key) => told(live, key)!),
    history: keys.map((key) => told(releases, key) ?? []),
    bad,
    named: [...new Set([...bad.map((at) => keys[at]!), ...unseen])].sort(byCodeUnit),
    pinned: pinnedBy(facts, numbers),
    wanted: wantedBy(facts, numbers),
    layers: keys.map((key) => told(layers, key)),
    accepted: new Set(facts.accept ?? []),
  };
}

/** Numbers of all placements of a component that are known to run. */
export function placesOf({ placements }: Ground, component: string): readonly number[] {
  return placements.get(component) ?? nowhere;
}

const nowhere: readonly number[] = [];

/** The own entries of a record: whatever its keys are called, nothing is inherited. */
export function mapOf<Value>(record: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  const entries = new Map<string, Value>();
  for (const name of Object.keys(record)) entries.set(name, record[name]!);
  return entries;
}

/** Every component placement of the catalog, sorted. */
function keysOf(components: ReadonlyMap<string, PlanComponent>): readonly ComponentKey[] {
  const keys: ComponentKey[] = [];
  for (const [name, { placements }] of components) {
    const names = placements === undefined ? [] : Object.keys(placements);
    if (names.length === 0) keys.push(name);
    else for (const placement of names) keys.push(`${name}/${placement}`);
  }
  return keys.sort(byCodeUnit);
}

type Numbers = (name: string) => readonly number[];

function pinnedBy({ pinned = [] }: PlanFacts, numbers: Numbers): ReadonlyMap<number, string> {
  const sorted = [...pinned].sort((left, right) => byCodeUnit(left.why, right.why));
  return new Map(sorted.flatMap(({ component, why }) => numbers(component).map((at) => [at, why])));
}

/** What is asked of one placement wins over what is asked of its component. */
function wantedBy({ to = {} }: PlanFacts, numbers: Numbers): ReadonlyMap<number, string> {
  const sorted = Object.entries(to).sort(([left], [right]) => byCodeUnit(left, right));
  return new Map(sorted.flatMap(([name, version]) => numbers(name).map((at) => [at, version])));
}

function releasesByName(facts: PlanFacts): ReadonlyMap<string, readonly ReleaseFact[]> {
  const byName = new Map<string, ReleaseFact[]>();
  for (const release of facts.releases) {
    const known = byName.get(release.component);
    if (known === undefined) byName.set(release.component, [release]);
    else known.push(release);
  }
  for (const [name, releases] of byName) if (hasRepeats(releases)) byName.set(name, [...byDigest(releases).values()]);
  return byName;
}

function hasRepeats(releases: readonly ReleaseFact[]): boolean {
  if (releases.length === 2) return releases[0]!.digest === releases[1]!.digest;
  return releases.length > 2 && byDigest(releases).size < releases.length;
}

function byDigest(releases: readonly ReleaseFact[]): ReadonlyMap<string, ReleaseFact> {
  return new Map(releases.map((release) => [release.digest, release]));
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
  index: ReadonlyMap<ComponentKey, number>,
  placements: ReadonlyMap<string, readonly number[]>,
  name: string,
): readonly number[] {
  const at = index.get(name);
  if (at !== undefined) return [at];
  return placementOf(name) === undefined ? (placements.get(name) ?? []) : [];
}
