import type { Action, Ask, Decision, DecisionCode, DecisionMessage } from './approval';
import type { Verdict } from './plan';

/** What a rollback knows when somebody says something to it. */
export interface DecisionContext {
  readonly closed: boolean;
  readonly ask: Ask | undefined;
  /** The approval that was accepted before, while its dispatch has not begun: a reject may still win. */
  readonly approvedAsk: string | undefined;
  readonly dispatched: boolean;
  readonly stopping: boolean;
  readonly failedUnits: readonly string[];
  readonly verdict: Verdict | undefined;
  readonly requester: string;
  readonly selfApproval: 'reversible' | 'always' | 'never';
  readonly earlier: readonly Decision[];
}

/** Whether a decision counts, and the sentence that says why or why not. */
export interface Consideration {
  readonly accepted: boolean;
  readonly code: DecisionCode;
  readonly why: string;
}

/** Reads what a signal or update carried. Undefined when it is not one JSON object with text fields. */
export function readMessage(raw: unknown): DecisionMessage | undefined {
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== 'object' || Array.isArray(raw) || 'lastgoodUnreadable' in raw) return undefined;
  const message: Record<string, string> = {};
  for (const field of ['ask', 'planDigest', 'comment', 'target', 'by'] as const) {
    const value = (raw as Record<string, unknown>)[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return undefined;
    message[field] = value.slice(0, maxFieldLength);
  }
  return message;
}

/** Does this decision count? Pure; never throws; every answer is recorded. */
export function considerDecision(
  action: Action,
  message: DecisionMessage,
  claimedBy: string,
  context: DecisionContext,
): Consideration {
  if (context.closed) return refuse('CLOSED', 'the rollback has ended; nothing changes any more');
  switch (action) {
    case 'approve':
      return considerApproval(message, claimedBy, context);
    case 'reject':
      return considerRejection(message, context);
    case 'stop':
      return context.stopping
        ? refuse('DUPLICATE', 'it is stopping already')
        : accept('running steps end, nothing new starts, everything stays as it is then');
    case 'retry':
      return considerRetry(message, context);
    default:
      return unknownAction(action);
  }
}

const maxFieldLength = 2_000;

function considerApproval(message: DecisionMessage, claimedBy: string, context: DecisionContext): Consideration {
  const misfit = fitsAsk('approve', message, context);
  if (misfit !== undefined) return misfit;
  if (claimedBy === context.requester && !maySelfApprove(context)) {
    const why =
      context.selfApproval === 'never'
        ? 'nobody may approve their own request here'
        : 'the plan loses data, so somebody else must approve it';
    return refuse('SELF_APPROVAL', `${claimedBy} asked for this rollback; ${why}`);
  }
  return accept('the plan is carried out');
}

function considerRejection(message: DecisionMessage, context: DecisionContext): Consideration {
  const lateButInTime = !context.dispatched && message.ask !== undefined && message.ask === context.approvedAsk;
  return (
    (lateButInTime ? undefined : fitsAsk('reject', message, context)) ??
    accept('the rollback ends and nothing is touched')
  );
}

function considerRetry(message: DecisionMessage, context: DecisionContext): Consideration {
  if (context.failedUnits.length === 0) return refuse('NOT_A_CHOICE', 'no unit has failed');
  const unit = retriedUnit(message.target, context.failedUnits);
  return unit === undefined
    ? refuse('NOT_A_CHOICE', `"${message.target ?? ''}" has not failed; failed: ${context.failedUnits.join(', ')}`)
    : accept(`${unit} is tried again from its first step that is not at its target`);
}

/** The failed unit that a retry names: the unit, one of its steps, or the only one that failed. */
export function retriedUnit(target: string | undefined, failedUnits: readonly string[]): string | undefined {
  if (target === undefined || target === '') return failedUnits.length === 1 ? failedUnits[0] : undefined;
  return failedUnits.find((unit) => target === unit || target.startsWith(`${unit}/`));
}

function fitsAsk(
  action: 'approve' | 'reject',
  message: DecisionMessage,
  context: DecisionContext,
): Consideration | undefined {
  const { ask } = context;
  if (ask === undefined || ask.kind !== 'approval') {
    const twice = context.earlier.some(
      (decision) => decision.accepted && decision.action === action && decision.ask === message.ask,
    );
    return twice && message.ask !== undefined
      ? refuse('DUPLICATE', 'this decision was recorded before')
      : refuse('NO_OPEN_ASK', 'no approval is asked for now');
  }
  if (message.ask !== ask.id) {
    return refuse(
      'WRONG_ASK',
      message.ask === undefined
        ? 'it names no ask; paste the JSON that the details show'
        : 'it answers an ask that is not open (an earlier plan or run)',
    );
  }
  return message.planDigest === ask.planDigest
    ? undefined
    : refuse('WRONG_DIGEST', 'it names another plan than the one that is asked about; look at the plan again');
}

function maySelfApprove(context: DecisionContext): boolean {
  if (context.selfApproval === 'reversible') return context.verdict !== 'LOSES DATA';
  return context.selfApproval === 'always';
}

function accept(why: string): Consideration {
  return { accepted: true, code: 'ACCEPTED', why };
}

function refuse(code: DecisionCode, why: string): Consideration {
  return { accepted: false, code, why };
}

function unknownAction(action: never): Consideration {
  return refuse('UNKNOWN_ACTION', `there is no action "${String(action)}"`);
}
