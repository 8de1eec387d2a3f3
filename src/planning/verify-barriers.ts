import type { Plan, PlanFacts, PlanUnit } from '../domain/plan';

/** Faults of one barrier: everything of the earlier list of placements stands before it, everything of the later behind. */
export function barrierFaults({ units }: Plan, { catalog }: PlanFacts, barrier: PlanUnit): readonly string[] {
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
