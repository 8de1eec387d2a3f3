import type { Plan } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';
import { rulesOf } from './verify-laws';
import { isNear, staysOf, told, type Stay } from './verify-stays';

/** Where a plan stands in the middle: units by id. All others have not begun. */
export interface Standing {
  readonly verified: ReadonlySet<string>;
  /** Begun and not verified: both versions may be live. */
  readonly between: ReadonlySet<string>;
}

/**
 * Pairs of versions that are live together although a rule forbids it, as sentences. Read from the rules alone, with the
 * words of the checker: accepted rules and those that a flag waives do not count.
 */
export function forbiddenPairs(plan: Plan, facts: PlanFacts, standing: Standing): readonly string[] {
  const stays = staysOf(plan, facts);
  const isLive = liveNow(plan, standing);
  const isWaived = waivedRules(plan, facts, standing);
  const found = new Set<string>();
  for (const { names, isAnywhere, against } of rulesOf(facts)) {
    const [ones, others] = names.map((name) => (stays.get(name) ?? []).filter(isLive));
    for (const one of ones!) {
      for (const other of others!) {
        const rule = one.key === other.key || (!isAnywhere && !isNear(one, other)) ? undefined : against(one, other);
        if (rule === undefined || isWaived.has(rule)) continue;
        const pair = [one, other].map(({ key, version }) => `${key} ${version}`).sort();
        found.add(`${pair.join(' × ')} (${rule})`);
      }
    }
  }
  return [...found];
}

/**
 * Pairs that putting units back in this order would make live and that are not live now. Empty where the plan began in
 * a legal state; not so where the bad deployment itself had broken a rule.
 */
export function pairsOnTheWayBack(
  plan: Plan,
  facts: PlanFacts,
  order: readonly string[],
  standing: Standing,
): readonly string[] {
  const now = new Set(forbiddenPairs(plan, facts, standing));
  const verified = new Set(standing.verified);
  const between = new Set(standing.between);
  const found = new Set<string>();
  const look = (): void => {
    for (const pair of forbiddenPairs(plan, facts, { verified, between })) if (!now.has(pair)) found.add(pair);
  };
  for (const unit of order) {
    verified.delete(unit);
    between.add(unit);
    look();
    between.delete(unit);
    look();
  }
  return [...found];
}

/** The one version that runs, or the two of a component that is between them. */
function liveNow(plan: Plan, { verified, between }: Standing): (stay: Stay) => boolean {
  const idAt = (position: number | undefined): string => plan.units[position ?? -1]?.id ?? '';
  return ({ enters, leaves }) => {
    const isEntered = enters === undefined || verified.has(idAt(enters)) || between.has(idAt(enters));
    return isEntered && !verified.has(idAt(leaves));
  };
}

/** Rules that do not hold because a flag that waives them is off now. */
function waivedRules(plan: Plan, facts: PlanFacts, { verified, between }: Standing): ReadonlySet<string> {
  const begun = (id: string): boolean => verified.has(id) || between.has(id);
  const off = Object.entries(facts.catalog.flags ?? {}).filter(([flag, { component }]) => {
    const wasOff = told(told(facts.live, component)?.flags, flag) === false;
    return (wasOff || verified.has(`flag-off:${flag}`)) && !begun(`flag-restore:${flag}`);
  });
  return new Set(off.flatMap(([, { waives }]) => waives));
}
