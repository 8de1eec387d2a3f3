import type { SurveyResult } from '../../src/activities/answers';
import type {
  Lastgood,
  RollbackFile,
  RollbackRun,
  RollbackWish,
  StartedRollback,
  StartOptions,
} from '../../src/client';
import type { Action, DecisionAnswer, DecisionMessage } from '../../src/domain/approval';
import type { AuditVerdict, Finding } from '../../src/domain/custody';
import { LastgoodError } from '../../src/domain/errors';
import type { RollbackRow } from '../../src/domain/inventory';
import type { Plan } from '../../src/domain/plan';
import { progressOf } from '../../src/domain/fold-progress';
import type { Progress } from '../../src/domain/progress';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import type { Deployment, GateAnswer, ReleaseManifest } from '../../src/domain/release';
import type { WritesState } from '../../src/domain/writes-state';
import type { RollbackResult } from '../../src/workflows/messages';

type Word = Parameters<Lastgood['mark']>[0];

/** One call of a fake, by name, with what it was handed. */
export interface Call {
  readonly name: keyof Lastgood;
  readonly handed: readonly unknown[];
}

/**
 * A client without servers. It plays one rollback, event by event, and stops at each question until somebody decides;
 * it remembers every call, and fails those that a test wants to fail.
 */
export class FakeLastgood implements Lastgood {
  readonly identity = 'ana@laptop';
  readonly calls: Call[] = [];
  /** Faults that the next calls of a name end with, one each. */
  readonly faults = new Map<keyof Lastgood, unknown[]>();
  readonly run1: RollbackRun = { workflowId: 'rollback/production/INC-381', runId: 'run-1' };
  attached: Pick<StartedRollback, 'attached' | 'ended'> = { attached: false, ended: false };
  answer: DecisionAnswer = {
    accepted: true,
    code: 'ACCEPTED',
    why: 'the plan is carried out',
    live: { payments: '2.1.0', orders: '3.1.0' },
  };
  /** Somebody else decides at this look at the events. */
  decidedElsewhereAt: number | undefined;
  /** A workflow that ends without ever being in the inventory. */
  unopened: RollbackResult | undefined;
  /** Called at each look at the events. */
  onLook: (look: number) => void = () => undefined;
  deployments: readonly Deployment[] = [];
  survey: SurveyResult = { imported: [], warnings: [] };
  gateAnswer: GateAnswer = { promotable: true, reasons: [] };
  strangers: string | undefined;
  writesState: WritesState = { rollbacks: [] };
  findings: readonly Finding[] = [];
  auditVerdict: AuditVerdict = { whole: true, entries: 3, head: 'abc' };
  names: readonly string[] = ['orders', 'payments'];
  /** The plan that was shown before. */
  earlier: Plan | undefined;
  rows: readonly RollbackRow[] | undefined;
  /** Events that become known from one look to the next. */
  portion = Number.POSITIVE_INFINITY;
  private shown = 0;
  private looks = 0;
  private decided = 0;
  private end: (result: RollbackResult) => void = () => undefined;

  constructor(
    private readonly story: readonly RollbackEvent[] = [],
    public plan?: Plan,
  ) {}

  beginRelease(manifest: ReleaseManifest): Promise<SurveyResult> {
    return this.called('beginRelease', [manifest], this.survey);
  }

  finishRelease(...handed: Parameters<Lastgood['finishRelease']>): Promise<SurveyResult> {
    return this.called('finishRelease', handed, this.survey);
  }

  importReleases(...handed: Parameters<Lastgood['importReleases']>): Promise<SurveyResult> {
    return this.called('importReleases', handed, this.survey);
  }

  gate(...handed: Parameters<Lastgood['gate']>): Promise<GateAnswer> {
    return this.called('gate', handed, this.gateAnswer);
  }

  mark(word: Word): Promise<readonly string[]> {
    return this.called('mark', [word], ['sha256:1']);
  }

  lift(word: Word): Promise<readonly string[]> {
    return this.called('lift', [word], ['sha256:1']);
  }

  async hold(...handed: Parameters<Lastgood['hold']>): Promise<void> {
    await this.called('hold', handed, undefined);
  }

  liftHold(...handed: Parameters<Lastgood['liftHold']>): Promise<boolean> {
    return this.called(
      'liftHold',
      handed,
      this.calls.some(({ name }) => name === 'hold'),
    );
  }

  holds(environment: string): Promise<readonly never[]> {
    return this.called('holds', [environment], []);
  }

  recentDeployments(...handed: Parameters<Lastgood['recentDeployments']>): Promise<readonly Deployment[]> {
    return this.called('recentDeployments', handed, this.deployments);
  }

  components(environment: string): Promise<readonly string[]> {
    return this.called('components', [environment], this.names);
  }

  stranger(...handed: Parameters<Lastgood['stranger']>): Promise<string | undefined> {
    return this.called('stranger', handed, this.strangers);
  }

  writes(): Promise<WritesState> {
    return this.called('writes', [], this.writesState);
  }

  freezeWrites(reason: string): Promise<WritesState> {
    this.writesState = { ...this.writesState, freeze: { by: this.identity, reason, sinceMs: 1 } };
    return this.called('freezeWrites', [reason], this.writesState);
  }

  thawWrites(reason: string): Promise<WritesState> {
    this.writesState = { rollbacks: this.writesState.rollbacks };
    return this.called('thawWrites', [reason], this.writesState);
  }

  diagnose(options: { readonly fix?: boolean }): Promise<readonly Finding[]> {
    const fixed = options.fix === true;
    return this.called(
      'diagnose',
      [options],
      this.findings.map((one) => ({ ...one, fixed })),
    );
  }

  continueRollback(name: string): Promise<StartedRollback> {
    return this.called('continueRollback', [name], { ...this.run1, attached: false, ended: false });
  }

  verifyAudit(): Promise<AuditVerdict> {
    return this.called('verifyAudit', [], this.auditVerdict);
  }

  async planRollback(wish: Omit<RollbackWish, 'dryRun'>): Promise<RollbackFile> {
    await this.called('planRollback', [wish], undefined);
    this.shown = this.story.length;
    return this.fileNow();
  }

  startRollback(wish: RollbackWish, options: StartOptions = {}): Promise<StartedRollback> {
    return this.called('startRollback', [wish, options], { ...this.run1, ...this.attached });
  }

  async decide(name: string, action: Action, message: Omit<DecisionMessage, 'by'>): Promise<DecisionAnswer> {
    await this.called('decide', [name, action, message], undefined);
    if (this.answer.accepted) this.decided += 1;
    return this.answer;
  }

  async status(name: string): Promise<Progress> {
    await this.called('status', [name], undefined);
    this.showMore();
    return this.progress;
  }

  async result(run: string | RollbackRun, signal?: AbortSignal): Promise<RollbackResult> {
    await this.called('result', [run], undefined);
    if (this.unopened !== undefined) return this.unopened;
    return new Promise((resolve, reject) => {
      this.end = resolve;
      signal?.addEventListener('abort', () => reject(new Error('nobody waits any more')));
    });
  }

  run(name: string): Promise<RollbackRun> {
    return this.called('run', [name], this.run1);
  }

  async file(name: string): Promise<RollbackFile> {
    await this.called('file', [name], undefined);
    this.showMore();
    return this.fileNow();
  }

  planOf(progress: Progress): Promise<Plan | undefined> {
    return this.called('planOf', [progress.plan?.ref], this.plan);
  }

  async planBefore(row: RollbackRow): Promise<{ readonly plan: Plan; readonly progress: Progress } | undefined> {
    await this.called('planBefore', [row], undefined);
    return this.earlier === undefined ? undefined : { plan: this.earlier, progress: this.progress };
  }

  async events(run: RollbackRun, afterSeq: number): Promise<readonly RollbackEvent[]> {
    await this.called('events', [run, afterSeq], undefined);
    this.looks += 1;
    this.onLook(this.looks);
    this.showMore();
    const { outcome, why = '', rollback } = this.progress;
    if (outcome !== undefined) this.end({ rollback, outcome, why, live: {} });
    return this.story.slice(0, this.shown).filter(({ seq }) => seq > afterSeq);
  }

  list(filter: Parameters<Lastgood['list']>[0]): Promise<readonly RollbackRow[]> {
    return this.called('list', [filter], this.rows ?? [this.row]);
  }

  async records(filter: Parameters<Lastgood['records']>[0]) {
    await this.called('records', [filter], undefined);
    this.shown = this.story.length;
    return (this.rows ?? [this.row]).map((row) => ({ row, progress: this.progress }));
  }

  close(): Promise<void> {
    return this.called('close', [], undefined);
  }

  /** What the calls of one name were handed. */
  handedTo(name: keyof Lastgood): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map(({ handed }) => handed);
  }

  private async called<Answer>(name: keyof Lastgood, handed: readonly unknown[], answer: Answer): Promise<Answer> {
    this.calls.push({ name, handed });
    const fault = this.faults.get(name)?.shift();
    if (fault !== undefined) throw fault;
    return Promise.resolve(answer);
  }

  /** Up to the next question that nobody has decided. */
  private showMore(): void {
    if (this.looks === this.decidedElsewhereAt) this.decided += 1;
    const questions = this.story.filter(({ kind }) => kind === 'asked');
    const open = questions[this.decided];
    const known = open === undefined ? this.story.length : this.story.indexOf(open) + 1;
    this.shown = Math.min(known, this.shown + this.portion);
  }

  private get progress(): Progress {
    return progressOf(this.story.slice(0, this.shown));
  }

  private get row(): RollbackRow {
    const { rollback, environment, components, reason, requester, phase, outcome, decisions } = this.progress;
    const names = { ...this.run1, rollback, key: 'INC-381', environment, components, reason, requester };
    const state = { phase, decisions, ...(outcome === undefined ? {} : { outcome }) };
    return { ...names, ...state, requestIdentity: '[]', openedAtMs: this.story[0]?.atMs ?? 0 };
  }

  private fileNow(): RollbackFile {
    if (this.story.length === 0) throw new LastgoodError('UNKNOWN_ROLLBACK', { what: 'there is no such rollback' });
    const file = { row: this.row, progress: this.progress, events: this.story.slice(0, this.shown), journal: [] };
    return this.plan === undefined ? file : { ...file, plan: this.plan };
  }
}
