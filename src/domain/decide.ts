import type { Action, Choice, DecisionMessage } from './approval';
import { accept, again, refuse, type Consideration, type DecisionContext } from './consideration';
import { considerRetry, considerSkip } from './decide-units';
import { spanText } from './span';

/** Reads what a signal or update carried. Undefined when it is not one JSON object with text fields. */
export function readMessage(raw: unknown): DecisionMessage | undefined {
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== 'object' || Array.isArray(raw) || 'lastgoodUnreadable' in raw) return undefined;
  const message: Record<string, string> = {};
  for (const field of ['ask', 'planDigest', 'reason', 'comment', 'target', 'choice', 'by'] as const) {
    const value = (raw as Record<string, unknown>)[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return undefined;
    message[field === 'reason' ? 'comment' : field] = value.slice(0, maxFieldLength);
  }
  return message;
}

/** What `decide` takes for a choice: `continue`, `retry orders`. */
export function choiceName({ action, target }: Pick<Choice, 'action' | 'target'>): string {
  return target === undefined ? action : `${action} ${target}`;
}

/** Does this decision count? Pure; never throws; the same message twice is answered the same and acts once. */
export function considerDecision(
  action: Action,
  message: DecisionMessage,
  claimedBy: string,
  context: DecisionContext,
): Consideration {
  if (context.closed) return refuse('CLOSED', 'the rollback has ended; nothing changes any more');
  if (context.heard >= heardMessages && !alwaysHeard.has(action))
    return refuse('TOO_MANY', `more than ${heardMessages} messages came; only approve, reject and stop count now`);
  const considered = consider(action, message, claimedBy, context);
  return considered.accepted ? considered : (repeated(action, message, context) ?? considered);
}

const maxFieldLength = 1_000;
/** A flood beyond this can not grow the record; what ends a rollback is always heard. */
const heardMessages = 200;
const alwaysHeard = new Set<Action>(['approve', 'reject', 'stop']);

function consider(
  action: Action,
  message: DecisionMessage,
  claimedBy: string,
  context: DecisionContext,
): Consideration {
  switch (action) {
    case 'approve':
      return considerApproval(message, claimedBy, context);
    case 'reject':
      return considerRejection(message, context);
    case 'stop':
      return context.stopping ? again(stopText) : accept(stopText, { kind: 'stop' });
    case 'pause':
      return considerPause(context);
    case 'resume':
      return considerResume(context);
    case 'retry':
      return stale(message, context) ?? considerRetry(message, context);
    case 'skip':
      return stale(message, context) ?? considerSkip(message, context);
    case 'reinstate':
      return stale(message, context) ?? considerReinstate(context);
    case 'decide':
      return considerChoice(message, claimedBy, context);
    default:
      return unknownAction(action);
  }
}

const stopText = 'running steps end, nothing new starts, everything stays as it is then';

/** An answer to an ask that is named again after it counted. */
function repeated(action: Action, message: DecisionMessage, { earlier }: DecisionContext): Consideration | undefined {
  const { ask, target, choice } = message;
  if (ask === undefined) return undefined;
  const first = earlier.find(
    (decision) =>
      decision.accepted &&
      decision.action === action &&
      decision.ask === ask &&
      decision.target === target &&
      decision.choice === choice,
  );
  return first === undefined ? undefined : again(first.why);
}

function considerApproval(message: DecisionMessage, claimedBy: string, context: DecisionContext): Consideration {
  const misfit = fitsAsk(message, context);
  if (misfit !== undefined) return misfit;
  const requester = context.ask?.requester ?? context.requester;
  if (claimedBy === requester && !maySelfApprove(context)) {
    const why =
      context.selfApproval === 'never'
        ? 'nobody may approve their own request here'
        : 'the plan loses data, so somebody else must approve it';
    return refuse('SELF_APPROVAL', `${claimedBy} asked for it; ${why}`);
  }
  const why = context.ask?.about === 'reinstate' ? 'the bad releases are put back' : 'the plan is carried out';
  return accept(why, { kind: 'approve' });
}

function considerRejection(message: DecisionMessage, context: DecisionContext): Consideration {
  const lateButInTime = !context.dispatched && message.ask !== undefined && message.ask === context.approvedAsk;
  const misfit = lateButInTime ? undefined : fitsAsk(message, context);
  if (misfit !== undefined) return misfit;
  const why =
    context.ask?.about === 'reinstate'
      ? 'nothing is put back; it asks again what to do'
      : 'the rollback ends and nothing is touched';
  return accept(why, { kind: 'reject' });
}

function considerPause({ restored, stopping, paused, resumeWithinMs }: DecisionContext): Consideration {
  if (stopping) return refuse('NOT_A_CHOICE', 'it is stopping already');
  if (restored) return refuse('NOT_A_CHOICE', 'every target runs already; only the checks are watched');
  const within = spanText(resumeWithinMs);
  const why = `what runs is let end and nothing new starts; without a resume within ${within} it stops and everything stays as it is then`;
  return paused ? again(why) : accept(why, { kind: 'pause' });
}

function considerResume({ paused, earlier }: DecisionContext): Consideration {
  const why = 'it goes on where it was';
  if (paused) return accept(why, { kind: 'resume' });
  const last = earlier.findLast(({ accepted, action }) => accepted && (action === 'pause' || action === 'resume'));
  return last?.action === 'resume' ? again(why) : refuse('NOT_A_CHOICE', 'it is not paused');
}

function considerReinstate({ units, stopping, reinstating, noReinstate }: DecisionContext): Consideration {
  if (stopping) return refuse('NOT_A_CHOICE', 'it is stopping already');
  const why =
    'nothing new starts and what runs is let end; then it asks for approval of exactly what would be put back';
  if (reinstating) return again(why);
  if (noReinstate !== undefined) return refuse('NOT_A_CHOICE', noReinstate);
  return units.every(({ state }) => state === 'waiting')
    ? refuse('NOT_A_CHOICE', 'nothing was touched, so there is nothing to put back; stop or reject ends it')
    : accept(why, { kind: 'reinstate' });
}

/** One of the choices of the open ask, by its name. */
function considerChoice(message: DecisionMessage, claimedBy: string, context: DecisionContext): Consideration {
  const { ask } = context;
  if (ask === undefined) return refuse('NO_OPEN_ASK', 'nothing is asked now');
  const { choice: name = '' } = message;
  const wrong = message.ask === undefined ? noAsk : stale(message, context);
  if (wrong !== undefined) return wrong;
  const choice = ask.choices.find((offered) => choiceName(offered) === name);
  if (choice === undefined)
    return refuse('NOT_A_CHOICE', `"${name}" is not offered; offered: ${ask.choices.map(choiceName).join(', ')}`);
  if (choice.action === 'continue') return accept(choice.consequence, { kind: 'continue' });
  const { target } = choice;
  return consider(choice.action, { ...message, ...(target === undefined ? {} : { target }) }, claimedBy, context);
}

const noAsk = refuse('WRONG_ASK', 'it names no ask; paste the JSON that the details show');

/** A message that names an ask means that one and no other. */
function stale({ ask: named }: DecisionMessage, { ask }: DecisionContext): Consideration | undefined {
  return named === undefined || named === ask?.id
    ? undefined
    : refuse('WRONG_ASK', 'it answers an ask that is not open (an earlier plan or run)');
}

function fitsAsk(message: DecisionMessage, context: DecisionContext): Consideration | undefined {
  const { ask } = context;
  if (ask === undefined || ask.kind !== 'approval') return refuse('NO_OPEN_ASK', 'no approval is asked for now');
  if (message.ask === undefined) return noAsk;
  if (message.ask !== ask.id) return stale(message, context);
  return message.planDigest === ask.planDigest
    ? undefined
    : refuse('WRONG_DIGEST', 'it names another plan than the one that is asked about; look at the plan again');
}

function maySelfApprove(context: DecisionContext): boolean {
  if (context.selfApproval === 'reversible') return context.verdict !== 'LOSES DATA';
  return context.selfApproval === 'always';
}

function unknownAction(action: never): Consideration {
  return refuse('UNKNOWN_ACTION', `there is no action "${String(action)}"`);
}
