import type { Plan } from '../domain/plan';
import { commands } from './commands';
import { oneLine } from './escape';
import { labelled, spaced, suggestion, table, unbroken, wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { lossText, orderLines, targetCells, targetHeader } from './plan-parts';
import { age, relative, utcClock } from './time';

/** What a plan's screen can say besides the plan itself. */
export interface PlanLook extends Look {
  /** What set it off: `alert OrdersErrors 02:57`. */
  readonly trigger?: string;
  /** Who asked, as claimed. */
  readonly requester?: string;
  readonly expiresAtMs?: number;
  readonly approvers?: {
    readonly quorum: number;
    readonly roles: readonly string[];
    readonly selfApproval: 'reversible' | 'always' | 'never';
  };
  /** Units shown in full; the others are counted. */
  readonly maxUnits?: number;
}

/** The plan as one screen, in the same order everywhere: verdict, refusals, targets, order, losses, risks, approval. */
export function planText(plan: Plan, look: PlanLook): string {
  const width = screenWidth(look);
  const blocks = [
    head(plan, look, width),
    refusals(plan, width),
    table(plan.targets.length === 0 ? [] : [targetHeader, ...plan.targets.map(targetCells)], { width }),
    order(plan, look, width),
    [...losses(plan, width), ...risks(plan, width)],
    foot(plan, look, width),
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
      ...wrap(`${oneLine(why)} (${code})`, width, `   ${at + 1}  `),
      ...pathLine(path, width),
      ...offers.flatMap((offer, index) =>
        wrap(suggestion(offer), width, `      ${index === 0 ? 'instead' : '       '}  ${letter(index)}) `),
      ),
    ]),
  ];
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

function foot(plan: Plan, look: PlanLook, width: number): readonly string[] {
  const { advice, estimate, units, verdict } = plan;
  const because = advice.for.slice(0, 2).map((reason) => oneLine(reason, 120));
  const isApprovable = units.length > 0 && verdict !== 'BLOCKED';
  const isAdvised = units.length > 0 || plan.refusals.length > 0;
  const takes = `~${age(estimate.eventDriven * 1000)} to restored · basis: ${oneLine(estimate.basis, 120)}`;
  const valid = isApprovable ? validity(look) : '';
  return [
    ...labelled('needs', isApprovable ? needs(plan, look) : [], width),
    ...labelled('advice', isAdvised ? [`${advice.decision} (${[advice.rule, ...because].join(', ')})`] : [], width),
    ...labelled('takes', units.length > 0 ? [takes] : [], width),
    ...labelled('plan', [`${digestForPeople(plan.digest)}${valid}`], width),
  ];
}

function needs(plan: Plan, { approvers, requester }: PlanLook): readonly string[] {
  if (approvers === undefined) return [];
  const { quorum, roles, selfApproval } = approvers;
  const by = roles.length === 0 ? '' : ` by ${roles.join(' or ')}`;
  const isSelfApprovable =
    selfApproval === 'always' || (selfApproval === 'reversible' && plan.verdict !== 'LOSES DATA');
  const but = requester === undefined || isSelfApprovable ? '' : `, not ${oneLine(requester, 60)} (asked for it)`;
  return [`${quorum} approval${quorum === 1 ? '' : 's'}${by}${but}`];
}

function validity({ expiresAtMs, nowMs }: PlanLook): string {
  return expiresAtMs === undefined
    ? ''
    : ` · valid until ${utcClock(expiresAtMs)} UTC (${relative(expiresAtMs, nowMs)})`;
}

function digestForPeople(digest: string): string {
  return digest.length <= 24 ? digest : `${digest.slice(0, 19)}…${digest.slice(-2)}`;
}

function letter(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + (index % 26));
}

function orElse(items: readonly string[], nothing: readonly string[]): readonly string[] {
  return items.length > 0 ? items : nothing;
}
