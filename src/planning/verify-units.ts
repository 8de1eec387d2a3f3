import type { Plan, PlanUnit } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';
import { told } from './verify-stays';

/** Faults of single units: groups, pins, steps that nobody assessed, stages, flags and barriers. */
export function unitFaults(plan: Plan, facts: PlanFacts): readonly string[] {
  const targets = new Set(plan.targets.map(({ component }) => component));
  const pinned = new Set((facts.pinned ?? []).map(({ component }) => component));
  const awaited = new Set(plan.units.flatMap(({ after }) => after.map(({ unit }) => unit)));
  const isTiedFreely = plan.refusals.some(({ code }) => code === 'GROUP_NEEDS_MECHANISM');
  const lastMover = new Map<string, string>();
  return plan.units.flatMap((unit) => {
    const { id, kind, components, after, mechanism } = unit;
    if (kind === 'barrier') return barrierFaults(plan, facts, unit);
    if (kind === 'flag-off') return facts.flagOnly === true || awaited.has(id) ? [] : [`${id} is switched for nothing`];
    if (kind === 'flag-restore')
      return after.some(({ rule }) => rule.startsWith('restores:')) ? [] : [`${id} does not wait for flag-off`];
    const isBare = components.length > 1 && mechanism === undefined && !isTiedFreely;
    return [
      ...(isBare ? [`${id} moves together without a mechanism`] : []),
      ...components.flatMap((key) => {
        const before = lastMover.get(key);
        lastMover.set(key, id);
        const isLinked =
          before === undefined || after.some((edge) => edge.unit === before && edge.rule === 'stage-order');
        return [
          ...(pinned.has(key) || pinned.has(key.split('/')[0]!) ? [`${key} is pinned`] : []),
          ...(targets.has(key) ? [] : [`${id} moves ${key}, which has no target`]),
          ...(isLinked ? [] : [`${id} does not wait for ${before}, the stage before it`]),
        ];
      }),
      ...stepFaults(facts, unit),
    ];
  });
}

function stepFaults(facts: PlanFacts, { steps, mechanism }: PlanUnit): readonly string[] {
  return steps.flatMap(({ id, component, layer, from, to, reversibility }) => {
    const found = told(facts.layers, component)?.find((one) => one.layer === layer);
    const assessed = (mechanism === 'quiesce' ? found?.quiesced : undefined) ?? found?.steps ?? [];
    if (!assessed.some((one) => one.from === from && one.to === to)) return [`${id} is not what was assessed`];
    return reversibility === 'irreversible' ? [`${id} can not be undone`] : [];
  });
}

/** Everything of the earlier list of placements stands before a barrier, everything of the later behind it. */
function barrierFaults({ units }: Plan, { catalog }: PlanFacts, barrier: PlanUnit): readonly string[] {
  const lists = catalog.policies?.dispatch?.barriers ?? [];
  const listsOf = ({ components }: PlanUnit): readonly number[] =>
    components
      .map((key) => lists.findIndex((places) => places.includes(key.split('/')[1] ?? '')))
      .filter((at) => at >= 0);
  const waitedFor = new Set(barrier.after.map(({ unit }) => unit));
  const isBefore = ({ id }: PlanUnit): boolean => waitedFor.has(id);
  const isBehind = ({ after }: PlanUnit): boolean => after.some(({ unit }) => unit === barrier.id);
  const moves = units.filter(({ kind }) => kind === 'move');
  const before = new Set(moves.filter(isBefore).flatMap(listsOf));
  const behind = new Set(moves.filter(isBehind).flatMap(listsOf));
  const [[earlier], [later]] = [[...before], [...behind]];
  if (earlier === undefined || later === undefined) return [`${barrier.id} stands between nothing`];
  if (before.size > 1 || behind.size > 1 || earlier >= later)
    return [`${barrier.id} does not keep to the catalog's lists`];
  return moves.flatMap((unit) => {
    const own = listsOf(unit);
    if (own.includes(earlier) && !isBefore(unit)) return [`${barrier.id} does not wait for ${unit.id}`];
    return own.includes(later) && !isBehind(unit) ? [`${unit.id} does not wait for ${barrier.id}`] : [];
  });
}
