import type { Plan } from '../domain/plan';
import { adviceLines } from './advice-text';
import { commands } from './commands';
import { escapeMarkdown, fenced } from './escape';
import { goneTexts, lossText, passedOverTexts, sourceTexts, targetCells, targetHeader, unitTitle } from './plan-parts';
import { riskLines } from './risk-lines';
import { offerText, suggestedCommands } from './suggestions';
import { estimated } from './time';

/** The plan as a comment of a pull request: could we come back from this, and how. Every value of people is escaped. */
export function planPage(plan: Plan): string {
  const { environment, bad, verdictText, estimate, units, digest } = plan;
  const takes =
    units.length === 0 ? '' : ` · about ${estimated(estimate.eventDriven)} to restored (${text(estimate.basis)})`;
  return [
    `### ${text(verdictText)}`,
    `Rolling back ${bad.map(code).join(', ')} in ${code(environment)}${takes} · plan ${code(digest)}`,
    ...section('Refused', plan.refusals.map(refusalItem)),
    ...targetTable(plan),
    ...section('Order', orderItems(plan), true),
    ...section(
      'Can not undo',
      plan.cannotUndo.map((item) => text(lossText(item))),
    ),
    ...section(
      'Loses',
      plan.willLose.map((item) => text(lossText(item))),
    ),
    ...section('No longer live', units.length === 0 ? [] : goneTexts(plan).map(text)),
    ...section('Passed over', passedOverTexts(plan).map(text)),
    ...section('Accepted by name', plan.accepted.map(text)),
    ...section(
      `Risks (${plan.evidence.seen} of ${plan.evidence.total} related pairs seen or ruled)`,
      [...riskLines(plan), ...sourceTexts(plan)].map(text),
    ),
    ...section('Advice', adviceLines(plan.advice).map(text)),
    ['See it again:', fenced(commands.plan(environment, bad), 'sh')].join('\n\n'),
  ].join('\n\n');
}

/** Items of one list; the rest is counted, because a comment has a size. */
const shown = 40;

function section(title: string, items: readonly string[], isOrdered = false): readonly string[] {
  if (items.length === 0) return [];
  const lines = items.slice(0, shown).map((item, at) => `${isOrdered ? `${at + 1}.` : '-'} ${item}`);
  const more = items.length > shown ? [`- … ${items.length - shown} more`] : [];
  return [`**${text(title)}**`, [...lines, ...more].join('\n')];
}

function refusalItem({ code: name, why, path, offers }: Plan['refusals'][number]): string {
  const [first] = path;
  const because =
    first === undefined
      ? ''
      : `\n  - because ${[text(first.from), ...path.map(({ to, rule }) => `${text(to)} (${text(rule)})`)].join(' → ')}`;
  return `${text(why)} (${text(name)})${because}${offers.map((offer) => `\n  - ${wayOut(offer)}`).join('')}`;
}

/** A command can be copied as it is; everything around it is text. */
function wayOut(offer: string): string {
  const said = offerText(offer);
  const [command] = suggestedCommands(said);
  if (command === undefined || command.includes('`')) return text(said);
  const before = said.slice(0, said.indexOf(command)).trim();
  return before === '' ? `\`${command}\`` : `${text(before)} \`${command}\``;
}

function targetTable({ targets }: Plan): readonly string[] {
  if (targets.length === 0) return [];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = targets.slice(0, shown).map((target) => row(targetCells(target).map(text)));
  const more = targets.length > shown ? [row([`… ${targets.length - shown} more`, '', '', '', '', ''])] : [];
  return [[row(targetHeader), row(targetHeader.map(() => '---')), ...rows, ...more].join('\n')];
}

function orderItems({ units }: Plan): readonly string[] {
  const numbers = new Map(units.map(({ id }, at) => [id, at + 1]));
  return units.map((unit) => {
    const steps = unit.steps.map(({ summary }) => text(summary)).join(', then ');
    const after = unit.after.map(
      ({ unit: before, rule, why }) =>
        `\n   - after ${numbers.get(before) ?? text(before)}: ${text(why)} (${text(rule)})`,
    );
    return `**${text(unitTitle(unit))}**${steps === '' ? '' : ` ${steps}`}${after.join('')}`;
  });
}

function text(value: string): string {
  return escapeMarkdown(value, 1_000);
}

function code(value: string): string {
  return `\`${value.replaceAll(/[`\s]/g, '')}\``;
}
