import type { Ask } from '../domain/approval';
import { choiceName } from '../domain/decide';
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
  const answers = ask === undefined ? '' : answersText(ask);
  const stamp = `As of ${utcClock(nowMs)} UTC (press R for the newest).`;
  const tail = [answers, stamp].filter((part) => part !== '').join('\n\n');

  const isApproval = ask?.kind === 'approval' && ask.about === undefined && planMarkdown !== '';
  const status = statusText(progress, { nowMs, width: uiWidth }).split('\n');
  const { rollback, environment, components } = progress;
  const moreStatus = (left: number): string => `… ${left} more lines:  ${commands.status(rollback)}`;
  const head = fenced(fitLines(status, tail, isApproval ? 0.6 : 0.95, moreStatus).text, 'text');
  if (!isApproval) return `${head}\n\n${tail}`;

  const morePlan = (left: number): string => `… ${left} more lines:  ${commands.plan(environment, components)}`;
  const plan = fitLines(unfenced(planMarkdown), `${head}${tail}`, 0.95, morePlan).text;
  return `${head}\n\n${fenced(plan, 'text')}\n\n${tail}`;
}

/** An approval has a signal for each answer; a decision has one, and names the choice. */
function answersText(ask: Ask): string {
  if (ask.kind === 'approval') {
    const { id, planDigest } = ask;
    const json = { ask: id, planDigest, comment: 'why' };
    return ask.choices.map(({ action }) => answerText(action, json)).join('\n\n');
  }
  const [first] = ask.choices;
  const choice = first === undefined ? '' : choiceName(first);
  const names = ask.choices.slice(0, maxNames).map(choiceName);
  const more = ask.choices.length > maxNames ? [`… ${ask.choices.length - maxNames} more: retry UNIT, skip UNIT`] : [];
  const others = fenced([...names, ...more].join('\n'), 'text');
  return `${answerText('decide', { ask: ask.id, choice, comment: 'why' })}\n\n\`choice\` is one of\n\n${others}`;
}

/** The exact argument of the signal that answers an ask: one JSON object to paste. */
function answerText(signal: string, argument: Readonly<Record<string, string>>): string {
  const json = fenced(JSON.stringify(argument), 'json');
  return `**${signal}**: More Actions → Send a Signal → \`${signal}\`, with\n\n${json}`;
}

const maxNames = 9;

/** Lines of a fenced block without its fences; the whole text when it is none. */
function unfenced(markdown: string): readonly string[] {
  const lines = markdown.split('\n');
  return /^`{3,}/.test(lines[0] ?? '') && /^`{3,}$/.test(lines.at(-1) ?? '') ? lines.slice(1, -1) : lines;
}
