import { satisfies, valid, validRange } from 'semver';
import type { Plan, PlanFacts, PlanUnit } from '../domain/plan';

/** A rule as the checker reads it: two components and which of their versions it forbids together. */
interface Forbid {
  readonly id: string;
  readonly names: readonly [string, string];
  readonly means: readonly [Means, Means];
  readonly anywhere: boolean;
}

type Means = (state: State) => boolean;
type State = { readonly version: string; readonly digest: string };

/** Where one component is when: `units[s]` is the position of the unit that enters `states[s]`; 0 is what is live. */
interface Walk {
  readonly key: string;
  readonly states: State[];
  readonly units: number[];
}

/**
 * Checks a plan against the rules alone; empty = legal. Shares no code with the planner and runs no graph algorithm:
 * the list is topological and every `after` is a direct edge, so comparing positions is enough.
 */
export function verifyPlan(plan: Plan, facts: PlanFacts): readonly string[] {
  if (plan.units.length === 0 && plan.refusals.length > 0) return [];
  const faults: string[] = [];
  const allowed = new Set<string>();
  const walks = walksOf(plan, facts, faults);
  const rules = forbidsOf(facts).filter(({ id }) => !(facts.accept ?? []).includes(id));
  for (const rule of rules) {
    for (const one of walks.get(rule.names[0]) ?? []) {
      for (const other of walks.get(rule.names[1]) ?? []) {
        if (one.key === other.key || !meet(rule, one.key, other.key)) continue;
        checkCells(plan, rule, one, other, allowed, faults);
      }
    }
  }
  checkList(plan, allowed, faults);
  return faults;
}

/** Every component's way through the list; the checks of targets happen here. */
function walksOf(plan: Plan, facts: PlanFacts, faults: string[]): ReadonlyMap<string, readonly Walk[]> {
  const walks = new Map<string, Walk>();
  for (const [key, { version, digest }] of Object.entries(facts.live)) {
    walks.set(key, { key, states: [{ version, digest }], units: [-1] });
  }
  const targets = new Map(plan.targets.map((target) => [target.component, target]));
  plan.units.forEach((unit, position) => {
    for (const key of unit.kind === 'move' ? unit.components : []) {
      const target = targets.get(key);
      const walk = walks.get(key);
      if (target === undefined || walk === undefined) faults.push(`${unit.id} moves ${key}, which has no target`);
      else enter(walk, unit, position, target.to);
    }
  });
  const byName = new Map<string, Walk[]>();
  for (const walk of walks.values()) {
    const name = walk.key.split('/')[0]!;
    byName.set(name, [...(byName.get(name) ?? []), walk]);
  }
  return byName;
}

function enter(walk: Walk, unit: PlanUnit, position: number, target: State): void {
  const entered = unit.steps.filter(({ component, version }) => component === walk.key && version !== undefined);
  const states = entered.length === 0 ? [target] : entered.map(({ version }) => ({ version: version!, digest: '' }));
  for (const state of states) {
    walk.states.push(state.version === target.version ? target : state);
    walk.units.push(position);
  }
}

function checkCells(plan: Plan, rule: Forbid, one: Walk, other: Walk, allowed: Set<string>, faults: string[]): void {
  one.states.forEach((left, s) => {
    other.states.forEach((right, t) => {
      if ((s === 0 && t === 0) || !rule.means[0](left) || !rule.means[1](right)) return;
      const outs = [wayOut(plan, rule.id, one, s, other, t, allowed), wayOut(plan, rule.id, other, t, one, s, allowed)];
      if (outs.includes(true)) return;
      faults.push(`${one.key} ${left.version} × ${other.key} ${right.version} could be live together (${rule.id})`);
    });
  });
}

/** `one` leaves its state before `other` enters: in the same unit, or by a direct edge that names the rule. */
function wayOut(
  plan: Plan,
  rule: string,
  one: Walk,
  stage: number,
  other: Walk,
  entered: number,
  allowed: Set<string>,
): boolean {
  const [leaves, enters] = [one.units[stage + 1], other.units[entered]];
  if (leaves === undefined || enters === undefined || enters < 0) return false;
  if (leaves === enters) return true;
  const [first, later] = [plan.units[leaves]!, plan.units[enters]!];
  allowed.add(`${later.id} ${first.id} ${rule}`);
  return leaves < enters && later.after.some((edge) => edge.unit === first.id && edge.rule === rule);
}

function checkList(plan: Plan, allowed: ReadonlySet<string>, faults: string[]): void {
  const positions = new Map(plan.units.map(({ id }, position) => [id, position]));
  plan.units.forEach(({ id, after }, position) => {
    for (const { unit, rule } of after) {
      const before = positions.get(unit);
      if (before === undefined || before >= position)
        faults.push(`${id} waits for ${unit}, which does not stand before it`);
      else if (rule !== 'stage-order' && !rule.startsWith('unknown:') && !allowed.has(`${id} ${unit} ${rule}`)) {
        faults.push(`${id} waits for ${unit} by ${rule}, which does not ask for it`);
      }
    }
  });
}

function meet({ anywhere }: Forbid, one: string, other: string): boolean {
  const [place, otherPlace] = [one.split('/')[1], other.split('/')[1]];
  return anywhere || place === undefined || otherPlace === undefined || place === otherPlace;
}

function forbidsOf(facts: PlanFacts): readonly Forbid[] {
  const written = (facts.catalog.compatibility?.rules ?? []).map(({ id, forbid, scope }): Forbid => {
    const sides = forbid.map((selection) => Object.entries(selection)[0]!);
    const means = sides.map(
      ([, versions]): Means =>
        ({ version }) =>
          [versions].flat().some((text) => isIn(version, text)),
    );
    return { id, names: [sides[0]![0], sides[1]![0]], means: [means[0]!, means[1]!], anywhere: scope === 'any' };
  });
  const required = facts.releases.flatMap(({ component, version, digest, requires }) =>
    Object.entries(requires ?? {}).map(([other, range]): Forbid => {
      const id = `requires:${component.split('/')[0]!}@${version}:${other}`;
      const isIt: Means = (state) => (state.digest === '' ? state.version === version : state.digest === digest);
      return {
        id,
        names: [component.split('/')[0]!, other],
        means: [isIt, (state) => !isIn(state.version, range)],
        anywhere: false,
      };
    }),
  );
  return [...written, ...required];
}

function isIn(version: string, text: string): boolean {
  if (version === text || text.trim() === '*' || text.trim() === '') return true;
  if (validRange(text) === null || valid(version) === null) return false;
  return satisfies(version, text, { includePrerelease: true });
}
