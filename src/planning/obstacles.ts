import { byCodeUnit, componentOf } from '../domain/identity';
import type { Refusal } from '../domain/plan';
import type { Obstacle } from '../domain/plan-facts';
import { keyOf, type Problem } from './problem';
import { neighboursOf } from './relations';

/** Things that stand in the way and were found by others, by how much they matter to this plan. */
export interface Obstacles {
  /** About a component that moves, or about the environment as a whole. */
  readonly refusals: readonly Refusal[];
  /** About a neighbour: the rules with it could not be checked. */
  readonly doubts: readonly string[];
  /** All that does not block, with what to do about it; each is a risk. */
  readonly warnings: readonly Obstacle[];
}

/** Sorts the obstacles: one about a component that nothing here touches must not block the plan. */
export function obstaclesOf(problem: Problem, moved: readonly number[]): Obstacles {
  const { facts, named } = problem.ground;
  if (facts.obstacles === undefined || facts.obstacles.length === 0) return none;
  const own = new Set([...named, ...moved.map((at) => keyOf(problem, at))]);
  const ownNames = new Set([...own].map(componentOf));
  const near = neighboursOf(problem.ground, problem.statements, ownNames);
  const isOwn = ({ component }: Obstacle): boolean =>
    component === undefined || own.has(component) || (!component.includes('/') && ownNames.has(component));
  const isNear = ({ component }: Obstacle): boolean => near.has(componentOf(component ?? ''));
  const found = [...facts.obstacles].sort(
    (left, right) => byCodeUnit(left.code, right.code) || byCodeUnit(left.why, right.why),
  );
  const blocking = found.filter((obstacle) => isOwn(obstacle) && weightOf(obstacle) === 'blocks');
  const others = found.filter((obstacle) => !blocking.includes(obstacle) && matters(obstacle, isOwn, isNear));
  const isDoubt = (obstacle: Obstacle): boolean =>
    weightOf(obstacle) !== 'note' && (isOwn(obstacle) || isNear(obstacle));
  return {
    refusals: blocking.map(refusalOf),
    doubts: others.filter(isDoubt).map(({ why }) => why),
    warnings: others,
  };
}

const none: Obstacles = { refusals: [], doubts: [], warnings: [] };

function weightOf({ weight = 'blocks' }: Obstacle): NonNullable<Obstacle['weight']> {
  return weight;
}

/** What would block somebody else is worth knowing; their lesser troubles are not. */
function matters(
  obstacle: Obstacle,
  isOwn: (obstacle: Obstacle) => boolean,
  isNear: (obstacle: Obstacle) => boolean,
): boolean {
  switch (weightOf(obstacle)) {
    case 'blocks':
      return true;
    case 'doubt':
      return isOwn(obstacle) || isNear(obstacle);
    case 'note':
      return isOwn(obstacle);
    default:
      return false;
  }
}

/** True for what keeps the planner from knowing, rather than from acting. */
export function isUnreachable({ code }: Refusal): boolean {
  return /(UNREACHABLE|TIMED_OUT|NOT_AVAILABLE|SILENT)$/.test(code);
}

function refusalOf({ code, component, why, remedy }: Obstacle): Refusal {
  return {
    code,
    components: component === undefined ? [] : [component],
    path: [],
    why,
    offers: remedy === undefined ? [] : [remedy],
  };
}
