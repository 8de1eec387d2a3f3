import type { Plan, PlanFacts, PlanTarget, Refusal } from '../domain/plan';
import type { ComponentKey } from '../domain/identity';
import { adviceOf } from './advice';
import { checkFacts } from './check-facts';
import { planDigest } from './decision';
import { evidenceOf } from './evidence';
import { groundOf } from './ground';
import { baseOf, keyOf } from './problem';
import { verdictOf } from './recovery-verdict';
import { groupRefusals, obstacleRefusals, refusalsOf } from './refusals';
import { lossesOf } from './reversibility';
import { risksOf } from './risks';
import { rulesDigestOf } from './rules-digest';
import { solve, type Solution } from './solve';
import { targetsOf } from './targets';
import { unitsOf } from './units';

/**
 * The plan for `facts`: what moves, to what, in which order, what can not be undone. Pure: same facts in any order of
 * keys and lists, same digest. Throws FACTS_INVALID or CATALOG_UNKNOWN_COMPONENT for facts that make no sense;
 * everything that merely stands in the way is a refusal in the plan.
 */
export function buildPlan(facts: PlanFacts): Plan {
  checkFacts(facts);
  return planOf(facts, solve(baseOf(groundOf(facts))));
}

/** Targets and closure before the layers are assessed: every layer of `components` must be assessed for the plan. */
export function planScope(facts: PlanFacts): {
  readonly targets: readonly PlanTarget[];
  readonly components: readonly ComponentKey[];
  readonly refusals: readonly Refusal[];
} {
  checkFacts(facts);
  const solution = solve(baseOf(groundOf(facts)));
  const { problem, closure } = solution;
  const targets = targetsOf(problem, closure, []);
  const components = movedOf(solution).map((at) => keyOf(problem, at));
  return { targets, components, refusals: refusalsOf(problem, closure) };
}

function planOf(facts: PlanFacts, solution: Solution): Plan {
  const { problem, closure } = solution;
  const standing = refusalsOf(problem, closure);
  const moved = movedOf(solution);
  const arranged = unitsOf(problem, closure);
  const evidence = evidenceOf(problem, closure, arranged.drafts);
  const { cannotUndo, willLose } = lossesOf(problem, moved);
  const refusals = [...standing, ...groupRefusals(problem, arranged.drafts), ...obstacleRefusals(problem)];
  const units = standing.length > 0 ? [] : arranged.units;
  const accepted = evidence.violated;
  const nothingToDo = moved.length === 0 ? 'nothing to do: everything is at its target' : undefined;
  const targets = targetsOf(problem, closure, units);
  const { risks, doubts } = risksOf(problem, evidence, targets, units);
  const made: Omit<Plan, 'digest'> = {
    environment: facts.environment,
    bad: problem.ground.bad.map((at) => keyOf(problem, at)),
    ...verdictOf({ refusals, willLose, evidence, accepted, doubts, nothingToDo }),
    targets,
    units,
    refusals,
    cannotUndo,
    willLose,
    risks,
    advice: adviceOf(problem, { refusals, estimate: arranged.estimate }),
    estimate: arranged.estimate,
    evidence: { seen: evidence.seen, total: evidence.total },
    accepted,
    rulesDigest: rulesDigestOf(problem, moved),
  };
  return { ...made, digest: planDigest({ ...made, digest: '' }) };
}

function movedOf({ closure }: Solution): readonly number[] {
  const moved: number[] = [];
  closure.reached.forEach((stage, at) => stage > 0 && moved.push(at));
  return moved;
}
