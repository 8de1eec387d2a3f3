import type { Plan } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';

/** A version of one component as the checker compares it; the digest is '' where nobody knows it. */
export interface State {
  readonly key: string;
  readonly version: string;
  readonly digest: string;
  /** 0 = live now. */
  readonly stage: number;
}

/** A state on its way through the list: the unit at `enters` brings it about (none: live now), the one at `leaves` ends it. */
export interface Stay extends State {
  readonly enters: number | undefined;
  readonly leaves: number | undefined;
}

/** All states of every component that is known to run, by component name. */
export function staysOf(plan: Plan, facts: PlanFacts): ReadonlyMap<string, readonly Stay[]> {
  const entered = enteredBy(plan);
  const targets = new Map(plan.targets.map(({ component, to }) => [component, to]));
  const stays = new Map<string, Stay[]>();
  for (const name of Object.keys(facts.catalog.components)) {
    const own: Stay[] = [];
    for (const key of keysOf(facts, name)) {
      const moves = entered.get(key) ?? [];
      const { version, digest } = told(facts.live, key)!;
      own.push({ key, version, digest, stage: 0, enters: undefined, leaves: moves[0]?.enters });
      moves.forEach((move, at) => {
        const target = targets.get(key);
        const state = move.version ?? target?.version;
        if (state === undefined) return;
        const known = state === target?.version ? target.digest : '';
        own.push({
          key,
          version: state,
          digest: known,
          stage: at + 1,
          enters: move.enters,
          leaves: moves[at + 1]?.enters,
        });
      });
    }
    stays.set(name, own);
  }
  return stays;
}

/** Which units move a component, by position; a chain says which version each of its steps enters. */
function enteredBy({
  units,
}: Plan): ReadonlyMap<string, readonly { readonly enters: number; readonly version?: string }[]> {
  const entered = new Map<string, { readonly enters: number; readonly version?: string }[]>();
  units.forEach(({ kind, components, steps }, enters) => {
    if (kind !== 'move') return;
    for (const key of components) {
      const stages = steps.flatMap(({ component, version }) =>
        component === key && version !== undefined ? [{ enters, version }] : [],
      );
      const known = entered.get(key) ?? [];
      known.push(...(stages.length > 0 ? stages : [{ enters }]));
      entered.set(key, known);
    }
  });
  return entered;
}

/** Rules hold within a placement name; what has no placements meets every placement. */
export function isNear(one: State, other: State): boolean {
  const [here, there] = [one.key.split('/')[1], other.key.split('/')[1]];
  return here === there || here === undefined || there === undefined;
}

/** The placements of a component that are known to run, or the component itself. */
export function keysOf({ catalog, live }: PlanFacts, name: string): readonly string[] {
  const places = Object.keys(told(catalog.components, name)?.placements ?? {});
  const keys = places.length > 0 ? places.map((place) => `${name}/${place}`) : [name];
  return keys.filter((key) => told(live, key) !== undefined);
}

/** What is told of a component placement: under its own key, else under the component's name. Inherited names are nobody's. */
export function told<Fact>(facts: Readonly<Record<string, Fact>> | undefined, key: string): Fact | undefined {
  if (facts === undefined) return undefined;
  if (Object.hasOwn(facts, key)) return facts[key];
  const name = key.split('/')[0]!;
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}
