import { byCodeUnit } from '../domain/identity';
import type { Estimate, PlanEdge, PlanUnit } from '../domain/plan';
import { topologicalOrder } from './dependency-graph';
import { makespansOf, tailsOf, type Task } from './dispatch-order';
import type { Draft } from './drafts';
import { edgeText } from './edge-text';
import { deferredLayers, stepsOfFlag } from './flag-steps';
import { phased } from './phases';
import type { Problem } from './problem';
import { numbered, stepsOfMove, type StepDraft } from './steps';

/** The drafts so that everything a unit waits for stands before it; of those that may come next, the first by id. */
export function listed(drafts: readonly Draft[]): readonly Draft[] {
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
  const order = topologicalOrder({ size: drafts.length, from, to }, rank);
  const position = new Int32Array(drafts.length);
  order.forEach((draft, at) => (position[draft] = at));
  return order.map((at) => {
    const draft = drafts[at]!;
    return { ...draft, after: draft.after.map((edge) => ({ ...edge, draft: position[edge.draft]! })) };
  });
}

/** The units of a plan with their times. `drafts` are listed. */
export function unitsOf(
  problem: Problem,
  drafts: readonly Draft[],
): { readonly units: readonly PlanUnit[]; readonly estimate: Estimate } {
  const deferred = deferredLayers(problem, drafts);
  const bare = drafts.map((draft) => bareUnit(problem, draft, drafts, deferred));
  const tasks = tasksOf(problem, drafts, bare);
  const tails = tailsOf(tasks);
  const units = bare.map((unit, at) => ({ ...unit, tailSeconds: tails[at]! }));
  return { units, estimate: estimateOf(problem, units, tasks) };
}

type BareUnit = Omit<PlanUnit, 'tailSeconds'>;

function bareUnit(problem: Problem, draft: Draft, drafts: readonly Draft[], deferred: ReadonlySet<string>): BareUnit {
  const { id, kind, components, mechanism } = draft;
  const steps = numbered(id, writesOf(problem, draft, deferred));
  const after = edgesOf(problem, draft, drafts);
  const estimateSeconds = steps.reduce((sum, step) => sum + step.estimateSeconds, 0);
  const unit = { id, kind, components, after, steps, estimateSeconds };
  return mechanism === undefined ? unit : { ...unit, mechanism };
}

/** One edge per unit and rule, sorted; several pairs of stages may ask for the same one. */
function edgesOf(problem: Problem, { after }: Draft, drafts: readonly Draft[]): readonly PlanEdge[] {
  if (after.length === 0) return [];
  const edges = after.map((edge) => ({ unit: drafts[edge.draft]!.id, rule: edge.rule, why: edgeText(problem, edge) }));
  edges.sort(
    (left, right) =>
      byCodeUnit(left.unit, right.unit) || byCodeUnit(left.rule, right.rule) || byCodeUnit(left.why, right.why),
  );
  return edges.filter(({ unit, rule }, at) => unit !== edges[at - 1]?.unit || rule !== edges[at - 1]?.rule);
}

function writesOf(problem: Problem, draft: Draft, deferred: ReadonlySet<string>): readonly StepDraft[] {
  switch (draft.kind) {
    case 'move':
      return phased(
        draft,
        draft.moves
          .flatMap((move) => stepsOfMove(problem, move, draft.mechanism))
          .filter(({ component, layer }) => !deferred.has(`${component} ${layer}`)),
      );
    case 'flag-off':
    case 'flag-restore':
      return stepsOfFlag(problem, draft);
    case 'barrier':
      return [];
    default:
      return draft.kind;
  }
}

/** A unit is urgent when a bad component is in it or waits for it. */
function tasksOf({ ground }: Problem, drafts: readonly Draft[], units: readonly BareUnit[]): readonly Task[] {
  const bad = new Set(ground.bad);
  const urgent = drafts.map(({ moves }) => moves.some(({ at }) => bad.has(at)));
  for (let at = drafts.length - 1; at >= 0; at -= 1) {
    if (urgent[at] === true) for (const { draft } of drafts[at]!.after) urgent[draft] = true;
  }
  return drafts.map(({ after }, at) => ({
    seconds: units[at]!.estimateSeconds,
    after: [...new Set(after.map(({ draft }) => draft))],
    isUrgent: urgent[at] === true,
  }));
}

function estimateOf({ ground }: Problem, units: readonly PlanUnit[], tasks: readonly Task[]): Estimate {
  const slots = ground.facts.catalog.policies?.maxConcurrentUnits ?? defaultSlots;
  let [steps, known] = [0, 0];
  for (const unit of units) {
    steps += unit.steps.length;
    for (const { estimateSeconds } of unit.steps) if (estimateSeconds > 0) known += 1;
  }
  const covered = known === steps ? 'every step' : `${known} of ${steps} steps`;
  const basis = known === 0 ? 'no layer gave an estimate' : `estimates for ${covered}`;
  return { ...makespansOf(tasks, slots), basis };
}

const defaultSlots = 20;
