import { progressOf } from '../../src/domain/fold-progress';
import type { Json } from '../../src/domain/json';
import type { Plan, PlanStep } from '../../src/domain/plan';
import type { RollbackResult } from '../../src/workflows/messages';
import type { Attempt } from './activity-task';
import type { Evidence, RollbackEvidence, Write } from './evidence';
import { bad, good } from './scenario';
import type { Said, Story } from './story';
import type { Effect } from './targets';

/** It named the run and the digest: an ask of another run is no approval, whatever digest it names. */
export function isAbout({ workflowId, planDigest, ask }: Said, by: Attempt, plan: Plan, story: Story): boolean {
  return (
    workflowId === by.workflowId &&
    planDigest === plan.digest &&
    story.runs.some((run) => run.workflowId === by.workflowId && ask.startsWith(`${run.runId}:`))
  );
}

/** The fingerprint that the reverters give this value. */
export function fingerprintOf({ fingerprint }: Story, value: unknown): string {
  return fingerprint({ value: value as Json });
}

/** The value of a layer after the first `count` effects. */
function valueAfter(story: Story, effects: readonly Effect[], layer: string, count: number): unknown {
  for (let at = count - 1; at >= 0; at -= 1) if (effects[at]!.layer === layer) return effects[at]!.after;
  return story.targets.first(layer);
}

function layerOf({ component, layer }: PlanStep): string {
  return `${component}/${layer}`;
}

/** Predecessors that had not been at their target when this was written. */
export function tooEarly(
  { plan, unit, at, step, rollback }: Write,
  effects: readonly Effect[],
  story: Story,
): readonly string[] {
  const before = unit.after.map((edge) => plan.units.find(({ id }) => id === edge.unit)!);
  const missing = before
    .flatMap(({ steps }) => steps)
    .filter((one) => !hasBeenAt(layerOf(one), one.to, at, effects, story));
  return missing.map((one) => `${rollback} wrote ${step.id} before ${one.id} had been at its target`);
}

/** Was the layer ever at this state, before the nth effect? It began there, or an effect led there. */
function hasBeenAt(layer: string, to: string, before: number, effects: readonly Effect[], story: Story): boolean {
  if (fingerprintOf(story, story.targets.first(layer)) === to) return true;
  return effects.slice(0, before).some((effect) => effect.layer === layer && fingerprintOf(story, effect.after) === to);
}

/** Ground that had moved before the locks were held, and has not moved back. */
export function onMovedGround(
  { plan, by, rollback, step, effect, at }: Write,
  effects: readonly Effect[],
  story: Story,
): readonly string[] {
  if (step.id.startsWith('reinstate:')) return [];
  // The first time: a late attempt may take the same locks for the same plan once more.
  const taken = story.held.find((one) => one.rollback === rollback && one.planRef === by.input['planRef']);
  const firsts = plan.units
    .flatMap(({ steps }) => steps)
    .filter((one, at, all) => all.findIndex((other) => layerOf(other) === layerOf(one)) === at);
  if (taken === undefined || taken.fromMs > effect.atMs) return [];
  const before = effects.filter(({ atMs }) => atMs < taken.fromMs).length;
  const isAway = (one: (typeof firsts)[number], when: number): boolean =>
    ![one.from, one.to].includes(fingerprintOf(story, valueAfter(story, effects, layerOf(one), when)));
  return firsts
    .filter((one) => one.accepts !== 'any' && isAway(one, before) && isAway(one, at))
    .map((one) => `${rollback} wrote ${step.id} although ${layerOf(one)} had moved before the locks were held`);
}

/** Pairs that a write made live together against a rule. */
export function forbiddenPairs({ writes, effects, story }: Evidence): readonly string[] {
  const { rules } = story.scenario;
  return writes.flatMap(({ effect, at, step, rollback }) => {
    if (!effect.layer.endsWith('/version') && !effect.layer.endsWith('/switch')) return [];
    if (effect.isLate && (effect.isDelayed || cameAfterTheEnd(effect, story))) return [];
    const cameMeanwhile = (component: string): boolean => {
      const last = effects.slice(0, at).findLast(({ layer }) => layer === `${component}/version`);
      return last?.isLate === true && effect.atMs - last.atMs < noLookBetweenMs;
    };
    const now = (component: string, layer: string): unknown =>
      valueAfter(story, effects, `${component}/${layer}`, at + 1);
    const then = (component: string, layer: string): unknown => valueAfter(story, effects, `${component}/${layer}`, at);
    const isBroken = ({ first, second, isWaived }: (typeof rules)[number], value: typeof now): boolean =>
      value(first, 'version') === bad &&
      value(second, 'version') === good &&
      !(isWaived && value(first, 'switch') === false);
    return rules
      .filter((rule) => isBroken(rule, now) && !isBroken(rule, then) && !movedByOthers(rule, effects, at))
      .filter(({ first, second }) => ![first, second].some((side) => side !== step.component && cameMeanwhile(side)))
      .map(
        ({ id, first, second }) =>
          `${rollback} made ${first} ${bad} live with ${second} ${good} by ${step.id}, which ${id} forbids`,
      );
  });
}

/** A late write that came this shortly before another: nobody could look in between. */
const noLookBetweenMs = 500;

/** Its rollback had ended when it arrived. */
export function cameAfterTheEnd({ by, atMs }: Effect, story: Story): boolean {
  const closed = story.runs.findLast(({ workflowId }) => workflowId === by?.workflowId)?.closed;
  return closed !== undefined && atMs > closed.atMs;
}

/** Somebody who is no rollback has moved one of the two: this plan was made for another world. */
function movedByOthers(
  { first, second }: { readonly first: string; readonly second: string },
  effects: readonly Effect[],
  at: number,
): boolean {
  return effects
    .slice(0, at)
    .some(({ by, component }) => by === undefined && (component === first || component === second));
}

/** Whether a write lacks its journal row, or the row its lock. */
export function withoutRow(
  { effect, step, rollback, fence }: Write,
  rollbacks: readonly RollbackEvidence[],
  story: Story,
): readonly string[] {
  const rows = rollbacks.find((one) => one.rollback === rollback)?.rows ?? [];
  const row = rows.find((one) => one.step === step.id && one.fence === fence && one.openedAtMs <= effect.atMs);
  if (row === undefined) return [`${rollback} wrote ${step.id} without a journal row`];
  const holder = story.held.find(
    (one) =>
      one.rollback === rollback &&
      one.components.includes(step.component) &&
      one.fromMs <= row.openedAtMs + 1 &&
      one.untilMs >= row.openedAtMs,
  );
  return holder === undefined ? [`${rollback} opened the row of ${step.id} without the lock of ${step.component}`] : [];
}

/** Writes while another rollback held the component. */
export function twoAtOnce({ writes, story }: Evidence): readonly string[] {
  return writes.flatMap(({ effect, rollback, step, by }) => {
    if (effect.isLate) return [];
    const own = story.runs.find(({ workflowId }) => workflowId === by.workflowId);
    const others = story.held.filter(
      (one) =>
        one.rollback !== rollback &&
        one.components.includes(step.component) &&
        one.fromMs < effect.atMs &&
        one.untilMs > effect.atMs &&
        isGoingOn(one.rollback, effect.atMs, story),
    );
    return own === undefined
      ? []
      : others.map((one) => `${rollback} wrote ${step.id} while ${one.rollback} held ${step.component}`);
  });
}

function isGoingOn(rollback: string, atMs: number, story: Story): boolean {
  const run = story.runs.findLast(({ workflowId }) => story.numbers.get(workflowId) === rollback);
  return run !== undefined && (run.closed === undefined || run.closed.atMs > atMs);
}

/** Targets that a success claims and that were not seen. */
export function untrueSuccess(
  { events, result }: RollbackEvidence,
  effects: readonly Effect[],
  story: Story,
): readonly string[] {
  if (result?.outcome !== 'confirmed' && result?.outcome !== 'restored-unconfirmed') return [];
  const restored = events.find(({ kind }) => kind === 'restored');
  if (restored === undefined) return [`${result.rollback} ended as ${result.outcome} and was never restored`];
  const { plan } = progressOf(events);
  return (plan?.targets ?? [])
    .filter(({ component, to }) => !isOrWasMoved(`${component}/version`, to, restored.atMs, effects, story))
    .map(({ component, to }) => `${result.rollback} said restored, and ${component} was not at ${to}`);
}

/** At this version at that moment, or led there before and moved away by somebody else since. */
function isOrWasMoved(layer: string, to: string, atMs: number, effects: readonly Effect[], story: Story): boolean {
  const own = effects.filter((effect) => effect.layer === layer && effect.atMs <= atMs);
  const last = own.at(-1);
  if ((last === undefined ? story.targets.first(layer) : last.after) === to) return true;
  return last?.by === undefined && (story.targets.first(layer) === to || own.some(({ after }) => after === to));
}

/** What the map of an ended rollback says and the targets do not. */
export function untrueMap(
  { events, result }: RollbackEvidence,
  effects: readonly Effect[],
  story: Story,
): readonly string[] {
  const closedAtMs = events.find(({ kind }) => kind === 'closed')?.atMs;
  if (result === undefined || closedAtMs === undefined) return [];
  const { live } = progressOf(events);
  return live.flatMap(({ component, version, state }) => {
    if (state === 'mixed') return [];
    const own = effects.filter((effect) => effect.layer === `${component}/version` && effect.atMs <= closedAtMs);
    const last = own.at(-1);
    const truth = last === undefined ? story.targets.first(`${component}/version`) : last.after;
    const isExcused =
      last !== undefined &&
      (last.by === undefined || last.isLate || last.by.workflowId !== `rollback/test/${workflowKey(result, story)}`);
    return truth === version || isExcused
      ? []
      : [`${result.rollback} says ${component} ${version}, and ${String(truth)} is live`];
  });
}

function workflowKey({ rollback }: RollbackResult, story: Story): string {
  const found = [...story.numbers].find(([, number]) => number === rollback);
  return found?.[0].split('/').at(-1) ?? '';
}

/** Events that the inventory lacks. */
export function unwholeRecord({ run, rollback, events }: RollbackEvidence): readonly string[] {
  if (run.closed?.how !== 'completed' || rollback === '') return [];
  const last = events.at(-1)?.seq ?? -1;
  const missing = Array.from({ length: last + 1 }, (_none, seq) => seq).filter((seq) => events[seq]?.seq !== seq);
  const kinds = events.map(({ kind }) => kind);
  return [
    ...(missing.length === 0 ? [] : [`${rollback} lacks the events ${missing.join(', ')}`]),
    ...(['opened', 'closed'] as const)
      .filter((kind) => !kinds.includes(kind))
      .map((kind) => `${rollback} has no event ${kind}`),
  ];
}
