import type { PlanTarget, PlanUnit } from '../domain/plan';
import type { Evidence } from './evidence';
import { keyOf, type Problem } from './problem';

/** What may go wrong although nothing is forbidden, and what keeps anybody from calling the plan safe. */
export function risksOf(
  problem: Problem,
  evidence: Evidence,
  targets: readonly PlanTarget[],
  units: readonly PlanUnit[],
): { readonly risks: readonly string[]; readonly doubts: readonly string[] } {
  const policy = problem.ground.facts.catalog.compatibility?.default ?? 'unknown-optimistic';
  const treated = policy === 'unknown-optimistic' ? 'treated as compatible' : 'kept apart where the order allows it';
  const doubts = unassessed(problem, targets);
  const risks = [
    ...evidence.unknown.map((pair) => `${pair} never seen together; ${treated} (catalog policy)`),
    ...doubts,
    ...targets.flatMap(({ component, from }) =>
      from.mixed === undefined ? [] : [`${component} is mixed now: ${from.mixed}`],
    ),
    ...units
      .flatMap(({ steps }) => steps)
      .filter(({ guard }) => guard === 'read-then-write')
      .map(({ id }) => `${id} can not be guarded: somebody else's write between our read and our write would be lost`),
    ...targets.flatMap(({ component }) => layerRisks(problem, component)),
  ];
  return { risks: capped(risks), doubts };
}

function layerRisks({ ground }: Problem, component: string): readonly string[] {
  const at = ground.index.get(component);
  return (at === undefined ? [] : (ground.layers[at] ?? [])).flatMap(({ layer, risks }) =>
    (risks ?? []).map((risk) => `${component} ${layer}: ${risk}`),
  );
}

/** Layers that the catalog declares and nobody has looked at. */
function unassessed({ ground }: Problem, targets: readonly PlanTarget[]): readonly string[] {
  return targets.flatMap(({ component }) => {
    const at = ground.index.get(component)!;
    const declared = ground.components.get(component.split('/')[0]!)?.layers ?? [];
    const assessed = new Set((ground.layers[at] ?? []).map(({ layer }) => layer));
    const missing = declared.map(({ id }) => id).filter((id) => !assessed.has(id));
    return missing.length === 0 ? [] : [`${keyOf({ ground }, at)}: nobody has assessed ${missing.join(', ')}`];
  });
}

function capped(risks: readonly string[]): readonly string[] {
  const shown = 100;
  return risks.length <= shown ? risks : [...risks.slice(0, shown), `… and ${risks.length - shown} more`];
}
