import type { PlanTarget, PlanUnit, SourceFact } from '../domain/plan';
import type { Closure } from './closure';
import { keyOf, stageText, type Problem } from './problem';
import { layersInOrder } from './steps';

/** Where every component of `scope` stands and goes, the bad ones first. `units` are those of the plan. */
export function targetsOf(
  problem: Problem,
  closure: Closure,
  scope: readonly number[],
  units: readonly PlanUnit[],
): readonly PlanTarget[] {
  const { bad } = problem.ground;
  const withSteps = new Map<string, Set<string>>();
  for (const { steps } of units) {
    for (const { component, layer } of steps) {
      withSteps.set(component, (withSteps.get(component) ?? new Set()).add(layer));
    }
  }
  const isBad = new Set(bad);
  const others = [...new Set(scope)].filter((at) => !isBad.has(at));
  return [...bad, ...others].flatMap((at) => targetOf(problem, closure, at, isBad.has(at), withSteps) ?? []);
}

function targetOf(
  problem: Problem,
  closure: Closure,
  at: number,
  bad: boolean,
  withSteps: ReadonlyMap<string, ReadonlySet<string>>,
): PlanTarget | undefined {
  const component = keyOf(problem, at);
  const track = problem.track(at);
  const { version, digest, mixed } = problem.ground.live[at]!;
  if (track.candidate === undefined && !track.isChain) return undefined;
  const stage = closure.reached[at] === 0 ? problem.lastStage(at) : closure.reached[at]!;
  const state = track.states[stage]!;
  const { release, source, sourcesTried, passedOver } = { ...noCandidate, ...track.candidate };
  const isFull = release?.version === state.version;
  const assessed = sourceOfLayers(problem, at);
  const layers = layersInOrder(problem, at);
  return {
    component,
    bad,
    from: { version, digest, ...(mixed === undefined ? {} : { mixed }) },
    to: { version: state.version, digest: state.digest ?? '' },
    ...(isFull && release.goodForSeconds !== undefined && { goodForSeconds: release.goodForSeconds }),
    ...sourceText(source ?? assessed.find(({ available }) => available)),
    sourcesTried:
      source === undefined && sourcesTried.length === 0 ? assessed.filter(({ available }) => !available) : sourcesTried,
    layers: layers.map(({ layer }) => layer).filter((layer) => withSteps.get(component)?.has(layer)),
    layersAtTarget: layers.filter(({ atTarget }) => atTarget === true).map(({ layer }) => layer),
    why: [...whyMoved(problem, closure, at), ...passedOver, ...fittingBetter(problem, at)],
  };
}

const noCandidate = { release: undefined, source: undefined, sourcesTried: [], passedOver: [] };

function sourceOfLayers({ ground }: Problem, at: number): readonly SourceFact[] {
  return (ground.layers[at] ?? []).flatMap(({ sources }) => sources ?? []);
}

function sourceText(source: SourceFact | undefined): { readonly source?: string } {
  return source === undefined ? {} : { source: source.kind };
}

/** Newer candidates that were not picked because the others' targets fit this one better. */
function fittingBetter(problem: Problem, at: number): readonly string[] {
  const { candidates } = problem.choice(at);
  const picked = candidates.findIndex((candidate) => candidate === problem.track(at).candidate);
  return candidates
    .slice(0, Math.max(0, picked))
    .map(
      ({ release }) =>
        `${release.version} passed over: it fits the other targets less well (rules, or never seen together)`,
    );
}

/** The rule that pulled a component in, and by whom. */
function whyMoved(problem: Problem, closure: Closure, at: number): readonly string[] {
  const first = closure.moveAt(at, 1);
  const cause = first === undefined ? undefined : closure.causes[first];
  if (cause === undefined) return [];
  if (cause.move === undefined) return [`moves along: rule ${cause.rule} forbids what is live now`];
  const by = closure.moves[cause.move]!;
  return [`moves along: ${stageText(problem, by)} needs it (${cause.rule})`];
}
