import { commands } from './commands';
import { escapeMarkdown } from './escape';
import type { CheckState } from '../domain/verification';
import type { RollbackReport } from './report-shape';
import { checkSymbols, readingText } from './status-body';
import { duration, utcFull } from './time';

/** A Markdown table of plain values, each escaped; nothing without rows. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => escapeMarkdown(cell)).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

/** Phase, time, and how long it took since the one before. */
export function milestoneRows({ milestones }: RollbackReport): readonly (readonly string[])[] {
  return milestones.map(({ name, atMs, sinceMs }) => [
    name,
    utcFull(atMs).replace(' UTC', ''),
    sinceMs === undefined ? '' : duration(sinceMs),
  ]);
}

/** Component, from, to, source, why this target. */
export function moveRows({ moves }: RollbackReport): readonly (readonly string[])[] {
  return moves.map(({ component, bad, from, to, source, why }) => [
    bad ? `${component} (bad)` : component,
    from,
    to,
    source ?? '?',
    why.join('; '),
  ]);
}

/** Units as they went, each with the rules that gave it its place. */
export function orderLines({ order }: RollbackReport): readonly string[] {
  return order.flatMap(({ unit, line, state, tookMs, after }, at) => [
    `${at + 1}. ${escapeMarkdown(line === '' ? unit : line)}: ${state}${tookMs === undefined ? '' : `, ${duration(tookMs)}`}`,
    ...after.map(
      (edge) => `   - after ${escapeMarkdown(edge.unit)}: ${escapeMarkdown(edge.why)} (${escapeMarkdown(edge.rule)})`,
    ),
  ]);
}

/** Every decision, also those that did not count. */
export function decisionRows({ decisions }: RollbackReport): readonly (readonly string[])[] {
  return decisions.map(({ atMs, action, claimedBy, comment, accepted, code, why, method }) => [
    utcFull(atMs).replace(' UTC', ''),
    action,
    `${claimedBy} (${method})`,
    'no',
    comment ?? '',
    accepted ? why : `did not count: ${why} (${code})`,
  ]);
}

/** Check, baseline, first and last reading, verdict. */
export function checkRows({ checks }: RollbackReport): readonly (readonly string[])[] {
  return checks.map(({ first, last }) => [
    `${last.component} ${last.check}`,
    last.baseline?.state === 'value' ? readingText(last.baseline.value, last.reading?.unit) : 'none',
    seenText(first),
    seenText(last),
    `${checkSymbols[last.verdict]} ${last.verdict}`,
  ]);
}

/** What is marked and held, by whom and why. */
export function markLines({ unstable, held, marks, holds }: RollbackReport): readonly string[] {
  const named = [
    ...(marks.length > 0 ? [] : unstable.map((release) => `${release}: unstable; the gate refuses it everywhere`)),
    ...marks.map(({ component, version, mark, by, reason }) => `${component} ${version}: ${mark}, by ${by}: ${reason}`),
    ...(holds.length > 0 ? [] : held.map((release) => `${release}: on hold, because it moved along`)),
    ...holds.map(({ component, by, reason }) => `${component}: on hold, by ${by}: ${reason}`),
  ];
  return named.map((text) => `- ${escapeMarkdown(text)}`);
}

/** The commands that lift every mark and hold of this rollback. */
export function liftLines({ environment, marks, holds }: RollbackReport): readonly string[] {
  const lifting = [
    ...marks.map(({ component, version }) => commands.liftMark(component, version)),
    ...holds.map(({ component }) => commands.liftHold(environment, component)),
  ];
  return lifting.length === 0 ? [] : ['', 'To lift them when the cause is known:', '', '```', ...lifting, '```'];
}

function seenText({ reading }: CheckState): string {
  return reading?.state === 'value' ? readingText(reading.value, reading.unit) : 'NO DATA';
}
