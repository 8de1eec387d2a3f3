import type { Plan } from '../domain/plan';
import { oneLine } from './escape';
import { labelled } from './layout';
import type { Look } from './palette';
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

/** Last lines of a plan: whose approval it needs, what is advised, how long it takes, which plan it is and until when. */
export function planFoot(plan: Plan, look: PlanLook, width: number): readonly string[] {
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
