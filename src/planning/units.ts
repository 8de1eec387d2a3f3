import { byCodeUnit } from '../domain/identity';
import type { Estimate, PlanUnit } from '../domain/plan';
import { draftsOf, type Draft } from './arrange';
import type { Closure } from './closure';
import { topologicalOrder } from './dependency-graph';
import { makespansOf, tailsOf, type Task } from './dispatch-order';
import { keyOf, type Problem } from './problem';
import { numbered, stepsOfMove } from './steps';

/** The units of a plan, topologically listed, with their times. */
export interface Units {
  readonly units: readonly PlanUnit[];
  readonly drafts: readonly Draft[];
  readonly estimate: Estimate;
}

/** Lists the drafts so that everything a unit waits for stands before it; ties by id. */
export function unitsOf(problem: Problem, closure: Closure): Units {
  const found = draftsOf(problem, closure);
  const order = listing(found);
  const position = new Map(order.map((draft, at) => [draft, at]));
  const drafts = order.map((draft) => renumbered(found[draft]!, position));
  const bare = drafts.map((draft) => bareUnit(problem, draft, drafts));
  const tasks = bare.map(({ estimateSeconds, components }, at): Task => ({
    seconds: estimateSeconds,
    after: [...new Set(drafts[at]!.after.map(({ draft }) => draft))],
    isUrgent: components.some((component) => problem.ground.bad.some((bad) => keyOf(problem, bad) === component)),
  }));
  const tails = tailsOf(tasks);
  const units = bare.map((unit, at) => ({ ...unit, tailSeconds: tails[at]! }));
  return { units, drafts, estimate: estimateOf(problem, units, tasks) };
}

function renumbered(draft: Draft, position: ReadonlyMap<number, number>): Draft {
  return { ...draft, after: draft.after.map((edge) => ({ ...edge, draft: position.get(edge.draft)! })) };
}

function listing(drafts: readonly Draft[]): readonly number[] {
  const ids = drafts.map((_draft, at) => at).sort((left, right) => byCodeUnit(drafts[left]!.id, drafts[right]!.id));
  const rank = new Int32Array(drafts.length);
  ids.forEach((draft, at) => (rank[draft] = at));
  const [from, to]: [number[], number[]] = [[], []];
  drafts.forEach(({ after }, at) => {
    for (const { draft } of after) {
      from.push(at);
      to.push(draft);
    }
  });
  return topologicalOrder({ size: drafts.length, from, to }, rank);
}

function bareUnit(problem: Problem, draft: Draft, all: readonly Draft[]): Omit<PlanUnit, 'tailSeconds'> {
  const steps = numbered(
    draft.id,
    draft.moves.flatMap((move) => stepsOfMove(problem, move)),
  );
  const after = draft.after
    .map(({ draft: before, rule, why }) => ({ unit: all[before]!.id, rule, why }))
    .sort((left, right) => byCodeUnit(left.unit, right.unit) || byCodeUnit(left.rule, right.rule));
  return {
    id: draft.id,
    kind: 'move',
    components: [...new Set(draft.moves.map(({ at }) => keyOf(problem, at)))],
    after,
    ...(draft.mechanism && { mechanism: draft.mechanism }),
    steps,
    estimateSeconds: steps.reduce((sum, { estimateSeconds }) => sum + estimateSeconds, 0),
  };
}

function estimateOf({ ground }: Problem, units: readonly PlanUnit[], tasks: readonly Task[]): Estimate {
  const slots = ground.facts.catalog.policies?.maxConcurrentUnits ?? defaultSlots;
  const steps = units.flatMap((unit) => unit.steps);
  const known = steps.filter(({ estimateSeconds }) => estimateSeconds > 0).length;
  const basis =
    known === 0 ? 'no layer gave an estimate' : `estimates of the layers for ${known} of ${steps.length} steps`;
  return { ...makespansOf(tasks, slots), basis };
}

const defaultSlots = 20;
