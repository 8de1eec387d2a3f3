import fc from 'fast-check';
import type { Plan } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsOf, instances, type Instance, type Shape } from './instances';

/** Instances per shape; `npm run properties` raises it. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 1_000);
const firstSeed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
const batchSize = 1_000;

/** The instances in batches of at most 1,000 per shape, so that their plans fit into memory. */
export const batches = Array.from({ length: Math.ceil(runs / batchSize) }, (_none, at) => ({
  number: at + 1,
  seed: firstSeed + at,
  size: Math.min(batchSize, runs - at * batchSize),
}));

/** Throws when the plan of an instance breaks the law. */
export type Holds = (instance: Instance, plan: Plan, facts: PlanFacts) => void;

interface Drawn {
  readonly instance: Instance;
  readonly facts: PlanFacts;
  readonly plan: Plan;
}

/**
 * Makes tests that every instance of a shape in the batch keeps a law; a failure is shrunk and printed as facts. The
 * plans are made once and looked at by every law.
 */
export function lawsOf({ seed, size }: (typeof batches)[number]) {
  const drawn = new Map<Shape, readonly Drawn[]>();
  afterAll(() => drawn.clear());
  const drawnFor = (shape: Shape): readonly Drawn[] => {
    const known = drawn.get(shape) ?? draw(shape, seed, size);
    drawn.set(shape, known);
    return known;
  };
  return (name: string, shape: Shape, holds: Holds): void => {
    test(name, () => {
      try {
        for (const { instance, plan, facts } of drawnFor(shape)) holds(instance, plan, facts);
      } catch (thrown) {
        throw new Error(counterexample(shape, holds, buildPlan, { seed, size }) ?? String(thrown), { cause: thrown });
      }
    });
  };
}

function draw(shape: Shape, seed: number, size: number): readonly Drawn[] {
  return fc.sample(instances(shape), { numRuns: size, seed }).map((instance) => {
    const facts = factsOf(instance);
    return { instance, facts, plan: buildPlan(facts) };
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
  { seed, size }: Pick<(typeof batches)[number], 'seed' | 'size'>,
): string | undefined {
  const property = fc.property(instances(shape), (instance) => {
    const facts = factsOf(instance);
    holds(instance, planner(facts), facts);
  });
  const { failed, counterexample: found, errorInstance } = fc.check(property, { numRuns: size, seed });
  if (!failed || found === null) return undefined;
  return `${String(errorInstance)}\n(PROPERTY_SEED=${seed})\nFACTS.json: ${JSON.stringify(factsOf(found[0]))}`;
}
