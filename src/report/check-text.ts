import type { Plan } from '../domain/plan';
import { commands } from './commands';
import { oneLine } from './escape';
import { wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { lossText } from './plan-parts';
import { age, duration, utcClock } from './time';
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
      ...wrap(`${summary(plan, reasons.length > 0)}${checked(look)}`, width, '  '),
      ...wayOn(plan, showPlan),
    ],
    look.colour,
  );
}

interface Reason {
  readonly why: string;
  readonly remedy?: string;
}

const maxReasons = 3;

function verdictLine(plan: Plan): string {
  const { verdict, bad, units, evidence, environment, targets } = plan;
  const [only] = bad.length === 1 ? targets.filter(({ component }) => component === bad[0]) : [];
  const names = bad.join(' and ');
  const back = `go back${only === undefined ? '' : ` to ${oneLine(only.to.version, 80)}`}`;
  const seen = evidence.total === 0 ? '' : ` (evidence: ${evidence.seen} of ${evidence.total} pairs seen or ruled)`;
  switch (verdict) {
    case 'SAFE':
      return units.length === 0 ? `SAFE  nothing to do in ${environment}` : `SAFE  ${names} can ${back}${seen}`;
    case 'LOSES DATA':
      return `LOSES DATA  ${names} can ${back}, at a price`;
    case 'UNKNOWN':
      return `UNKNOWN  nobody knows whether ${names} can safely ${back}${seen}`;
    case 'BLOCKED':
      return `BLOCKED  ${names} can not ${back} right now`;
    default:
      return verdict;
  }
}

/** Worst first: what is refused, what would be lost, what can not be undone, what nobody knows. */
function reasonsOf({ refusals, willLose, cannotUndo, risks, verdict }: Plan): readonly Reason[] {
  const doubts = verdict === 'UNKNOWN' ? risks : [];
  return [
    ...refusals.map(({ why, code, offers: [offer] }) => ({
      why: `${oneLine(why)} (${code})`,
      ...(offer === undefined ? {} : { remedy: offer }),
    })),
    ...willLose.map((item) => ({ why: `LOSES  ${lossText(item)}` })),
    ...cannotUndo.map((item) => ({ why: `CAN NOT UNDO  ${lossText(item)}` })),
    ...doubts.map((risk) => ({ why: oneLine(risk) })),
  ];
}

function summary({ targets, estimate, units }: Plan, isImpaired: boolean): string {
  if (units.length === 0) return '';
  const count = `${targets.length} component${targets.length === 1 ? '' : 's'}`;
  const takes = `${count}, ~${age(estimate.eventDriven * 1_000)} to restored (${oneLine(estimate.basis, 120)}). `;
  return isImpaired ? `All in all: ${takes}` : takes;
}

function checked({ nowMs, tookMs }: CheckLook): string {
  return `Checked ${utcClock(nowMs)} UTC${tookMs === undefined ? '' : `, took ${duration(tookMs)}`}.`;
}

function wayOn({ verdict, environment, bad, units }: Plan, showPlan: string): readonly string[] {
  if (verdict === 'BLOCKED' || units.length === 0) return [`  see the plan:  ${showPlan.replaceAll('\u00a0', ' ')}`];
  return [`  do it:  ${commands.rollback(environment, bad)}`];
}
