import type { Plan } from '../domain/plan';
import { commands } from './commands';
import { oneLine } from './escape';
import { labelled, spaced, table, wrap } from './layout';
import { paint, screenWidth } from './palette';
import { lossText, orderLines, targetCells, targetHeader } from './plan-parts';
import { planFoot, type PlanLook } from './plan-foot';
import { suggestion, unbroken } from './suggestions';

/** The plan as one screen, in the same order everywhere: verdict, refusals, targets, order, losses, risks, approval. */
export function planText(plan: Plan, look: PlanLook): string {
  const width = screenWidth(look);
  const blocks = [
    head(plan, look, width),
    refusals(plan, width),
    table(plan.targets.length === 0 ? [] : [targetHeader, ...plan.targets.map(targetCells)], { width }),
    order(plan, look, width),
    [...losses(plan, width), ...risks(plan, width)],
    planFoot(plan, look, width),
  ];
  return paint(spaced(blocks, screenHeight), look.colour);
}

const screenHeight = 24;

function head(plan: Plan, look: PlanLook, width: number): readonly string[] {
  const named = plan.targets.map(({ component, bad }) => (bad ? `${component} (bad)` : component));
  const bad = plan.bad.map((component) => `${component} (bad)`);
  const about = [plan.environment, (named.length > 0 ? named : bad).join(' + '), oneLine(look.trigger ?? '', 120)];
  return [
    ...wrap(oneLine(plan.verdictText), width, '', '  '),
    ...wrap(about.filter((part) => part !== '').join(' · '), width, '  '),
  ];
}

function refusals(plan: Plan, width: number): readonly string[] {
  if (plan.refusals.length === 0) return [];
  return [
    '  REFUSED  nothing was touched',
    ...plan.refusals.flatMap(({ code, path, why, offers }, at) => [
      ...wrap(refusalText(plan, code, why), width, `   ${at + 1}  `),
      ...pathLine(path, width),
      ...offers.flatMap((offer, index) =>
        wrap(suggestion(offer), width, `      ${index === 0 ? 'instead' : '       '}  ${letter(index)}) `),
      ),
    ]),
  ];
}

/** A verdict that is the first refusal, word for word, need not be said twice. */
function refusalText({ verdictText }: Plan, code: string, why: string): string {
  return verdictText.startsWith(`BLOCKED: ${why}`) ? `${code} (as said above)` : `${oneLine(why)} (${code})`;
}

function pathLine(path: Plan['refusals'][number]['path'], width: number): readonly string[] {
  const [first] = path;
  if (first === undefined) return [];
  const hops = path.map(({ to, rule }) => `→ ${to} (${rule})`);
  return wrap(`${first.from} ${hops.join(' ')}`, width, '      because  ');
}

function order(plan: Plan, look: PlanLook, width: number): readonly string[] {
  const shown = look.maxUnits ?? 12;
  if (plan.units.length === 0) {
    return plan.refusals.length > 0 ? [] : labelled('ORDER', ['nothing to do: every layer is at its target'], width);
  }
  const left = plan.units.length - shown;
  const more = `… ${left} more units:  ${unbroken(commands.planJson(plan.environment, plan.bad))}`;
  return ['  ORDER', ...orderLines(plan, width, shown), ...(left > 0 ? wrap(more, width, '   ') : [])];
}

function losses(plan: Plan, width: number): readonly string[] {
  const accepted = plan.accepted.map((rule) => `! rule ${oneLine(rule, 140)} is violated; accepted by name`);
  const nothing = plan.units.length === 0 ? [] : ['nothing that is known'];
  return [
    ...labelled('CAN NOT UNDO', orElse(plan.cannotUndo.map(lossText), nothing), width),
    ...labelled('LOSES', orElse(plan.willLose.map(lossText), nothing), width),
    ...labelled('ACCEPTED', accepted, width),
  ];
}

function risks(plan: Plan, width: number): readonly string[] {
  if (plan.units.length === 0 && plan.risks.length === 0) return [];
  const { seen, total } = plan.evidence;
  const evidence = total === 0 ? 'no related pairs' : `evidence: ${seen} of ${total} related pairs seen or ruled`;
  const found = plan.risks.map((risk) => `? ${oneLine(risk)}`);
  return labelled('RISKS', found.length === 0 ? [`none found · ${evidence}`] : [evidence, ...found], width);
}

function letter(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + (index % 26));
}

function orElse(items: readonly string[], nothing: readonly string[]): readonly string[] {
  return items.length > 0 ? items : nothing;
}
