import { componentOf, type ComponentKey } from '../domain/identity';
import type { PlanFacts } from '../domain/plan-facts';

/** Which versions were live together for the known-good time with passing checks. */
export interface Sightings {
  areSeen(one: ComponentKey, version: string, other: ComponentKey, otherVersion: string): boolean;
  /** The sets, each as component (or placement) → version. */
  readonly sets: readonly ReadonlyMap<string, string>[];
}

/** Reads `observedTogether`: every pair inside one set was seen. */
export function sightingsOf(facts: PlanFacts): Sightings {
  const sets = (facts.observedTogether ?? []).map((set) => new Map(Object.entries(set)));
  const memberships = new Map<string, Set<number>>();
  sets.forEach((set, at) => {
    for (const [name, version] of set) {
      const key = membership(name, version);
      const known = memberships.get(key);
      if (known === undefined) memberships.set(key, new Set([at]));
      else known.add(at);
    }
  });
  const setsWith = (key: ComponentKey, version: string): readonly ReadonlySet<number>[] =>
    [...new Set([key, componentOf(key)])].flatMap((name) => memberships.get(membership(name, version)) ?? []);
  return {
    sets,
    areSeen(one, version, other, otherVersion) {
      const others = setsWith(other, otherVersion);
      if (others.length === 0) return false;
      return setsWith(one, version).some((mine) => [...mine].some((at) => others.some((theirs) => theirs.has(at))));
    },
  };
}

function membership(name: string, version: string): string {
  return `${name} ${version}`;
}
