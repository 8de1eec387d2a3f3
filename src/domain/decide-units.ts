import type { DecisionMessage } from './approval';
import { accept, again, refuse, type Consideration, type DecisionContext, type UnitStanding } from './consideration';

/** Tries a failed unit again. The unit, one of its steps, or nothing where only one has failed. */
export function considerRetry({ target }: DecisionMessage, context: DecisionContext): Consideration {
  const failed = context.units.filter(({ state }) => state === 'failed');
  const { unit } = named(target, failed.length === 1 && !isNamed(target) ? failed : context.units);
  if (unit !== undefined && unit.state === 'failed') return accept(retryText(unit), { kind: 'retry', unit: unit.id });
  if (unit !== undefined && unit.state !== 'verified' && lastWordOn(unit, context) === 'retry')
    return again(retryText(unit));
  if (failed.length === 0) return refuse('NOT_A_CHOICE', 'no unit has failed');
  const names = failed.map(({ id }) => id).join(', ');
  return isNamed(target)
    ? refuse('NOT_A_CHOICE', `"${target ?? ''}" has not failed; failed: ${names}`)
    : refuse('NOT_A_CHOICE', `it names no unit; failed: ${names}`);
}

/** Leaves out a unit that has not started or has failed, or one of its steps. Needs a reason: it is in the report. */
export function considerSkip({ target, comment = '' }: DecisionMessage, context: DecisionContext): Consideration {
  const failed = context.units.filter(({ state }) => state === 'failed');
  const { unit, step } = named(target, failed.length === 1 && !isNamed(target) ? failed : context.units);
  if (unit === undefined) {
    const known = context.units.filter(({ state }) => state === 'failed' || state === 'waiting').map(({ id }) => id);
    const what = isNamed(target) ? `there is no unit or step "${target ?? ''}" now` : 'it names no unit';
    return refuse('NOT_A_CHOICE', `${what}; that can be skipped: ${known.join(', ') || 'nothing'}`);
  }
  if (unit.state === 'skipped') return again(skipText(unit, step, context));
  if (unit.state === 'verified') return refuse('NOT_A_CHOICE', `${unit.id} is at its target already`);
  if (unit.state === 'running')
    return refuse('NOT_A_CHOICE', `${unit.id} is running; it can be skipped when it has failed`);
  if (comment.trim() === '') return refuse('NO_REASON', 'a skip needs a reason: it is in the report');
  const isWhole = step === undefined || unit.steps.length === 1;
  const effect = { kind: 'skip', unit: unit.id, ...(isWhole ? {} : { step }) } as const;
  return accept(skipText(unit, step, context), effect);
}

/** Every unit that would never start because it waits, directly or through others, for one of these. */
export function dependentsOf(ids: readonly string[], units: readonly UnitStanding[]): readonly string[] {
  const found = new Set(ids);
  // Units stand in topological order, so one pass sees every predecessor before its dependents.
  for (const { id, after } of units) if (after.some((before) => found.has(before))) found.add(id);
  return [...found].filter((id) => !ids.includes(id));
}

function named(
  target: string | undefined,
  units: readonly UnitStanding[],
): { readonly unit?: UnitStanding; readonly step?: string } {
  if (!isNamed(target)) return units.length === 1 && units[0] !== undefined ? { unit: units[0] } : {};
  const unit = units.find(({ id }) => id === target);
  if (unit !== undefined) return { unit };
  const owner = units.find(({ steps }) => steps.includes(target ?? ''));
  return owner === undefined || target === undefined ? {} : { unit: owner, step: target };
}

function isNamed(target: string | undefined): boolean {
  return target !== undefined && target !== '';
}

function lastWordOn(unit: UnitStanding, { earlier }: DecisionContext): string | undefined {
  const isAbout = (text: string | undefined): boolean => text === unit.id || unit.steps.includes(text ?? '');
  const last = earlier.findLast(
    ({ accepted, action, target, choice }) =>
      accepted && (isAbout(target) || isAbout(choice?.split(' ')[1]) || (action === 'retry' && !isNamed(target))),
  );
  return last?.action === 'decide' ? last.choice?.split(' ')[0] : last?.action;
}

function retryText({ id }: UnitStanding): string {
  return `${id} is tried again from its first step that is not at its target`;
}

function skipText(unit: UnitStanding, step: string | undefined, { units }: DecisionContext): string {
  const left = dependentsOf([unit.id], units);
  const behind =
    left.length === 0 ? 'nothing waits for it' : `left behind, because it waits for it: ${left.join(', ')}`;
  const what =
    step === undefined || unit.steps.length === 1
      ? `${unit.id} is skipped and stays as it is`
      : `${step} is skipped and the other steps of ${unit.id} are done; it does not count as being at its target`;
  return `${what}; ${behind}; the rollback can not end as confirmed`;
}
