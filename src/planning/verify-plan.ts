import type { Plan, PlanEdge, PlanUnit } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';
import { lawsOf, type Law } from './verify-laws';
import { isNear, keysOf, staysOf, told, type Stay } from './verify-stays';
import { targetFaults } from './verify-targets';
import { unitFaults } from './verify-units';

/**
 * Checks a plan against the rules alone; empty = legal. Shares no code with the planner and runs no graph algorithm:
 * the list is topological and every `after` is a direct edge that names its rule, so comparing positions is enough.
 */
export function verifyPlan(plan: Plan, facts: PlanFacts): readonly string[] {
  if (plan.units.length === 0 && plan.refusals.length > 0) return [];
  const order = new Order(plan, facts);
  const faults = [
    ...targetFaults(plan, facts),
    ...order.stateFaults(),
    ...order.edgeFaults(),
    ...unitFaults(plan, facts),
  ];
  return [...new Set(faults)];
}

/** Compares positions in the list of units. */
class Order {
  private readonly positions: ReadonlyMap<string, number>;
  /** Edges as `<later> <earlier> <rule>`, by position. */
  private readonly drawn: ReadonlySet<string>;
  /** Edges that some rule asks for. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly plan: Plan,
    private readonly facts: PlanFacts,
  ) {
    const positions = new Map(plan.units.map(({ id }, at) => [id, at]));
    this.positions = positions;
    this.drawn = new Set(
      plan.units.flatMap(({ after }, at) => after.map(({ unit, rule }) => `${at} ${positions.get(unit)} ${rule}`)),
    );
  }

  /** Every two states that a law forbids: could they be live together? */
  stateFaults(): readonly string[] {
    const stays = staysOf(this.plan, this.facts);
    const faults: string[] = [];
    for (const law of lawsOf(this.facts)) {
      for (const one of stays.get(law.names[0]) ?? []) {
        for (const other of stays.get(law.names[1]) ?? []) {
          const rule = one === other ? undefined : law.against(one, other);
          const fault = rule === undefined ? undefined : this.stateFault(law, rule, one, other);
          if (fault !== undefined) faults.push(fault);
        }
      }
    }
    return faults;
  }

  private stateFault(law: Law, rule: string, one: Stay, other: Stay): string | undefined {
    if (one.key === other.key) return this.selfFault(law, rule, one, other);
    if (!law.isAnywhere && !isNear(one, other)) return undefined;
    const pair = [one, other]
      .map(({ key, version }) => `${key} ${version}`)
      .sort()
      .join(' × ');
    if (one.stage + other.stage > 0) {
      const isAvoided = [this.leavesFirst(rule, one, other), this.leavesFirst(rule, other, one)].includes(true);
      return isAvoided || this.isWaived(rule, one, other) ? undefined : `${pair} could be live together (${rule})`;
    }
    const isLeft = one.leaves !== undefined || other.leaves !== undefined || this.facts.flagOnly === true;
    return isLeft ? undefined : `${pair} stays live (${rule})`;
  }

  /** Old and new of one component, where its strategy runs both for a while. */
  private selfFault({ names }: Law, rule: string, one: Stay, other: Stay): string | undefined {
    const { kind, strategy = 'rolling' } = this.facts.catalog.components[names[0]]!;
    const isGradual = kind !== 'schema' && (strategy === 'rolling' || strategy === 'canary');
    if (!isGradual || Math.abs(one.stage - other.stage) > 1) return undefined;
    const [before, after] = one.stage < other.stage ? [one, other] : [other, one];
    return `${one.key} would run ${before.version} and ${after.version} together (${rule})`;
  }

  /** `one` is left in the unit in which `other` is entered, or in one before it, by an edge that names the rule. */
  private leavesFirst(rule: string, { leaves }: Stay, { enters }: Stay): boolean {
    if (leaves === undefined || enters === undefined) return false;
    if (leaves === enters) return true;
    this.asked.add(`${enters} ${leaves} ${rule}`);
    return leaves < enters && this.drawn.has(`${enters} ${leaves} ${rule}`);
  }

  /** A flag that waives the rule is off before both ends of a way out that is not taken, and until both are through. */
  private isWaived(rule: string, one: Stay, other: Stay): boolean {
    const ways = [
      [one.enters, other.leaves],
      [other.enters, one.leaves],
    ];
    const isDrawn = (later: number | undefined, earlier: number | undefined): boolean =>
      this.drawn.has(`${later} ${earlier} ${rule}`);
    return Object.entries(this.facts.catalog.flags ?? {}).some(([flag, { component, waives }]) => {
      const [off, back] = [this.positions.get(`flag-off:${flag}`), this.positions.get(`flag-restore:${flag}`)];
      const isOff = keysOf(this.facts, component).every((key) => told(this.facts.live, key)?.flags?.[flag] === false);
      const isThrough = (unit: number | undefined): boolean =>
        unit !== undefined && (isOff || (isDrawn(unit, off) && (back === undefined || isDrawn(back, unit))));
      return waives.includes(rule) && ways.some((ends) => ends.every(isThrough));
    });
  }

  /** Edges that point forward, or that nothing asks for; `stateFaults` has found out what is asked for. */
  edgeFaults(): readonly string[] {
    return this.plan.units.flatMap((unit, at) => unit.after.flatMap((edge) => this.edgeFault(unit, at, edge) ?? []));
  }

  private edgeFault(unit: PlanUnit, at: number, { unit: awaited, rule }: PlanEdge): string | undefined {
    const before = this.positions.get(awaited) ?? at;
    if (before >= at) return `${unit.id} waits for ${awaited}, which does not stand before it`;
    const isAsked = this.asked.has(`${at} ${before} ${rule}`) || this.isStructure(unit, this.plan.units[before]!, rule);
    return isAsked ? undefined : `${unit.id} waits for ${awaited} by ${rule}, which does not ask for it`;
  }

  /** Edges that no rule about two versions draws: stages in order, flags, barriers. */
  private isStructure(unit: PlanUnit, earlier: PlanUnit, rule: string): boolean {
    if (rule === 'stage-order') return unit.components.some((key) => earlier.components.includes(key));
    if (rule === 'dispatch-barrier') return unit.kind === 'barrier' || earlier.kind === 'barrier';
    const switched = [earlier, unit].find(({ kind }) => kind === 'flag-off' || kind === 'flag-restore');
    const flag = switched?.id.slice(switched.id.indexOf(':') + 1) ?? '';
    if (rule === `isolates:${flag}`) return unit.kind === 'move';
    if (rule === `restores:${flag}`) return unit.id === `flag-restore:${flag}`;
    return told(this.facts.catalog.flags, flag)?.waives.includes(rule) === true;
  }
}
