import { condition, setDefaultSignalHandler, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Action, Ask, Choice, Decision, DecisionAnswer } from '../domain/approval';
import { considerDecision, readMessage, retriedUnit, type Consideration, type DecisionContext } from '../domain/decide';
import { actionDescriptions, actions, actionSignal, actionUpdate } from './messages';
import type { RollbackRecord } from './record';
import { takeSender } from './sender';

/** Refused messages that are recorded one by one; a flood beyond that is only counted. */
const recordedRefusals = 100;

/** How an ask ended. */
export type Answer = 'approved' | 'rejected' | 'retried' | 'stopped' | 'expired';

/** Where people's decisions arrive: every message is read, considered and recorded; none is ever thrown back. */
export class Desk {
  /** Set when somebody said stop, or the workflow was cancelled. */
  stopping: string | undefined;
  rejected = false;
  dispatched = false;
  selfApproval: DecisionContext['selfApproval'] = 'reversible';
  /** Units to try again, in the order in which people asked. */
  readonly retries: { readonly unit: string; readonly by: string }[] = [];
  private answer: Answer | undefined;
  private approvedAsk: string | undefined;
  private asks = 0;
  private refusals = 0;

  constructor(private readonly record: RollbackRecord) {}

  /** Registers every handler. Must run before the workflow's first await: signals may be waiting already. */
  listen(): void {
    for (const action of actions) {
      const description = actionDescriptions[action];
      setHandler(actionSignal(action), (raw) => void this.take(action, raw, 'signal'), { description });
      setHandler(actionUpdate(action), (raw) => this.take(action, raw, 'update'), { description });
    }
    setDefaultSignalHandler((name) => this.takeUnknown(name));
  }

  /** Stops as if a person had said so: a cancellation of the workflow. */
  cancel(): void {
    this.stopping ??= 'the workflow was cancelled in Temporal';
  }

  /** Opens an ask. Its id holds the run, so that an answer to an earlier run or plan can not fit. */
  open(
    kind: Ask['kind'],
    planDigest: string,
    question: string,
    expiresMs: number,
    choicesOf: (askId: string) => readonly Choice[],
  ): Ask {
    this.asks += 1;
    const id = `${workflowInfo().runId}:${this.asks}`;
    const openedAtMs = Date.now();
    const ask = {
      id,
      kind,
      planDigest,
      question,
      openedAtMs,
      expiresAtMs: openedAtMs + expiresMs,
      choices: choicesOf(id),
    };
    this.answer = undefined;
    this.record.add({ kind: 'asked', ask });
    return ask;
  }

  /** Waits for the answer to the open ask, at most until it expires. */
  async wait(ask: Ask): Promise<Answer> {
    const left = Math.max(1, ask.expiresAtMs - Date.now());
    await condition(() => this.answer !== undefined || this.stopping !== undefined, left, {
      summary: `${ask.kind} expires`,
    });
    const answer = this.answer ?? (this.stopping === undefined ? 'expired' : 'stopped');
    this.record.add({ kind: 'ask-closed', ask: ask.id, how: answer === 'expired' ? 'expired' : 'answered' });
    return answer;
  }

  private take(action: Action, raw: unknown, method: Decision['method']): DecisionAnswer {
    const message = readMessage(raw);
    const claimedBy = message?.by ?? takeSender(method, action) ?? '';
    const consideration: Consideration =
      message === undefined
        ? {
            accepted: false,
            code: 'UNREADABLE',
            why: 'it is not one JSON object with text fields; see the example in the description',
          }
        : considerDecision(action, message, claimedBy, this.context());
    const { ask, target, comment } = message ?? {};
    this.note({
      action,
      atMs: Date.now(),
      claimedBy: claimedBy === '' ? 'unknown' : claimedBy,
      method,
      ...consideration,
      ...(ask === undefined ? {} : { ask }),
      ...(target === undefined ? {} : { target }),
      ...(comment === undefined ? {} : { comment }),
    });
    if (consideration.accepted) this.act(action, message?.target, claimedBy);
    return consideration;
  }

  private takeUnknown(name: string): void {
    const claimedBy = takeSender('signal', name) ?? 'unknown';
    const why = `there is no signal "${name.slice(0, 60)}"; there are: ${actions.join(', ')}`;
    this.note({
      action: 'unknown',
      atMs: Date.now(),
      claimedBy,
      method: 'signal',
      accepted: false,
      code: 'UNKNOWN_ACTION',
      why,
    });
  }

  private note(decision: Decision): void {
    if (!decision.accepted) {
      this.refusals += 1;
      if (this.refusals > recordedRefusals) return;
      if (this.refusals === recordedRefusals) {
        this.record.add({
          kind: 'noticed',
          note: `${recordedRefusals} messages were refused; further ones are answered but not recorded`,
        });
      }
    }
    this.record.add({ kind: 'decided', decision });
  }

  private act(action: Action, target: string | undefined, by: string): void {
    switch (action) {
      case 'approve':
        this.answer = 'approved';
        this.approvedAsk = this.record.progress.ask?.id;
        return;
      case 'reject':
        this.answer = 'rejected';
        this.rejected = true;
        return;
      case 'stop':
        this.stopping = `${by === '' ? 'somebody' : by} said stop`;
        return;
      case 'retry':
        this.retries.push({ unit: retriedUnit(target, this.failedUnits()) ?? '', by });
        this.answer = 'retried';
        return;
      default:
        return nothing(action);
    }
  }

  private failedUnits(): readonly string[] {
    const asked = new Set(this.retries.map(({ unit }) => unit));
    return this.record.progress.units
      .filter(({ id, state }) => state === 'failed' && !asked.has(id))
      .map(({ id }) => id);
  }

  private context(): DecisionContext {
    const { progress } = this.record;
    return {
      closed: progress.phase === 'closed',
      // An ask that was answered in this very task is not open any more, although nobody has woken up yet.
      ask: this.answer === undefined ? progress.ask : undefined,
      approvedAsk: this.approvedAsk,
      dispatched: this.dispatched,
      stopping: this.stopping !== undefined,
      failedUnits: this.failedUnits(),
      verdict: progress.plan?.verdict,
      requester: progress.requester,
      selfApproval: this.selfApproval,
      earlier: progress.decisions,
    };
  }
}

function nothing(_action: never): void {}
