import { byCodeUnit, componentOf } from '../domain/identity';
import type { PlanTarget, PlanUnit } from '../domain/plan';
import type { SourceFact } from '../domain/plan-facts';
import type { Candidate } from './choose-target';
import type { Closure } from './closure';
import { commands } from './offers';
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
  const { candidate } = track;
  const tried = sourcesOf(problem, at, candidate);
  const layers = layersInOrder(problem, at);
  const target: Writable<PlanTarget> = {
    component,
    bad,
    from: mixed === undefined ? { version, digest } : { version, digest, mixed },
    to: { version: state.version, digest: state.digest ?? '' },
    sourcesTried: tried.before,
    layers: layers.map(({ layer }) => layer).filter((layer) => withSteps.get(component)?.has(layer)),
    layersAtTarget: layers.filter(({ atTarget }) => atTarget === true).map(({ layer }) => layer),
    why: [...whyMoved(problem, closure, at), ...passedBefore(problem, at), ...fittingBetter(problem, at)],
  };
  const goodForSeconds = candidate?.release.version === state.version ? candidate.release.goodForSeconds : undefined;
  if (goodForSeconds !== undefined) target.goodForSeconds = goodForSeconds;
  if (tried.source !== undefined) target.source = tried.source.kind;
  return target;
}

type Writable<Fact> = { -readonly [Name in keyof Fact]: Fact[Name] };

/** Where the artifact comes from: as the release was probed, else as its layers found it; and what was tried before. */
function sourcesOf(
  { ground }: Problem,
  at: number,
  candidate: Candidate | undefined,
): { readonly source: SourceFact | undefined; readonly before: readonly SourceFact[] } {
  const tried = candidate?.sourcesTried ?? [];
  if (candidate?.source !== undefined || tried.length > 0) return { source: candidate?.source, before: tried };
  const layers = ground.layers[at] ?? [];
  const assessed = layers.length === 0 ? [] : layers.flatMap(({ sources }) => sources ?? []);
  return {
    source: assessed.find(({ available }) => available),
    before: assessed.filter(({ available }) => !available),
  };
}

/** Releases that would have come first and can not be gone back to. */
function passedBefore({ choice, track }: Problem, at: number): readonly string[] {
  const { candidate } = track(at);
  return candidate === undefined ? [] : choice(at).passedOver.slice(0, candidate.passedBefore);
}

/** Newer candidates that were not picked because the others' targets fit this one better. */
function fittingBetter({ choice, track }: Problem, at: number): readonly string[] {
  const { candidate } = track(at);
  const { candidates } = choice(at);
  if (candidate === undefined || candidate === candidates[0]) return [];
  return candidates
    .slice(0, candidates.indexOf(candidate))
    .map(
      ({ release }) =>
        `${release.version} passed over: it fits the other targets less well (rules, or never seen together)`,
    );
}

/** One of two had to go back, and this one costs less; naming the other one as bad chooses it instead. */
function chosenText({ ground, statements }: Problem, at: number, rule: string): string {
  const key = ground.keys[at]!;
  const why = `moves along: ${rule} forbids what is live now`;
  const found = statements.find(({ id }) => id === rule);
  const other = [found?.low.component, found?.high.component].find(
    (name) => name !== undefined && name !== componentOf(key),
  );
  if (other === undefined) return why;
  const instead = commands.plan(ground.facts.environment, [...new Set([...ground.named, other])].sort(byCodeUnit));
  return `${why}, and it costs least; with ${other} instead:  ${instead}`;
}

/** The rule that pulled a component in, and by whom. */
function whyMoved(problem: Problem, closure: Closure, at: number): readonly string[] {
  const first = closure.moveAt(at, 1);
  const cause = first === undefined ? undefined : closure.causes[first];
  if (cause === undefined) return [];
  if (cause.move === undefined) return [chosenText(problem, at, cause.rule)];
  const by = closure.moves[cause.move]!;
  return [`moves along: ${stageText(problem, by)} needs it (${cause.rule})`];
}
