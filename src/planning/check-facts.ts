import { LastgoodError } from '../domain/errors';
import { componentOf } from '../domain/identity';
import type { PlanFacts } from '../domain/plan';

/** Throws FACTS_INVALID or CATALOG_UNKNOWN_COMPONENT for facts that the planner can not work with. */
export function checkFacts(facts: PlanFacts): void {
  const known = new Set(Object.keys(facts.catalog.components));
  for (const { id, forbid } of facts.catalog.compatibility?.rules ?? []) {
    for (const name of forbid.flatMap((selection) => Object.keys(selection))) requireKnown(known, name, `rule ${id}`);
  }
  for (const name of facts.bad) {
    requireKnown(known, componentOf(name), 'bad');
    if (Object.hasOwn(facts.live, name) || Object.hasOwn(facts.live, componentOf(name))) continue;
    throw new LastgoodError('FACTS_INVALID', {
      place: `live.${name}`,
      what: `nothing is known of what ${name} runs now`,
    });
  }
}

function requireKnown(known: ReadonlySet<string>, name: string, place: string): void {
  if (known.has(name)) return;
  throw new LastgoodError('CATALOG_UNKNOWN_COMPONENT', { place, what: `there is no component "${name}"` });
}
