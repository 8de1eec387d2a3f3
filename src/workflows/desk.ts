import { condition, setDefaultSignalHandler, setHandler, uuid4 } from '@temporalio/workflow';
import type { Action, Ask, Decision, DecisionAnswer, DecisionMessage } from '../domain/approval';
import type { Consideration, DecisionContext, Effect, UnitStanding } from '../domain/consideration';
import { considerDecision, readMessage } from '../domain/decide';
import type { OutlineUnit } from '../domain/plan';
import { actionDescriptions, actions, actionSignal, actionUpdate } from './messages';
import type { RollbackRecord } from './record';
import { takeSender } from './sender';
import { Steering } from './steering';
import type { UnitStates } from './unit-states';

/** Refused and repeated messages that are recorded one by one; a flood beyond that is answered and counted. */
const recordedRefusals = 100;

/** How an ask ended; `decided`: what was said about units is with the steering. */
export type Answer = 'approved' | 'rejected' | 'decided' | 'stopped' | 'expired';

/** What an ask is opened with, besides its id and its times. */
export type Question = Omit<Ask, 'id' | 'openedAtMs' | 'expiresAtMs'> & { readonly expiresMs: number };

/** Where people's decisions arrive: every message is read, considered and recorded; none is ever thrown back. */
export class Desk {
  readonly steering: Steering;
  rejected = false;
  dispatched = false;
  selfApproval: DecisionContext['selfApproval'] = 'reversible';
  resumeWithinMs = 0;
  /** Why the bad releases can not be put back, where that was found out. */
  noReinstate: string | undefined;
  private carried: { readonly units: readonly OutlineUnit[]; readonly states: UnitStates } | undefined;
  private answer: Answer | undefined;
  private approvedAsk: string | undefined;
  private asks = 0;
  private heard = 0;
  private unrecorded = 0;

  constructor(private readonly record: RollbackRecord) {
    this.steering = new Steering(record);
  }

  /** Why it stops, when it does. */
  get stopping(): string | undefined {
    return this.steering.stopping;
  }

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
    this.steering.stop('the workflow was cancelled in Temporal');
  }

  /** What is carried out from now on: the units that people may speak about. */
  carry(units: readonly OutlineUnit[], states: UnitStates): void {
    this.carried = { units, states };
  }

  /** Nothing is carried out until another plan is approved: what was said about the one before is over. */
  planAgain(): void {
    const { reinstating } = this.steering;
    this.carried = undefined;
    this.steering.isGoingBack = false;
    this.noReinstate = 'it is planned again, and nothing is carried out now; stop ends it as the map shows';
    if (reinstating === undefined) return;
    this.steering.reinstating = undefined;
    this.record.add({ kind: 'noticed', note: `${reinstating} wanted the bad releases back, but ${this.noReinstate}` });
  }

  /** A plan was approved and is carried out. */
  begin(): void {
    this.dispatched = true;
    this.noReinstate = undefined;
  }

  /** Opens an ask. Its id is drawn from what a reset changes, and only from there on: no answer fits another run or plan. */
  open({ expiresMs, ...question }: Question): Ask {
    this.asks += 1;
    const openedAtMs = Date.now();
    const id = `${uuid4()}:${this.asks}`;
    const ask: Ask = { ...question, id, openedAtMs, expiresAtMs: openedAtMs + expiresMs };
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
    this.heard += 1;
    const { effect, ...said }: Consideration =
      message === undefined
        ? {
            accepted: false,
            code: 'UNREADABLE',
            why: 'it is not one JSON object with text fields; see the example in the description',
          }
        : considerDecision(action, message, claimedBy, this.context());
    const by = claimedBy === '' ? 'unknown' : claimedBy;
    this.note({ action, atMs: Date.now(), claimedBy: by, method, ...said, ...recordedFields(message) });
    if (effect !== undefined) this.act(effect, by, message?.comment ?? '');
    return { ...said, live: liveMap(this.record) };
  }

  private takeUnknown(name: string): void {
    const claimedBy = takeSender('signal', name) ?? 'unknown';
    const why = `there is no signal "${name.slice(0, 60)}"; there are: ${actions.join(', ')}`;
    const code = 'UNKNOWN_ACTION';
    this.heard += 1;
    this.note({ action: 'unknown', atMs: Date.now(), claimedBy, method: 'signal', accepted: false, code, why });
  }

  private note(decision: Decision): void {
    if (decision.code !== 'ACCEPTED') {
      this.unrecorded += 1;
      if (this.unrecorded > recordedRefusals) return;
      if (this.unrecorded === recordedRefusals) {
        const note = `${recordedRefusals} messages changed nothing; further ones are answered but not recorded`;
        this.record.add({ kind: 'noticed', note });
      }
    }
    this.record.add({ kind: 'decided', decision });
  }

  private act(effect: Effect, by: string, reason: string): void {
    const { steering } = this;
    switch (effect.kind) {
      case 'approve':
        this.approvedAsk = this.record.progress.ask?.id;
        this.answer = 'approved';
        return;
      case 'reject':
        this.rejected = this.record.progress.ask?.about === undefined;
        this.answer = 'rejected';
        return;
      case 'stop':
        return steering.stop(`${by} said stop`);
      case 'pause':
        return steering.pause(by, Date.now() + this.resumeWithinMs);
      case 'resume':
        return steering.resume(by);
      case 'reinstate':
        this.answer = 'decided';
        return steering.reinstate(by);
      case 'retry':
      case 'skip':
      case 'continue':
        this.answer = 'decided';
        return steering.say({ ...effect, by, reason });
      default:
        return nothing(effect);
    }
  }

  private context(): DecisionContext {
    const { progress } = this.record;
    const { dispatched, selfApproval, resumeWithinMs, noReinstate, approvedAsk, heard, steering } = this;
    const about = progress.ask?.about === 'reinstate' ? progress.reinstate : progress.plan;
    return {
      closed: progress.phase === 'closed',
      // An ask that was answered in this very task is not open any more, although nobody has woken up yet.
      ask: this.answer === undefined ? progress.ask : undefined,
      approvedAsk,
      dispatched,
      restored: progress.phase === 'confirming' || progress.phase === 'reporting',
      stopping: steering.stopping !== undefined,
      paused: steering.paused !== undefined,
      reinstating: steering.reinstating !== undefined || steering.isGoingBack,
      noReinstate,
      units: this.standing(),
      resumeWithinMs,
      verdict: about?.verdict,
      requester: progress.requester,
      selfApproval,
      earlier: progress.decisions,
      heard,
    };
  }

  private standing(): readonly UnitStanding[] {
    const { units, states } = this.carried ?? { units: [], states: new Map() };
    return units.map(({ id, after, steps }) => ({
      id,
      after,
      state: states.get(id) ?? 'waiting',
      steps: steps.map((step) => step.id),
    }));
  }
}

function recordedFields(message: DecisionMessage | undefined) {
  const { ask, target, choice, comment } = message ?? {};
  return {
    ...(ask === undefined ? {} : { ask }),
    ...(target === undefined ? {} : { target }),
    ...(choice === undefined ? {} : { choice }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function liveMap({ progress }: RollbackRecord): DecisionAnswer['live'] {
  return Object.fromEntries(progress.live.map(({ component, version }) => [component, version]));
}

function nothing(_effect: never): void {}
