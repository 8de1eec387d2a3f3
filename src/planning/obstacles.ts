import { byCodeUnit, componentOf } from '../domain/identity';
import type { Refusal } from '../domain/plan';
import { keyOf, type Problem } from './problem';
import { neighboursOf } from './relations';

/** Things that stand in the way and were found by others, by how much they matter to this plan. */
export interface Obstacles {
  /** About a component that moves, or about the environment as a whole. */
  readonly refusals: readonly Refusal[];
  /** About a neighbour: the rules with it could not be checked. */
  readonly doubts: readonly string[];
  /** About somebody else. */
  readonly risks: readonly string[];
}

/** Sorts the obstacles: one about a component that nothing here touches must not block the plan. */
export function obstaclesOf(problem: Problem, moved: readonly number[]): Obstacles {
  const { facts, named } = problem.ground;
  if (facts.obstacles === undefined || facts.obstacles.length === 0) return { refusals: [], doubts: [], risks: [] };
  const own = new Set([...named, ...moved.map((at) => keyOf(problem, at))]);
  const ownNames = new Set([...own].map(componentOf));
  const near = neighboursOf(problem.ground, problem.statements, ownNames);
  const found = [...facts.obstacles].sort(
    (left, right) => byCodeUnit(left.code, right.code) || byCodeUnit(left.why, right.why),
  );
  const isOwn = (component: string | undefined): boolean =>
    component === undefined || own.has(component) || (!component.includes('/') && ownNames.has(component));
  const others = found.filter(({ component }) => !isOwn(component));
  const isNear = ({ component }: (typeof found)[number]): boolean => near.has(componentOf(component ?? ''));
  return {
    refusals: found.filter(({ component }) => isOwn(component)).map(refusalOf),
    doubts: others.filter(isNear).map(({ why }) => why),
    risks: others.filter((obstacle) => !isNear(obstacle)).map(({ why }) => why),
  };
}

/** True for what keeps the planner from knowing, rather than from acting. */
export function isUnreachable({ code }: Refusal): boolean {
  return /(UNREACHABLE|TIMED_OUT|NOT_AVAILABLE|SILENT)$/.test(code);
}

function refusalOf({
  code,
  component,
  why,
  remedy,
}: NonNullable<Problem['ground']['facts']['obstacles']>[number]): Refusal {
  return {
    code,
    components: component === undefined ? [] : [component],
    path: [],
    why,
    offers: remedy === undefined ? [] : [remedy],
  };
}
