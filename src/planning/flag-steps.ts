import type { StepFact } from '../domain/plan-facts';
import type { Draft } from './drafts';
import { keyOf, type Problem } from './problem';
import { stepDraft, stepsOfLayer, type StepDraft } from './steps';

/** What a flag unit writes: as assessed, else `on → off` and back. */
export function stepsOfFlag(problem: Problem, { kind, flag, components }: Draft): readonly StepDraft[] {
  const { facts } = problem.ground;
  const { layer } = facts.catalog.flags![flag!]!;
  const assessed = new Map(Object.entries(facts.flagSteps ?? {}));
  const isOff = kind === 'flag-off';
  return components.flatMap((component) => {
    const writes = assessed.get(`${flag} ${component}`) ?? assessed.get(flag!);
    const off: StepFact = writes?.off ?? { from: 'on', to: 'off', accepts: 'any', summary: `flag ${flag} off` };
    const own = isOff ? [] : ownSteps(problem, component, layer);
    if (own.length > 0) return own.map((step): StepDraft => ({ ...step, from: off.to, accepts: 'any' }));
    const back: StepFact = writes?.restore ?? { from: off.to, to: off.from, summary: `flag ${flag} back on` };
    return [stepDraft(component, { layer, reversibility: 'reversible' }, isOff ? off : back, 0)];
  });
}

/**
 * Layers whose own step must wait for flag-restore: a component that moves takes its flag to the target's state, and
 * that may be on while the rules that the flag waives are still needed. Named `<component> <layer>`.
 */
export function deferredLayers(problem: Problem, drafts: readonly Draft[]): ReadonlySet<string> {
  const restored = drafts.filter(({ kind }) => kind === 'flag-restore');
  return new Set(
    restored.flatMap(({ flag, components }) =>
      components.map((component) => `${component} ${problem.ground.facts.catalog.flags![flag!]!.layer}`),
    ),
  );
}

/** The steps with which the target's own release sets the flag's layer. */
function ownSteps(problem: Problem, component: string, layer: string): readonly StepDraft[] {
  const at = problem.ground.index.get(component)!;
  const own = (problem.ground.layers[at] ?? []).find((found) => found.layer === layer);
  return own === undefined ? [] : stepsOfLayer(keyOf(problem, at), own);
}
