import type { Plan } from '../domain/plan';
import type { Progress } from '../domain/progress';
import { commands } from './commands';
import { oneLine } from './escape';
import { wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { digestForPeople } from './plan-foot';
import { relative } from './time';

/** The record of an earlier plan, as far as it says when it was shown or approved. */
type EarlierPlan = Pick<Progress, 'rollback' | 'startedAtMs' | 'approvedAtMs' | 'approvedBy'>;

/** What is decided differently from the plan that was approved or shown last; `before` = the record of that one. */
export function changesText(
  plan: Plan,
  changes: readonly string[],
  before: EarlierPlan | undefined,
  look: Look,
): string {
  const width = screenWidth(look);
  const show = `see the plan:  ${commands.plan(plan.environment, plan.bad)}`;
  const ordered = [...changes].sort((left, right) => gravity(left) - gravity(right)).map(withoutDigests);
  const lines = [
    ...wrap(oneLine(plan.verdictText), width, '', '  '),
    ...wrap(sinceText(plan, changes, before, look), width, '  '),
    ...ordered.slice(0, shown).flatMap((change) => wrap(oneLine(change, 400), width, '  • ')),
    ...(changes.length > shown ? [`  … ${changes.length - shown} more`] : []),
    `  ${show}`,
  ];
  return paint(lines, look.colour);
}

const shown = 20;

/** The verdict, then what is newly lost or refused, then what moves where. */
function gravity(change: string): number {
  if (change.startsWith('verdict:')) return 0;
  return /^(?:new|no longer) /.test(change) ? 1 : 2;
}

/** People compare the first digits; programs read the JSON. */
function withoutDigests(change: string): string {
  return change.replace(/(sha256:[0-9a-f]{6})[0-9a-f]+/g, '$1');
}

function sinceText(
  { digest }: Plan,
  changes: readonly string[],
  before: EarlierPlan | undefined,
  { nowMs }: Look,
): string {
  if (before === undefined) return 'no earlier plan for these components is known';
  const { rollback, approvedBy, approvedAtMs, startedAtMs } = before;
  const how =
    approvedBy === undefined
      ? `shown ${relative(startedAtMs, nowMs)}`
      : `approved by ${oneLine(approvedBy, 60)} ${relative(approvedAtMs ?? startedAtMs, nowMs)}`;
  const same = `the same decision as in ${rollback} (${how}), ${digestForPeople(digest)}`;
  if (changes.length === 0) return same;
  return `different from the plan of ${rollback} (${how}) in ${changes.length} point${changes.length === 1 ? '' : 's'}:`;
}
