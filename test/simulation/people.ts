import type { Ask } from '../../src/domain/approval';
import type { Progress } from '../../src/domain/progress';
import type { Random } from './random';
import type { Answer, Message, Scenario } from './scenario';
import type { Said } from './story';
import type { Run, TemporalStandIn } from './temporal-stand-in';
import { world, type VirtualTime } from './virtual-time';

/** What people need of the stage. */
interface Hands {
  tell(text: string): void;
  asked(nth: number): void;
  workflows(): readonly string[];
}

/** Everybody who says something to a rollback: who answers what it asks, and who sends what nobody asked for. */
export class People {
  /** What was approved, as those remember it who approved it. */
  readonly approvals: Said[] = [];
  /** What a person saw who looked at the wrong moment. */
  readonly unanswered: string[] = [];
  /** The plan that each workflow showed last. */
  readonly plans = new Map<string, string>();
  private readonly asks = new Map<string, Ask[]>();
  private answered = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly timing: Random,
    private readonly scenario: Scenario,
    private readonly server: TemporalStandIn,
    private readonly hands: Hands,
  ) {}

  send(message: Message): void {
    const names = this.hands.workflows();
    const run = this.server.latest(names[message.to % Math.max(1, names.length)] ?? '');
    if (run === undefined) return;
    this.hands.tell(
      `${message.by} sends ${message.name} (${message.body}) to ${run.workflowId}, ${message.times} times`,
    );
    if (message.name === 'terminate') return this.server.terminate(run);
    if (message.name === 'cancel') return this.server.deliver(run, { kind: 'cancel' });
    const body = this.bodyOf(message, run);
    for (let time = 0; time < message.times; time += 1) this.say(run, message.name, body, message.by, message.via);
  }

  private say(run: Run, name: string, body: unknown, identity: string, kind: 'signal' | 'update' = 'signal'): void {
    const { ask, planDigest, choice } = (body ?? {}) as Readonly<Record<string, string | undefined>>;
    const isYes = name === 'approve' || (name === 'decide' && choice === 'approve');
    if (isYes && ask !== undefined && planDigest !== undefined)
      this.approvals.push({ atMs: this.time.nowMs, workflowId: run.workflowId, ask, planDigest });
    this.server.deliver(run, { kind, name, args: body === undefined ? [] : [body], identity });
  }

  private bodyOf({ body, name }: Message, run: Run): unknown {
    const asks = this.asks.get(run.workflowId) ?? [];
    const ask = body === 'old ask' ? asks[0] : asks.at(-1);
    const unit = this.timing.pick(this.scenario.components).name;
    switch (body) {
      case 'nothing':
        return undefined;
      case 'nonsense':
        return this.timing.pick<unknown>(['yes', 42, [], { comment: 7 }, { lastgoodUnreadable: true }]);
      case 'reason':
        return { comment: 'a reason' };
      case 'open ask':
      case 'old ask': {
        const choice = ask?.choices[0];
        const picked =
          choice === undefined
            ? {}
            : { choice: `${choice.action}${choice.target === undefined ? '' : ` ${choice.target}`}` };
        return {
          comment: 'a reason',
          ...(ask === undefined ? {} : { ask: ask.id, planDigest: ask.planDigest }),
          ...(name === 'decide' ? picked : {}),
        };
      }
      case 'a unit':
        return { comment: 'a reason', target: unit };
      default:
        return body;
    }
  }

  /** After each activation: the record is asked for, as a person would, and an open ask is answered in a while. */
  look(run: Run): void {
    const progress = run.stand.query('status') as Progress | undefined;
    if (progress === undefined) {
      this.unanswered.push(`${run.workflowId} did not answer the query status`);
      return;
    }
    const { ask, plan } = progress;
    if (plan !== undefined) this.plans.set(run.workflowId, plan.ref);
    const known = this.asks.get(run.workflowId) ?? [];
    if (ask === undefined || known.some(({ id }) => id === ask.id)) return;
    this.asks.set(run.workflowId, [...known, ask]);
    const answer = this.scenario.answers[this.answered];
    this.answered += 1;
    this.hands.asked(this.answered);
    this.hands.tell(`${run.workflowId} asks: ${ask.question}`);
    const reply = (to: Answer): void => this.reply(this.server.latest(run.workflowId) ?? run, ask, to, known);
    if (answer !== undefined) this.time.after(answer.afterMs, world, () => reply(answer));
  }

  private reply(run: Run, ask: Ask, { what }: Answer, earlier: readonly Ask[]): void {
    const { id, planDigest } = ask;
    const yes = { ask: id, planDigest, comment: 'go' };
    this.hands.tell(`ben answers ${ask.kind}: ${what}`);
    if (what === 'silence') return;
    if (what === 'stop') return this.say(run, 'stop', { comment: 'enough' }, 'ben');
    if (ask.kind === 'decision') return this.choose(run, ask, what);
    if (what === 'wrong ask') return this.say(run, 'approve', { ...yes, ask: 'run-0:1' }, 'ben');
    if (what === 'wrong digest' || what === 'wrong digest first')
      this.say(run, 'approve', { ...yes, planDigest: 'sha256:another' }, 'ben');
    if (what === 'wrong digest') return;
    if (what === 'old ask first' && earlier[0] !== undefined)
      this.say(run, 'approve', { ...yes, ask: earlier[0].id, planDigest: earlier[0].planDigest }, 'ben');
    if (what === 'reject') return this.say(run, 'reject', yes, 'ben');
    this.say(run, 'approve', yes, 'ben', what === 'agree twice' ? 'update' : 'signal');
    if (what === 'agree twice') this.say(run, 'approve', yes, 'ben');
    if (what === 'reject after approving') this.say(run, 'reject', yes, 'ben');
  }

  private choose(run: Run, ask: Ask, what: Answer['what']): void {
    const wanted =
      ask.choices.find(({ action }) => action === what) ?? ask.choices.find(({ action }) => action === 'retry');
    if (wanted === undefined) return this.say(run, 'stop', {}, 'ben');
    const { action, target } = wanted;
    const choice = target === undefined ? action : `${action} ${target}`;
    this.say(run, 'decide', { ask: ask.id, choice, comment: 'a reason' }, 'ben');
  }
}
