import type { Plan, PlanFacts } from '../domain/plan';
import { relationsOf, told, type State } from './verify-rules';
import { walksOf, type Walk } from './verify-walks';

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
  const walks = walksOf(plan, facts);
  const live = liveStates(plan, standing);
  const isWaived = waivedRules(plan, facts, standing);
  const found = relationsOf(facts).flatMap(({ names: [left, right], rules }) => {
    const held = rules.filter(({ id }) => facts.accept?.includes(id) !== true && !isWaived.has(id));
    if (held.length === 0) return [];
    return (walks.get(left) ?? []).flatMap((one) =>
      (walks.get(right) ?? []).flatMap((other) => {
        if (one.key === other.key) return [];
        const isNear = one.place === other.place || one.place === undefined || other.place === undefined;
        return live(one).flatMap((mine) =>
          live(other).flatMap((theirs) =>
            held
              .filter(({ anywhere, forbids }) => (anywhere || isNear) && forbids(mine, theirs))
              .map(({ id }) => `${one.key} ${mine.version} × ${other.key} ${theirs.version} (${id})`),
          ),
        );
      }),
    );
  });
  return [...new Set(found)];
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
function liveStates(plan: Plan, { verified, between }: Standing): (walk: Walk) => readonly State[] {
  const isAt = (ids: ReadonlySet<string>, position: number | undefined): boolean =>
    position !== undefined && ids.has(plan.units[position]?.id ?? '');
  return ({ states, units }) => {
    const arrived = units.filter((position, at) => at > 0 && isAt(verified, position)).length;
    const [here, next] = [states[arrived], states[arrived + 1]];
    const isBetween = isAt(between, units[arrived + 1]);
    return [here, ...(isBetween ? [next] : [])].filter((state) => state !== undefined);
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
