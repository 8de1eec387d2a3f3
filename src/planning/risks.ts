import { componentOf } from '../domain/identity';
import type { PlanTarget, PlanUnit } from '../domain/plan';
import type { Arrangement } from './drafts';
import type { Evidence } from './evidence';
import { firstOf } from './groups';
import type { Obstacles } from './obstacles';
import type { Problem } from './problem';
import type { Solution } from './solve';

/** What the risks are read from. */
export interface RiskInputs {
  readonly evidence: Evidence;
  readonly targets: readonly PlanTarget[];
  readonly units: readonly PlanUnit[];
  readonly arrangement: Arrangement;
  readonly obstacles: Obstacles;
}

/** What may go wrong although nothing is forbidden, and what keeps anybody from calling the plan safe. */
export function risksOf(
  { problem, isProven, isExhausted }: Solution,
  { evidence, targets, units, arrangement, obstacles }: RiskInputs,
): { readonly risks: readonly string[]; readonly doubts: readonly string[] } {
  const doubts = [...obstacles.doubts, ...unassessed(problem, targets)];
  const risks = [
    ...unknownPairs(problem, evidence),
    ...doubts,
    ...evidence.contradicted.map((text) => `${text}: they were seen live together; the rule wins`),
    ...targets.flatMap(({ component, from }) =>
      from.mixed === undefined ? [] : [`${component} is mixed now: ${from.mixed}`],
    ),
    ...unprobed(targets),
    ...units.flatMap(mechanismRisks),
    ...unguarded(units.flatMap(({ steps }) => steps.filter(isUnguarded)).map(({ id }) => id)),
    ...targets.flatMap(({ component }) => componentRisks(problem, component)),
    ...knownGoodNow(problem, targets),
    ...arrangement.notes,
    ...(isProven || isExhausted ? [] : ['the choice of what moves is legal, and not proven to be the smallest']),
    ...obstacles.warnings.map(({ why }) => why),
  ];
  return { risks: capped([...new Set(risks)]), doubts };
}

/** Targets whose artifact no source was seen to have: the plan promises them on the word of the history alone. */
function unprobed(targets: readonly PlanTarget[]): readonly string[] {
  const unseen = targets.filter((target) => target.source === undefined && !isThere(target));
  if (unseen.length === 0) return [];
  const named = firstOf(
    unseen.map(({ component, to }) => `${component} ${to.version}`),
    ', ',
  );
  return [`nobody has seen a source that still has the artifact: ${named}`];
}

/** Same digest, or where nobody knows digests the same label. */
function isThere({ from, to }: PlanTarget): boolean {
  return from.digest === to.digest && (to.digest !== '' || from.version === to.version);
}

/** One line for all of them: the layers have no precondition, and a person can do nothing about one but wait. */
function unguarded(steps: readonly string[]): readonly string[] {
  if (steps.length === 0) return [];
  const named = firstOf([...steps].sort(), ', ');
  return [`read, then written, so that somebody else's change in between would be lost: ${named}`];
}

function isUnguarded({ guard, accepts }: PlanUnit['steps'][number]): boolean {
  return guard === 'read-then-write' && accepts !== 'any';
}

function unknownPairs({ ground }: Problem, { unknown }: Evidence): readonly string[] {
  const isPessimistic = ground.facts.catalog.compatibility?.default === 'unknown-pessimistic';
  const treated = isPessimistic ? 'the end needs it' : 'treated as compatible';
  return unknown.map((pair) => `${pair} never seen together; ${treated} (catalog policy)`);
}

function mechanismRisks({ components, mechanism, estimateSeconds }: PlanUnit): readonly string[] {
  const together = firstOf(components, ' and ');
  const seconds = `about ${Math.ceil(estimateSeconds)} s`;
  if (mechanism === 'quiesce') return [`${together} are stopped together for ${seconds}`];
  return mechanism === 'window' ? [`${together} run forbidden pairs for ${seconds}: accepted, not safe`] : [];
}

/** A rollback that is typed twice would walk down the history: what runs is good already. */
function knownGoodNow({ ground }: Problem, targets: readonly PlanTarget[]): readonly string[] {
  return targets.flatMap(({ component, bad, from, to }) => {
    const release = ground.history[ground.index.get(component)!]!.find(({ digest }) => digest === from.digest);
    const isAgain = bad && release?.status === 'good' && from.digest !== to.digest;
    return isAgain
      ? [`${component} ${from.version}, which runs now, is known-good itself: is it really the bad one?`]
      : [];
  });
}

/** What the layers say themselves, and targets of which nobody recorded what they can read. */
function componentRisks({ ground, track }: Problem, component: string): readonly string[] {
  const at = ground.index.get(component)!;
  const told = (ground.layers[at] ?? []).flatMap(({ layer, risks = [] }) =>
    risks.map((risk) => `${component} ${layer}: ${risk}`),
  );
  const formats = ground.components.get(componentOf(component))?.formats;
  if (formats === undefined || track(at).candidate?.release.formats !== undefined) return told;
  const names = Object.keys(formats).sort().join(', ');
  return names === '' ? told : [...told, `nobody recorded which ${names} the target of ${component} can read`];
}

/** Layers that the catalog declares and nobody has looked at. */
function unassessed({ ground }: Problem, targets: readonly PlanTarget[]): readonly string[] {
  return targets.flatMap(({ component }) => {
    const missing = missingLayers(ground, ground.index.get(component)!);
    return missing.length === 0 ? [] : [`nobody has assessed ${missing.join(', ')} of ${component}`];
  });
}

/** Declared layers of a component of which no assessment is known. */
export function missingLayers({ components, keys, layers }: Problem['ground'], at: number): readonly string[] {
  const declared = components.get(componentOf(keys[at]!))?.layers ?? [];
  const assessed = new Set((layers[at] ?? []).map(({ layer }) => layer));
  return declared.map(({ id }) => id).filter((id) => !assessed.has(id));
}

function capped(risks: readonly string[]): readonly string[] {
  return risks.length <= shown ? risks : [...risks.slice(0, shown), `… and ${risks.length - shown} more`];
}

const shown = 100;
