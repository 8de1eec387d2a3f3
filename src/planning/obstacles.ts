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
  const distanceOf = ({ component }: Obstacle): Distance => {
    if (component === undefined || own.has(component)) return 'own';
    if (!component.includes('/') && ownNames.has(component)) return 'own';
    return near.has(componentOf(component)) ? 'near' : 'far';
  };
  const found = [...facts.obstacles].sort(
    (left, right) => byCodeUnit(left.code, right.code) || byCodeUnit(left.why, right.why),
  );
  const blocking = found.filter((obstacle) => distanceOf(obstacle) === 'own' && weightOf(obstacle) === 'blocks');
  const others = found.filter(
    (obstacle) => !blocking.includes(obstacle) && reach[weightOf(obstacle)].includes(distanceOf(obstacle)),
  );
  const isDoubt = (obstacle: Obstacle): boolean => weightOf(obstacle) !== 'note' && distanceOf(obstacle) !== 'far';
  return {
    refusals: blocking.map(refusalOf),
    doubts: others.filter(isDoubt).map(({ why }) => why),
    warnings: others,
  };
}

const none: Obstacles = { refusals: [], doubts: [], warnings: [] };

/** About what moves or about everything, about something related to it, or about neither. */
type Distance = 'own' | 'near' | 'far';

type Weight = NonNullable<Obstacle['weight']>;

function weightOf({ weight = 'blocks' }: Obstacle): Weight {
  return weight;
}

/** From how far each weight matters: what would block somebody else is worth knowing, their lesser troubles are not. */
const reach: Readonly<Record<Weight, readonly Distance[]>> = {
  blocks: ['own', 'near', 'far'],
  doubt: ['own', 'near'],
  note: ['own'],
};

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
