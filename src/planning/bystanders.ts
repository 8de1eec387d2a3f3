import { componentOf, type ComponentKey } from '../domain/identity';
import type { PlanFacts } from '../domain/plan-facts';
import { groundOf } from './ground';
import { baseOf } from './problem';
import { neighboursOf } from './relations';

/**
 * The placements that a rule or a dependency relates to what is written, and that stay where they are. A plan is legal
 * only while they stand still: whoever carries it out keeps others from moving them, and looks at them again.
 */
export function bystandersOf(facts: PlanFacts, written: readonly ComponentKey[]): readonly ComponentKey[] {
  const { ground, statements } = baseOf(groundOf(facts));
  const near = neighboursOf(ground, statements, new Set(written.map(componentOf)));
  return ground.keys.filter((key) => near.has(componentOf(key)) && !written.includes(key));
}
