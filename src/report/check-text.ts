import type { Plan } from '../domain/plan';
import { reasonsOf } from './check-reasons';
import { commands } from './commands';
import { oneLine } from './escape';
import { wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { duration, estimated, utcClock } from './time';
import { suggestion, unbroken } from './suggestions';

/** What a check can say besides the plan it made. */
export interface CheckLook extends Look {
  /** How long the check took, in ms. */
  readonly tookMs?: number;
}

/** Can we roll back right now, and why not: the verdict, then at most three reasons, worst first, each with its remedy. */
export function checkText(plan: Plan, look: CheckLook): string {
  const width = screenWidth(look);
  const reasons = reasonsOf(plan);
  const shown = reasons.slice(0, maxReasons);
  const left = reasons.length - shown.length;
  const showPlan = unbroken(commands.plan(plan.environment, plan.bad));
  return paint(
    [
      ...wrap(verdictLine(plan), width, '', '  '),
      ...shown.flatMap(({ why, remedy }, at) => [
        ...(at === 0 ? [''] : []),
        ...wrap(why, width, `  ${at + 1}. `),
        ...(remedy === undefined ? [] : wrap(suggestion(remedy), width, '     → ')),
      ]),
      ...(left > 0 ? wrap(`… ${left} more:  ${showPlan}`, width, '  ') : []),
      '',
      ...wrap(`${summary(plan, reasons.length > 0)}${checkedAt(look)}`, width, '  '),
      ...wayOn(plan, showPlan),
    ],
    look.colour,
  );
}

/** `Checked 03:01:00 UTC, took 1.1 s.` */
export function checkedAt({ nowMs, tookMs }: CheckLook): string {
  return `Checked ${utcClock(nowMs)} UTC${tookMs === undefined ? '' : `, took ${duration(tookMs)}`}.`;
}

const maxReasons = 3;

/** The verdict as everywhere, then what it means for those who asked. */
function verdictLine({ verdict, verdictText, bad, targets, units, environment, stays, evidence }: Plan): string {
  const [only] = bad.length === 1 ? targets.filter(({ component }) => component === bad[0]) : [];
  const names = bad.join(' and ');
  const way = stays === undefined ? 'go back' : 'be helped by its flags';
  const back = `${way}${only === undefined ? '' : ` to ${oneLine(only.to.version, 80)}`}`;
  switch (verdict) {
    case 'SAFE':
      return units.length === 0
        ? `SAFE: nothing to do in ${environment} for ${names}`
        : `${evidenced(verdictText)}: ${names} can ${back}`;
    case 'LOSES DATA':
      return `LOSES DATA: ${names} can ${back}, at a price`;
    case 'UNKNOWN':
      return `UNKNOWN: nobody knows whether ${names} can safely ${back}${seen(evidence)}`;
    case 'BLOCKED':
      return `BLOCKED: ${names} can not ${back} right now`;
    default:
      return verdict;
  }
}

function seen({ seen: known, total }: Plan['evidence']): string {
  return total === 0 ? '' : ` (evidence: ${known} of ${total} pairs seen or ruled)`;
}

/** `SAFE (evidence: 4 of 4 pairs seen or ruled)` without what may follow. */
function evidenced(verdictText: string): string {
  return /^SAFE(?: \([^)]*\))?/.exec(verdictText)?.[0] ?? 'SAFE';
}

function summary({ targets, estimate, units }: Plan, isImpaired: boolean): string {
  if (units.length === 0) return '';
  const count = targets.length === 0 ? 'only flags' : `${targets.length} component${targets.length === 1 ? '' : 's'}`;
  const takes = `${count}, ~${estimated(estimate.eventDriven)} to restored (${oneLine(estimate.basis, 120)}). `;
  return isImpaired ? `All in all: ${takes}` : takes;
}

function wayOn({ verdict, environment, bad, units }: Plan, showPlan: string): readonly string[] {
  if (verdict === 'BLOCKED' || units.length === 0) return [`  see the plan:  ${showPlan.replaceAll('\u00a0', ' ')}`];
  return [`  do it:  ${commands.rollback(environment, bad)}`];
}
