import type { Lastgood } from '../client';
import type { Ask, Choice, DecisionAnswer } from '../domain/approval';
import { choiceName } from '../domain/decide';
import type { Progress } from '../domain/progress';
import { isMeant } from './consent';
import { askScreen, screenOf } from './screens';
import type { Cli } from './session';
import type { Terminal } from './terminal';
import type { Watcher } from './watch';

/** Who answers while a rollback is watched: `yes` approves as yourself, a person is asked, a program leaves it to others. */
export interface AskSettings {
  readonly lastgood: Lastgood;
  readonly terminal: Terminal;
  readonly yes: boolean;
  readonly interrupted: AbortSignal;
}

/** Meets every ask of a rollback once. A question to a person ends by itself when somebody decides elsewhere. */
export class Asks implements Watcher {
  private readonly met = new Set<string>();
  private question:
    { readonly ask: string; readonly elsewhere: AbortController; readonly over: Promise<void> } | undefined;
  private fault: { readonly thrown: unknown } | undefined;

  constructor(
    private readonly cli: Cli,
    private readonly settings: AskSettings,
  ) {}

  get isAsking(): boolean {
    return this.question !== undefined;
  }

  async look(progress: Progress): Promise<boolean> {
    if (this.fault !== undefined) throw this.fault.thrown;
    const { ask } = progress;
    if (this.question !== undefined && this.question.ask !== ask?.id) this.question.elsewhere.abort();
    if (ask === undefined || this.question !== undefined || this.met.has(ask.id)) return false;
    this.met.add(ask.id);
    return this.meet(progress, ask);
  }

  async close(): Promise<void> {
    this.question?.elsewhere.abort();
    await this.question?.over;
  }

  private async meet(progress: Progress, ask: Ask): Promise<boolean> {
    const { terminal, lastgood, yes } = this.settings;
    const { interactive } = terminal;
    const isPlan = ask.kind === 'approval' && ask.about === undefined;
    if (ask.kind === 'approval') terminal.say(await askScreen(this.cli, lastgood, progress, ask));
    // `--yes` meant the plan, never putting the bad releases back.
    if (isPlan && yes && (await this.approved(progress, ask))) return false;
    if (interactive && (!isPlan || !yes)) this.pose(progress, ask);
    else if (!interactive) terminal.say(this.waitingText(progress, ask));
    return !interactive;
  }

  private waitingText(progress: Progress, ask: Ask): string {
    if (ask.kind === 'decision') return screenOf(this.cli, this.settings.terminal, progress);
    const { rollback } = progress;
    return `it waits for a human:  lastgood approve ${rollback}  or:  lastgood reject ${rollback}`;
  }

  private async approved({ rollback }: Progress, { id, planDigest }: Ask): Promise<boolean> {
    const { lastgood, terminal } = this.settings;
    const answer = await lastgood.decide(rollback, 'approve', { ask: id, planDigest, comment: '--yes' });
    terminal.hint(answer.accepted ? `approved as ${lastgood.identity} (--yes)` : notCounted(answer));
    return answer.accepted;
  }

  /** In the background, so that the watch goes on and sees when somebody else decides. */
  private pose(progress: Progress, ask: Ask): void {
    const elsewhere = new AbortController();
    const signal = AbortSignal.any([elsewhere.signal, this.settings.interrupted]);
    const answered =
      ask.kind === 'approval' ? this.askApproval(progress, ask, signal) : this.askChoice(progress, ask, signal);
    const over = answered
      .catch((thrown: unknown) => void (this.fault = { thrown }))
      .finally(() => (this.question = undefined));
    this.question = { ask: ask.id, elsewhere, over };
  }

  private async askApproval(progress: Progress, ask: Ask, signal: AbortSignal): Promise<void> {
    const { rollback, components } = progress;
    const { id, planDigest } = ask;
    const isBack = ask.about === 'reinstate';
    const typed = await this.typed(
      isBack
        ? `put the bad release back? [${components[0] ?? ''} = yes, no = reject, Enter = leave it waiting] `
        : 'approve this plan? [yes, no = reject, Enter = leave it waiting] ',
      (word) => (isBack && isMeant(word, 'approve', ask, progress) ? 'approve' : answerOf(word, isBack)),
      signal,
    );
    if (typed === undefined) return;
    if (typed === 'leave')
      return this.settings.terminal.hint(`left waiting; decide later:  lastgood approve ${rollback}`);
    const answer = await this.settings.lastgood.decide(rollback, typed, { ask: id, planDigest });
    this.settings.terminal.hint(answer.accepted ? answer.why : notCounted(answer));
  }

  private async askChoice(progress: Progress, { id, choices }: Ask, signal: AbortSignal): Promise<void> {
    const { terminal, lastgood } = this.settings;
    terminal.redraw(screenOf(this.cli, terminal, progress));
    terminal.keep();
    const offered = choices.map((choice, at) => `${at + 1} = ${choiceName(choice)}`).join(', ');
    const pick = (word: string): Choice | 'leave' | undefined =>
      word === '' ? 'leave' : choices.find((choice, at) => word === String(at + 1) || word === choiceName(choice));
    const typed = await this.typed(`what now? [${offered}, Enter = leave it waiting] `, pick, signal);
    if (typed === undefined) return;
    if (typed === 'leave') return terminal.hint('left waiting; the commands are on the screen');
    const comment = typed.action === 'skip' ? await this.typed('why? ', (word) => word || undefined, signal) : '';
    if (comment === undefined) return;
    const said = { ask: id, choice: choiceName(typed), ...(comment === '' ? {} : { comment }) };
    const answer = await lastgood.decide(progress.rollback, 'decide', said);
    terminal.hint(answer.accepted ? answer.why : notCounted(answer));
  }

  /** Asks until what is typed means something; undefined when nobody needs the answer any more. */
  private async typed<Meaning>(
    question: string,
    meaning: (word: string) => Meaning | undefined,
    signal: AbortSignal,
  ): Promise<Meaning | undefined> {
    const { terminal, interrupted } = this.settings;
    for (;;) {
      const line = await terminal.ask(question, signal);
      if (line === undefined && signal.aborted && !interrupted.aborted) terminal.hint('decided elsewhere');
      if (signal.aborted) return undefined;
      const meant = meaning((line ?? '').trim());
      if (meant !== undefined) return meant;
    }
  }
}

const approvalWords = new Map<string, 'approve' | 'reject' | 'leave'>([
  ['', 'leave'],
  ['y', 'approve'],
  ['yes', 'approve'],
  ['n', 'reject'],
  ['no', 'reject'],
]);

/** A bad release is put back by its name, never by a plain yes. */
function answerOf(word: string, isBack: boolean): 'approve' | 'reject' | 'leave' | undefined {
  const answer = approvalWords.get(word.toLowerCase());
  return isBack && answer === 'approve' ? undefined : answer;
}

function notCounted({ why, code }: DecisionAnswer): string {
  return `that did not count (${code}): ${why}`;
}
