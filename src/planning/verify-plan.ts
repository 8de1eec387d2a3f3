import type { Plan, PlanFacts } from '../domain/plan';
import { edgeFaults } from './verify-edges';
import { isSeen, relationsOf, told, type Relation } from './verify-rules';
import { targetFaults } from './verify-targets';
import { walksOf, type Walk } from './verify-walks';

/**
 * Checks a plan against the rules alone; empty = legal. Shares no code with the planner and runs no graph algorithm:
 * the list is topological and every `after` is a direct edge that names its rule, so comparing positions is enough.
 */
export function verifyPlan(plan: Plan, facts: PlanFacts): readonly string[] {
  if (plan.units.length === 0 && plan.refusals.length > 0) return [];
  const check = new Check(plan, facts);
  return [...targetFaults(plan, facts), ...check.pairFaults(), ...edgeFaults(plan, facts, check.asked)];
}

class Check {
  /** Edges `<later> <earlier> <rule>` (positions) that a rule asks for. */
  readonly asked = new Set<string>();
  private readonly drawn: ReadonlySet<string>;
  private readonly walks: ReadonlyMap<string, readonly Walk[]>;
  private readonly positions: ReadonlyMap<string, number>;

  constructor(
    private readonly plan: Plan,
    private readonly facts: PlanFacts,
  ) {
    const positions = new Map(plan.units.map(({ id }, at) => [id, at]));
    const edges = plan.units.flatMap(({ after }, later) =>
      after.map(({ unit, rule }) => `${later} ${positions.get(unit)} ${rule}`),
    );
    this.positions = positions;
    this.drawn = new Set(edges);
    this.walks = walksOf(plan, facts);
  }

  pairFaults(): readonly string[] {
    return relationsOf(this.facts).flatMap((relation) => this.relationFaults(relation));
  }

  private relationFaults({ names: [left, right], rules }: Relation): readonly string[] {
    return (this.walks.get(left) ?? []).flatMap((one) =>
      (this.walks.get(right) ?? []).flatMap((other) => {
        if (left === right && one.key > other.key) return [];
        const isNear = one.place === other.place || one.place === undefined || other.place === undefined;
        const held = rules.filter(({ anywhere }) => anywhere || isNear);
        if (one.key === other.key) return this.selfFaults(held, one);
        return held.length > 0 || isNear ? this.cellFaults(held, one, other) : [];
      }),
    );
  }

  private cellFaults(rules: Relation['rules'], one: Walk, other: Walk): readonly string[] {
    return one.states.flatMap((left, s) =>
      other.states.flatMap((right, t) => {
        const against = this.against(rules, one, s, other, t);
        if (against.length === 0) return [];
        const pair = `${one.key} ${left.version} × ${other.key} ${right.version}`;
        if (s === 0 && t === 0) {
          const stays = one.states.length + other.states.length === 2 && this.facts.flagOnly !== true;
          return stays ? [`${pair} stays live (${against.join(', ')})`] : [];
        }
        return against
          .filter((rule) => !this.isAvoided(rule, one, s, other, t))
          .map((rule) => `${pair} could be live together (${rule})`);
      }),
    );
  }

  /** Rules against the two states together, without the accepted ones; what nobody knows counts as the policy says. */
  private against(rules: Relation['rules'], one: Walk, s: number, other: Walk, t: number): readonly string[] {
    const [left, right] = [one.states[s]!, other.states[t]!];
    const accepted = this.facts.accept ?? [];
    const forbidding = rules.filter((rule) => rule.forbids(left, right)).map(({ id }) => id);
    const isPessimistic = this.facts.catalog.compatibility?.default === 'unknown-pessimistic';
    if (forbidding.length > 0 || !isPessimistic || (s === 0) === (t === 0)) {
      return [...new Set(forbidding)].filter((id) => !accepted.includes(id));
    }
    if (rules.some((rule) => rule.speaks(left, right)) || isSeen(this.facts, one.key, left, other.key, right))
      return [];
    const ends = [`${one.key}@${left.version}`, `${other.key}@${right.version}`];
    const id = `unknown:${(one.key < other.key ? ends : ends.toReversed()).join(':')}`;
    return accepted.includes(id) ? [] : [id];
  }

  /** One of the two leaves its state before the other enters, or a flag is off while both may be live. */
  private isAvoided(rule: string, one: Walk, s: number, other: Walk, t: number): boolean {
    const ways = [this.leavesFirst(rule, one, s, other, t), this.leavesFirst(rule, other, t, one, s)];
    return ways.includes(true) || this.isWaived(rule, one, s, other, t);
  }

  /** `one` leaves its state s in the unit in which `other` enters t, or in one before it, by an edge that names the rule. */
  private leavesFirst(rule: string, one: Walk, s: number, other: Walk, t: number): boolean {
    const [leaves, enters] = [one.units[s + 1], other.units[t]!];
    if (leaves === undefined || t === 0) return false;
    if (leaves === enters) return true;
    this.asked.add(`${enters} ${leaves} ${rule}`);
    return leaves < enters && this.drawn.has(`${enters} ${leaves} ${rule}`);
  }

  /** A flag that waives the rule is off before both ends of a way out that is not taken, and until both are through. */
  private isWaived(rule: string, one: Walk, s: number, other: Walk, t: number): boolean {
    const ways = [
      [one.units[s]!, other.units[t + 1] ?? -1],
      [other.units[t]!, one.units[s + 1] ?? -1],
    ].filter((ends) => ends.every((unit) => unit >= 0));
    return Object.entries(this.facts.catalog.flags ?? {}).some(([flag, { component, waives }]) => {
      if (!waives.includes(rule)) return false;
      const [off, back] = [this.positions.get(`flag-off:${flag}`), this.positions.get(`flag-restore:${flag}`)];
      const isOff = (this.walks.get(component) ?? []).every(
        ({ key }) => told(told(this.facts.live, key)?.flags, flag) === false,
      );
      const isDrawn = (later: number | undefined, earlier: number | undefined): boolean =>
        this.drawn.has(`${later} ${earlier} ${rule}`);
      return ways.some((ends) =>
        ends.every((unit) => isOff || (isDrawn(unit, off) && (back === undefined || isDrawn(back, unit)))),
      );
    });
  }

  /** Old and new of one component, where its strategy runs both for a while. */
  private selfFaults(rules: Relation['rules'], { key, states }: Walk): readonly string[] {
    const { kind, strategy = 'rolling' } = this.facts.catalog.components[key.split('/')[0]!]!;
    if (kind === 'schema' || strategy === 'recreate' || strategy === 'blue-green') return [];
    return states.slice(1).flatMap((state, at) => {
      const broken = rules.filter(({ id, forbids }) => forbids(states[at]!, state) && !this.facts.accept?.includes(id));
      return broken.map(({ id }) => `${key} would run ${states[at]!.version} and ${state.version} together (${id})`);
    });
  }
}
