import type { Plan } from '../domain/plan';
import { commands } from './commands';
import { fenced } from './escape';
import { fitLines } from './markdown-size';
import { uiWidth } from './palette';
import type { PlanLook } from './plan-foot';
import { planText } from './plan-text';

/** What the Markdown of a plan can hold besides its screen. */
export interface PlanMarkdownLook extends Partial<PlanLook> {
  /** The exact JSON that approves it, when the ask is open already. */
  readonly approveJson?: string;
}

/**
 * The plan for the Temporal UI: its screen in one code block (the UI draws Markdown tables badly, and nothing inside a
 * code block can pretend to be the page), then the JSON that approves it. Leaves room for a few lines of a page around it.
 */
export function planMarkdown(plan: Plan, { approveJson, ...look }: PlanMarkdownLook): string {
  const approval =
    approveJson === undefined
      ? ''
      : `\n\nTo approve, send the signal \`approve\` with:\n\n${fenced(approveJson, 'json')}`;
  return fenced(fitted(plan, look, approval), 'text') + approval;
}

/** First the units are shortened, because losses and refusals matter more; only then lines are cut. */
function fitted(plan: Plan, look: Partial<PlanLook>, approval: string): string {
  const screens = [12, 6, 3].map((maxUnits) =>
    planText(plan, { nowMs: 0, width: uiWidth, ...look, maxUnits }).split('\n'),
  );
  const more = (left: number): string => `… ${left} more lines:  ${commands.plan(plan.environment, plan.bad)}`;
  const fits = screens.map((lines) => fitLines(lines, approval, planShare, more));
  return fits.find(({ isWhole }) => isWhole)?.text ?? fits.at(-1)?.text ?? '';
}

/** Part of the page's size that the plan may use; the rest belongs to status and JSON around it. */
const planShare = 0.66;
