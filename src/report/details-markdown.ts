import type { Action, Ask } from '../domain/approval';
import type { Progress } from '../domain/progress';
import { commands } from './commands';
import { fenced } from './escape';
import { fitLines } from './markdown-size';
import { uiWidth } from './palette';
import { statusText } from './status-text';
import { utcClock } from './time';

/** What the page of a workflow is drawn from, besides the record. */
export interface DetailsLook {
  readonly nowMs: number;
  /** The plan as stored in the outline; shown while its approval is open. */
  readonly planMarkdown?: string;
}

/**
 * "Current details" of the workflow: the status, the plan while it waits for approval, and the exact JSON to paste.
 * Runs inside the workflow: pure, cheap, no locale. Always under 4 KB; every value of people stands in a code block.
 */
export function detailsMarkdown(progress: Progress, { nowMs, planMarkdown = '' }: DetailsLook): string {
  const ask = progress.phase === 'closed' ? undefined : progress.ask;
  const answers =
    ask === undefined
      ? ''
      : ask.choices
          .slice(0, 5)
          .map((choice) => answerText(ask, choice))
          .join('\n\n');
  const stamp = `As of ${utcClock(nowMs)} UTC (press R for the newest).`;
  const tail = [answers, stamp].filter((part) => part !== '').join('\n\n');

  const isApproval = ask?.kind === 'approval' && planMarkdown !== '';
  const status = statusText(progress, { nowMs, width: uiWidth }).split('\n');
  const { rollback, environment, components } = progress;
  const moreStatus = (left: number): string => `… ${left} more lines:  ${commands.status(rollback)}`;
  const head = fenced(fitLines(status, tail, isApproval ? 0.6 : 0.95, moreStatus).text, 'text');
  if (!isApproval) return `${head}\n\n${tail}`;

  const morePlan = (left: number): string => `… ${left} more lines:  ${commands.plan(environment, components)}`;
  const plan = fitLines(unfenced(planMarkdown), `${head}${tail}`, 0.95, morePlan).text;
  return `${head}\n\n${fenced(plan, 'text')}\n\n${tail}`;
}

/** The exact argument of the signal or update that answers an ask: one JSON object to paste. */
function answerJson(ask: Ask, choice: { readonly action: Action; readonly target?: string }): string {
  const target = choice.target === undefined ? {} : { target: choice.target };
  const bound = choice.action === 'approve' || choice.action === 'reject' ? { planDigest: ask.planDigest } : {};
  return JSON.stringify({ ask: ask.id, ...bound, ...target, comment: 'why' });
}

function answerText(ask: Ask, choice: { readonly action: Action; readonly target?: string }): string {
  return `**${choice.action}**: More Actions → Send a Signal → \`${choice.action}\`, with\n\n${fenced(answerJson(ask, choice), 'json')}`;
}

/** Lines of a fenced block without its fences; the whole text when it is none. */
function unfenced(markdown: string): readonly string[] {
  const lines = markdown.split('\n');
  return /^`{3,}/.test(lines[0] ?? '') && /^`{3,}$/.test(lines.at(-1) ?? '') ? lines.slice(1, -1) : lines;
}
