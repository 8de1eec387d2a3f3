import type { Plan, PlanEdge, PlanUnit } from '../domain/plan';

/** Why a unit is in the plan and where it stands: the chain of rules from a bad component to it, then its own edges. */
export function reasonsFor(plan: Plan, unitId: string): readonly string[] {
  const unit = plan.units.find(({ id }) => id === unitId);
  if (unit === undefined) return [];
  const isBad = unit.components.some((component) => plan.bad.includes(component));
  return [
    ...(isBad ? [`${unit.id} holds a bad release: it goes back to its target`] : chainTo(plan, unit)),
    ...together(unit),
    ...unit.after.map((edge) => edgeSentence(plan, unit, edge)),
  ];
}

/** One sentence for one edge: `payments must be at 2.0.4 before orders returns to 3.0.9, because …`. */
function edgeSentence(plan: Plan, unit: PlanUnit, { unit: before, rule, why }: PlanEdge): string {
  const first = plan.units.find(({ id }) => id === before);
  const done = first?.kind === 'move' ? `${before} must be at ${stateText(plan, first)}` : `${before} must be done`;
  const next = unit.kind === 'move' ? `${unit.id} returns to ${stateText(plan, unit)}` : `${unit.id} starts`;
  return `${done} before ${next}, because ${why} (${rule})`;
}

function stateText(plan: Plan, { components, steps }: PlanUnit): string {
  const states = components.map((component) => {
    const stage = steps.findLast((step) => step.component === component)?.version;
    return stage ?? plan.targets.find((target) => target.component === component)?.to.version ?? '?';
  });
  return states.join(' + ');
}

/** What each component of a unit goes back to, why not to something newer, and where it comes from. */
export function targetReasons({ targets, units }: Plan, unitId: string): readonly string[] {
  const unit = units.find(({ id }) => id === unitId);
  if (unit?.kind !== 'move') return [];
  return targets
    .filter(({ component }) => unit.components.includes(component))
    .flatMap(({ component, to, goodForSeconds, source, sourcesTried, why }) => {
      const good = goodForSeconds === undefined ? '' : `, known-good for ${Math.floor(goodForSeconds / 86_400)} d`;
      const from = source === undefined ? '' : `, from ${source}`;
      const tried = sourcesTried.map((one) => `${one.kind}: ${one.why ?? 'not there'}`);
      return [
        `${component} goes back to ${to.version} (${to.digest || 'digest unknown'}${good}${from})`,
        ...why.map((reason) => `${component}: ${reason}`),
        ...tried.map((text) => `${component}: tried before: ${text}`),
      ];
    });
}

function together({ components, mechanism }: PlanUnit): readonly string[] {
  if (components.length < 2) return [];
  return [`${components.join(' and ')} move together${mechanism === undefined ? '' : ` by ${mechanism}`}`];
}

/** The shortest way from a unit with a bad component to this one along the edges: each unit needs the next before it. */
function chainTo(plan: Plan, unit: PlanUnit): readonly string[] {
  const units = new Map(plan.units.map((found) => [found.id, found]));
  const causes = new Map<string, { readonly later: PlanUnit; readonly edge: PlanEdge } | undefined>();
  const queue = plan.units.filter(({ components }) => components.some((component) => plan.bad.includes(component)));
  for (const start of queue) causes.set(start.id, undefined);
  for (const later of queue) {
    for (const edge of later.after) {
      const next = units.get(edge.unit);
      if (next === undefined || causes.has(next.id)) continue;
      causes.set(next.id, { later, edge });
      queue.push(next);
    }
  }
  const sentences: string[] = [];
  for (let cause = causes.get(unit.id); cause !== undefined; cause = causes.get(cause.later.id)) {
    sentences.push(edgeSentence(plan, cause.later, cause.edge));
  }
  return sentences.toReversed();
}
