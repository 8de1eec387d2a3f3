import { byCodeUnit, type ComponentKey } from '../domain/identity';
import type { Plan, PlanTarget, Refusal } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';
import { adviceOf } from './advice';
import { draftsOf } from './arrange';
import { checkFacts } from './check-facts';
import { planDigest } from './decision';
import type { Arrangement, Draft } from './drafts';
import { evidenceOf, noEvidence, type Evidence } from './evidence';
import { flagOnlyDrafts } from './flag-units';
import { groundOf } from './ground';
import { obstaclesOf } from './obstacles';
import { baseOf, keyOf, type Problem } from './problem';
import { verdictOf } from './recovery-verdict';
import { refuseUnjudgeable } from './refuse-unjudgeable';
import { groupRefusals, refusalsOf, unassessedRefusals } from './refusals';
import { lossesOf } from './reversibility';
import { risksOf } from './risks';
import { rulesDigestOf } from './rules-digest';
import { solve, widestScope, type Solution } from './solve';
import { targetsOf } from './targets';
import { listed, unitsOf } from './units';

/**
 * The plan for `facts`: what moves, to what, in which order, what can not be undone. Pure: same facts in any order of
 * keys and lists, same digest. Throws FACTS_INVALID or CATALOG_UNKNOWN_COMPONENT for facts that make no sense;
 * everything that merely stands in the way is a refusal in the plan.
 */
export function buildPlan(facts: PlanFacts): Plan {
  const solution = solved(facts);
  return facts.flagOnly === true ? flagOnlyPlan(solution) : rollbackPlan(solution);
}

/**
 * Targets and closure before the layers are assessed: every layer of `components` must be assessed for the plan.
 * With chains among them, call again with the layers so far until no component is new: a stage can ask for others.
 */
export function planScope(facts: PlanFacts): {
  readonly targets: readonly PlanTarget[];
  readonly components: readonly ComponentKey[];
  readonly refusals: readonly Refusal[];
} {
  const solution = solved(facts);
  const { problem, closure } = solution;
  const scope = widestScope(solution);
  return {
    targets: targetsOf(problem, closure, scope, []),
    components: scope.map((at) => keyOf(problem, at)),
    refusals: refusalsOf(solution),
  };
}

function solved(facts: PlanFacts): Solution {
  checkFacts(facts);
  const solution = solve(baseOf(groundOf(facts)));
  const { problem } = solution;
  refuseUnjudgeable(problem, [...new Set([...problem.ground.bad, ...movedOf(solution)])]);
  return solution;
}

function rollbackPlan(solution: Solution): Plan {
  const { problem, closure } = solution;
  const moved = movedOf(solution);
  const standing = [...refusalsOf(solution), ...unassessedRefusals(problem, moved)];
  const arrangement = draftsOf(problem, closure);
  const drafts = listed(arrangement.drafts);
  const evidence = evidenceOf(problem, closure, drafts);
  const groups = groupRefusals(problem, drafts);
  return planOf(solution, moved, { ...arrangement, drafts }, evidence, standing, groups);
}

/** Only the flags: the releases stay as they are, so nothing is undone and nothing is lost. */
function flagOnlyPlan(solution: Solution): Plan {
  const { problem } = solution;
  const { drafts, refusals } = flagOnlyDrafts(problem);
  return planOf(solution, [], { drafts, notes: [] }, noEvidence, refusals, []);
}

/** `standing` refusals leave no legal order at all; groups are shown, so that people see what is tied together. */
function planOf(
  solution: Solution,
  moved: readonly number[],
  arrangement: Arrangement,
  evidence: Evidence,
  standing: readonly Refusal[],
  groups: readonly Refusal[],
): Plan {
  const { problem, closure } = solution;
  const { facts } = problem.ground;
  const arranged = unitsOf(problem, arrangement.drafts);
  const { estimate } = arranged;
  const units = standing.length > 0 ? [] : arranged.units;
  const targets = facts.flagOnly === true ? [] : targetsOf(problem, closure, [...problem.ground.bad, ...moved], units);
  const { cannotUndo, willLose } = lossesOf(problem, moved);
  const obstacles = obstaclesOf(problem, moved);
  const refusals = [...standing, ...groups, ...obstacles.refusals];
  const { risks, doubts } = risksOf(solution, { evidence, targets, units, arrangement, obstacles });
  const accepted = acceptedBy(arrangement, evidence);
  const isIdle = units.length === 0 && refusals.length === 0;
  const made: Plan = {
    environment: facts.environment,
    bad: problem.ground.named,
    ...verdictOf({ refusals, willLose, evidence, accepted, doubts, isIdle, isFlagOnly: facts.flagOnly === true }),
    targets,
    units,
    refusals,
    cannotUndo,
    willLose,
    risks,
    advice: adviceOf(problem, { refusals, obstructions: obstacles.refusals, estimate, willLose }),
    estimate,
    evidence: { seen: evidence.seen, total: evidence.total },
    accepted,
    ...(obstacles.warnings.length === 0 ? {} : { warnings: obstacles.warnings }),
    needs: needsOf(facts),
    ...(facts.flagOnly === true ? { stays: staysOf(problem, arrangement.drafts) } : {}),
    rulesDigest: rulesDigestOf(problem, moved),
    digest: '',
  };
  return { ...made, digest: planDigest(made) };
}

/** Violations that were accepted by name, and those that a group with an accepted window brings about. */
function acceptedBy({ drafts }: Arrangement, { violated }: Evidence): readonly string[] {
  const windows = drafts.filter(({ mechanism }) => mechanism === 'window').flatMap(({ ties }) => ties);
  return [...new Set([...violated, ...windows])].sort();
}

function movedOf({ closure }: Solution): readonly number[] {
  const moved: number[] = [];
  closure.reached.forEach((stage, at) => stage > 0 && moved.push(at));
  return moved;
}

function needsOf({ catalog: { approval } }: PlanFacts): NonNullable<Plan['needs']> {
  const { quorum = 1, roles = [], selfApproval = 'reversible' } = approval ?? {};
  return { quorum, roles, selfApproval };
}

/** The bad components and those whose flags are switched, as they run now. */
function staysOf({ ground }: Problem, drafts: readonly Draft[]): NonNullable<Plan['stays']> {
  const keys = new Set([
    ...ground.bad.map((at) => ground.keys[at]!),
    ...drafts.flatMap(({ components }) => components),
  ]);
  return [...keys].sort(byCodeUnit).map((component) => ({
    component,
    version: ground.live[ground.index.get(component)!]!.version,
  }));
}
