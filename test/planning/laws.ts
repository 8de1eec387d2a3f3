import fc from 'fast-check';
import type { Plan, PlanFacts } from '../../src/domain/plan';
import { buildPlan } from '../../src/planning';
import { factsOf, instances, type Instance, type Shape } from './instances';

/** Instances per shape; `npm run properties` raises it. */
export const runs = Number(process.env['PROPERTY_RUNS'] ?? 1_000);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

/** Throws when the plan of an instance breaks the law. */
export type Holds = (instance: Instance, plan: Plan, facts: PlanFacts) => void;

interface Drawn {
  readonly instance: Instance;
  readonly facts: PlanFacts;
  readonly plan: Plan;
}

/** Random instances of one shape with their plans, made once and looked at by every law. */
const drawn = new Map<Shape, readonly Drawn[]>();

function drawnFor(shape: Shape): readonly Drawn[] {
  const known = drawn.get(shape);
  if (known !== undefined) return known;
  const made = fc.sample(instances(shape), { numRuns: runs, seed }).map((instance) => {
    const facts = factsOf(instance);
    return { instance, facts, plan: buildPlan(facts) };
  });
  drawn.set(shape, made);
  return made;
}

/** A test that every instance of a shape keeps a law; a failure is shrunk and printed as facts. */
export function law(name: string, shape: Shape, holds: Holds): void {
  test(name, () => {
    try {
      for (const { instance, plan, facts } of drawnFor(shape)) holds(instance, plan, facts);
    } catch (thrown) {
      throw new Error(counterexample(shape, holds, buildPlan) ?? String(thrown), { cause: thrown });
    }
  });
}

/**
 * What the smallest instance that breaks the law says, and its facts on a line of their own after `FACTS.json: `, for
 * `lastgood plan --offline`. Undefined when none does.
 */
export function counterexample(
  shape: Shape,
  holds: Holds,
  planner: (facts: PlanFacts) => Plan,
  numRuns = runs,
): string | undefined {
  const property = fc.property(instances(shape), (instance) => {
    const facts = factsOf(instance);
    holds(instance, planner(facts), facts);
  });
  const { failed, counterexample: found, errorInstance } = fc.check(property, { numRuns, seed });
  if (!failed || found === null) return undefined;
  return `${String(errorInstance)}\n(PROPERTY_SEED=${seed})\nFACTS.json: ${JSON.stringify(factsOf(found[0]))}`;
}
