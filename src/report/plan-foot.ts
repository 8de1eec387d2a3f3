import type { Plan } from '../domain/plan';
import { adviceLine, missingInputs } from './advice-text';
import { oneLine } from './escape';
import { labelled, planColumn } from './layout';
import type { Look } from './palette';
import { estimated, relative, utcClock } from './time';

/** What a plan's screen can say besides the plan itself. */
export interface PlanLook extends Look {
  /** What set it off: `alert OrdersErrors 02:57`. */
  readonly trigger?: string;
  /** Who asked, as claimed. */
  readonly requester?: string;
  readonly expiresAtMs?: number;
  /** Units shown in full; the others are counted. */
  readonly maxUnits?: number;
}

/** Last lines of a plan: whose approval it needs, what is advised, how long it takes, which plan it is and until when. */
export function planFoot(plan: Plan, look: PlanLook, width: number): readonly string[] {
  const { estimate, units, verdict } = plan;
  const isApprovable = units.length > 0 && verdict !== 'BLOCKED';
  const isAdvised = units.length > 0 || plan.refusals.length > 0;
  const takes = `${timeText(estimate.eventDriven)} · basis: ${oneLine(estimate.basis, 120)}`;
  const valid = isApprovable ? validity(look) : '';
  return [
    ...labelled('needs', isApprovable ? needs(plan, look) : [], width, planColumn),
    ...labelled(
      'advice',
      isAdvised ? [adviceLine(plan.advice, plan.verdictText), ...missingInputs(plan.advice)] : [],
      width,
      planColumn,
    ),
    ...labelled('takes', units.length > 0 ? [takes] : [], width, planColumn),
    ...labelled('plan', [`${digestForPeople(plan.digest)}${valid}`], width, planColumn),
  ];
}

function timeText(seconds: number): string {
  return seconds > 0 ? `~${estimated(seconds)} to restored` : 'nobody knows how long';
}

function needs({ needs: approval, verdict }: Plan, { requester }: PlanLook): readonly string[] {
  if (approval === undefined) return [];
  const { quorum, roles, selfApproval } = approval;
  const by = roles.length === 0 ? '' : ` by ${roles.map((role) => oneLine(role, 60)).join(' or ')}`;
  const isSelfApprovable = selfApproval === 'always' || (selfApproval === 'reversible' && verdict !== 'LOSES DATA');
  const asker = requester === undefined ? 'whoever asks' : oneLine(requester, 60);
  const self = isSelfApprovable ? '' : `, not ${asker}${requester === undefined ? '' : ' (asked for it)'}`;
  return [`${quorum} approval${quorum === 1 ? '' : 's'}${by}${self}`];
}

function validity({ expiresAtMs, nowMs }: PlanLook): string {
  return expiresAtMs === undefined
    ? ''
    : ` · valid until ${utcClock(expiresAtMs)} UTC (${relative(expiresAtMs, nowMs)})`;
}

/** A digest as people compare it: its first and last digits. */
export function digestForPeople(digest: string): string {
  return digest.length <= 24 ? digest : `${digest.slice(0, 19)}…${digest.slice(-2)}`;
}
