import type { Plan, Verdict } from '../domain/plan';
import { checkedAt, type CheckLook } from './check-text';
import { commands } from './commands';
import { oneLine } from './escape';
import { table, wrap } from './layout';
import { paint, screenWidth } from './palette';

/** What was found about one component by itself: its plan, or why none could be made. */
export interface CheckedComponent {
  readonly component: string;
  readonly plan?: Plan;
  readonly why?: string;
}

/** Every component of an environment in one table, worst first: could it go back right now, to what, and why not. */
export function checkAllText(environment: string, found: readonly CheckedComponent[], look: CheckLook): string {
  const width = screenWidth(look);
  const sorted = [...found].sort((left, right) => rankOf(left) - rankOf(right));
  const worst = sorted[0];
  return paint(
    [
      ...wrap(headLine(environment, found), width, '', '  '),
      '',
      ...table([['component', 'verdict', 'target', 'because'], ...sorted.map(cells)], { width, last: 30 }),
      '',
      ...wrap(checkedAt(look), width, '  '),
      ...(worst === undefined || verdictOf(worst) === 'SAFE'
        ? []
        : [`  why, and what to do:  ${commands.check(environment, [worst.component])}`]),
    ],
    look.colour,
  );
}

/** The verdict of all of them: that of the worst. Nothing at all is unknown. */
export function worstOf(found: readonly CheckedComponent[]): Verdict {
  return worstFirst.find((verdict) => found.some((one) => verdictOf(one) === verdict)) ?? 'UNKNOWN';
}

const worstFirst: readonly Verdict[] = ['BLOCKED', 'UNKNOWN', 'LOSES DATA', 'SAFE'];

/** The worst verdict opens the screen, and counts. */
function headLine(environment: string, found: readonly CheckedComponent[]): string {
  const counts = worstFirst.flatMap((verdict) => {
    const count = found.filter((one) => verdictOf(one) === verdict).length;
    return count === 0 ? [] : [[verdict, count] as const];
  });
  const [first] = counts;
  if (first === undefined) return `UNKNOWN: the catalog of ${environment} names no component`;
  const [worst] = first;
  const others = counts.map(([verdict, count]) => `${count} ${verdict.toLowerCase()}`).join(', ');
  const all = `each of ${found.length} component${found.length === 1 ? '' : 's'} of ${environment} can go back by itself`;
  return worst === 'SAFE' ? `SAFE: ${all}` : `${worst}: of ${found.length} components of ${environment}: ${others}`;
}

function cells({ component, plan, why }: CheckedComponent): readonly string[] {
  if (plan === undefined) return [component, 'UNKNOWN', '?', oneLine(why ?? 'no plan could be made', 200)];
  const target = plan.targets.find((one) => one.component === component);
  const others = plan.targets.length - (target === undefined ? 0 : 1);
  const more = others > 0 ? ` (+ ${others} more)` : '';
  return [
    component,
    plan.verdict,
    target === undefined ? '–' : `${oneLine(target.to.version, 40)}${more}`,
    because(plan),
  ];
}

function because({ verdict, verdictText }: Plan): string {
  const said = oneLine(verdictText.slice(verdict.length).replace(/^:\s*/, ''), 110);
  return said.trim().replace(/^\((.*)\)$/, '$1');
}

function verdictOf({ plan }: CheckedComponent): Verdict {
  return plan?.verdict ?? 'UNKNOWN';
}

function rankOf(found: CheckedComponent): number {
  return worstFirst.indexOf(verdictOf(found));
}
