import type { Plan } from '../domain/plan';
import { commands } from './commands';
import { oneLine } from './escape';
import { labelled, planColumn, spaced, table, wrap } from './layout';
import { paint, screenWidth } from './palette';
import { goneTexts, lossText, orderLines, passedOverTexts, sourceTexts, targetCells, targetHeader } from './plan-parts';
import { planFoot, type PlanLook } from './plan-foot';
import { refusalLines } from './plan-refusals';
import { riskLines } from './risk-lines';
import { unbroken } from './suggestions';

/** The plan as one screen, in the same order everywhere: verdict, refusals, targets, order, losses, risks, approval. */
export function planText(plan: Plan, look: PlanLook): string {
  const width = screenWidth(look);
  const blocks = [
    head(plan, look, width),
    refusalLines(plan, width),
    targets(plan, width),
    order(plan, look, width),
    plan.units.length === 0 ? [] : [...losses(plan, width), ...risks(plan, width)],
    planFoot(plan, look, width),
  ];
  return paint(spaced(blocks, screenHeight), look.colour);
}

const screenHeight = 24;
/** Rows of a table, and lines under one heading; the others are counted, and `--json` has them all. */
const shownTargets = 24;
const shownLines = 8;

function head(plan: Plan, look: PlanLook, width: number): readonly string[] {
  const others = plan.targets.flatMap(({ component, bad }) => (bad ? [] : [component]));
  const names = [...plan.bad.map((component) => `${component} (bad)`), ...others.slice(0, shownLines)];
  const more = others.length > shownLines ? [`${others.length - shownLines} more`] : [];
  const about = [plan.environment, [...names, ...more].join(' + '), oneLine(look.trigger ?? '', 120)];
  return [
    ...wrap(oneLine(plan.verdictText), width, '', '  '),
    ...wrap(about.filter((part) => part !== '').join(' · '), width, '  '),
  ];
}

function targets(plan: Plan, width: number): readonly string[] {
  const shown = plan.targets.slice(0, shownTargets);
  const left = plan.targets.length - shown.length;
  const rows = shown.length === 0 ? [] : [targetHeader, ...shown.map(targetCells)];
  return [
    ...table(rows, { width, last: lastWidth(rows) }),
    ...(left > 0 ? wrap(`… ${left} more components:  ${allOf(plan)}`, width, '  ') : []),
    ...labelled(
      'STAYS LIVE',
      (plan.stays ?? []).map(({ component, version }) => `${component} ${oneLine(version, 128)}`),
      width,
      planColumn,
    ),
  ];
}

/** Names of layers are not broken in the middle, unless they are very long. */
function lastWidth(rows: readonly (readonly string[])[]): number {
  const words = rows.flatMap((row) => (row.at(-1) ?? '').split(' '));
  return Math.min(20, Math.max(14, ...words.map((word) => word.length)));
}

function order(plan: Plan, look: PlanLook, width: number): readonly string[] {
  const shown = look.maxUnits ?? 12;
  if (plan.units.length === 0) {
    return plan.refusals.length > 0
      ? []
      : labelled('ORDER', ['nothing to do: every layer is at its target'], width, planColumn);
  }
  const left = plan.units.length - shown;
  const more = `… ${left} more units:  ${allOf(plan)}`;
  return ['  ORDER', ...orderLines(plan, width, shown), ...(left > 0 ? wrap(more, width, '   ') : [])];
}

function losses(plan: Plan, width: number): readonly string[] {
  const accepted = plan.accepted.map((rule) => `! rule ${oneLine(rule, 140)} is violated; accepted by name`);
  return [
    ...labelled('CAN NOT UNDO', orNothing(firstOf(plan, plan.cannotUndo.map(lossText))), width, planColumn),
    ...labelled('LOSES', orNothing(firstOf(plan, plan.willLose.map(lossText))), width, planColumn),
    ...labelled('NO LONGER LIVE', goneTexts(plan), width, planColumn),
    ...labelled('PASSED OVER', passedOverTexts(plan), width, planColumn),
    ...labelled('ACCEPTED', accepted, width, planColumn),
  ];
}

function risks(plan: Plan, width: number): readonly string[] {
  const { seen, total } = plan.evidence;
  const evidence = total === 0 ? 'no related pairs' : `evidence: ${seen} of ${total} related pairs seen or ruled`;
  const found = [...riskLines(plan), ...sourceTexts(plan)].map((risk) => `? ${oneLine(risk)}`);
  const lines = found.length === 0 ? [`none found · ${evidence}`] : [evidence, ...firstOf(plan, found)];
  return labelled('RISKS', lines, width, planColumn);
}

function firstOf(plan: Plan, lines: readonly string[]): readonly string[] {
  if (lines.length <= shownLines) return lines;
  return [...lines.slice(0, shownLines), `… ${lines.length - shownLines} more:  ${allOf(plan)}`];
}

function allOf({ environment, bad }: Plan): string {
  return unbroken(commands.planJson(environment, bad));
}

function orNothing(items: readonly string[]): readonly string[] {
  return items.length > 0 ? items : ['nothing that is known'];
}
