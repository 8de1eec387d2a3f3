import { ActivityTask, wire, type OpenCommand, type TaskServer, type Worker } from './activity-task';
import type { Random } from './random';
import { world, type Happening, type Owner, type VirtualTime } from './virtual-time';
import { ContinueAsNew, type Command, type Job, type RunInfo, type WorkflowStandIn } from './workflow-stand-in';

/** One activation, for a replay: what came in, when, and what the workflow asked for then. */
interface Activation {
  readonly atMs: number;
  readonly jobs: readonly Job[];
  readonly commandsBefore: number;
}

/** One workflow run. */
export class Run implements Owner {
  readonly name: string;
  readonly activations: Activation[] = [];
  closed:
    | {
        readonly how: 'completed' | 'failed' | 'terminated' | 'continued';
        readonly atMs: number;
        readonly result: unknown;
      }
    | undefined;
  inbox: Job[] = [];
  isScheduled = false;
  taken = 0;
  readonly open = new Map<number, OpenCommand>();

  constructor(
    readonly workflowId: string,
    readonly runId: string,
    readonly stand: WorkflowStandIn,
  ) {
    this.name = `workflow ${workflowId}`;
  }
}

/** What the stand-in tells: the timeline, and every point where a person could look. */
export interface Ears {
  tell(text: string): void;
  activated(run: Run): void;
}

/**
 * A stand-in for the Temporal server and its workers: activities with retries, heartbeat and start-to-close timeouts,
 * timers, signals. Attempts that it gives up are not ended: their process goes on with them, late, until it is told.
 */
export class TemporalStandIn implements TaskServer {
  readonly runs: Run[] = [];
  workers: Worker[] = [];
  private started = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly timing: Random,
    private readonly makeStand: (info: RunInfo) => WorkflowStandIn,
    private readonly ears: Ears,
  ) {}

  start(workflowId: string, workflow: string, input: unknown): Run {
    this.started += 1;
    const runId = `run-${this.started}`;
    const run = new Run(workflowId, runId, this.makeStand({ workflowId, runId, originalExecutionRunId: runId }));
    this.runs.push(run);
    this.deliver(run, { kind: 'start', workflow, input });
    return run;
  }

  /** Puts a job before the workflow; it is taken up together with whatever else has come by then. */
  deliver(run: Run, job: Job): void {
    if (run.closed !== undefined) return;
    run.inbox.push(job);
    if (run.isScheduled) return;
    run.isScheduled = true;
    const ms = this.timing.chance(0.02) ? this.timing.between(500, 4_000) : 1 + 2 * this.timing.next();
    this.time.after(
      ms,
      run,
      () => this.activate(run),
      () => this.settle(run),
    );
  }

  /** The newest run of a workflow. */
  latest(workflowId: string): Run | undefined {
    return this.runs.findLast((run) => run.workflowId === workflowId);
  }

  terminate(run: Run): void {
    if (run.closed !== undefined) return;
    this.close(run, 'terminated', undefined);
  }

  isOpen(workflowId: string, runId: string): boolean {
    const run = this.runs.find((one) => one.workflowId === workflowId && one.runId === runId);
    // As the worker asks: what goes on in a fresh run has not told the inventory yet.
    const newest = run?.closed?.how === 'continued' ? this.latest(workflowId) : run;
    return newest !== undefined && newest.closed === undefined;
  }

  private activate(run: Run): void {
    run.isScheduled = false;
    if (run.closed !== undefined) return;
    const jobs = inSdkOrder(run.inbox);
    run.inbox = [];
    run.activations.push({ atMs: this.time.now(), jobs, commandsBefore: run.stand.commands.length });
    for (const job of jobs) run.stand.take(job);
  }

  /** True while there is more to do in this activation; then what was asked for is carried out. */
  private settle(run: Run): boolean {
    if (run.closed !== undefined) return false;
    if (run.stand.unblock()) return true;
    const { commands } = run.stand;
    while (run.taken < commands.length) {
      this.obey(run, commands[run.taken]!);
      run.taken += 1;
    }
    this.ears.activated(run);
    return false;
  }

  private obey(run: Run, command: Command): void {
    switch (command.kind) {
      case 'activity':
        return this.schedule(run, command);
      case 'timer': {
        const timer = this.time.after(command.ms, world, () => this.deliver(run, { kind: 'fired', seq: command.seq }));
        run.open.set(command.seq, { isOver: false, timers: [timer], attempt: undefined });
        return;
      }
      case 'cancel':
        return this.end(run, command.seq);
      case 'attributes':
        return;
      case 'closed':
        if (command.failure instanceof ContinueAsNew) return this.goOn(run, command.failure);
        return this.close(
          run,
          command.failure === undefined ? 'completed' : 'failed',
          command.result ?? command.failure,
        );
      default:
        return command;
    }
  }

  /** What had come and was not taken up yet reaches the fresh run. */
  private goOn(run: Run, { input }: ContinueAsNew): void {
    const left = run.inbox;
    this.close(run, 'continued', undefined);
    const next = this.start(run.workflowId, 'rollback', wire(input));
    for (const job of left) if (job.kind === 'signal') this.deliver(next, job);
  }

  private close(run: Run, how: 'completed' | 'failed' | 'terminated' | 'continued', result: unknown): void {
    run.closed = { how, atMs: this.time.nowMs, result };
    for (const seq of run.open.keys()) this.end(run, seq);
    this.ears.tell(`${run.workflowId} ${how}`);
  }

  private end(run: Run, seq: number): void {
    const open = run.open.get(seq);
    if (open === undefined) return;
    open.isOver = true;
    for (const timer of open.timers) timer.isCancelled = true;
    if (open.attempt !== undefined) open.attempt.isGivenUp = true;
    run.open.delete(seq);
  }

  private schedule(run: Run, command: Extract<Command, { kind: 'activity' }>): void {
    const open: OpenCommand = { isOver: false, timers: [] as Happening[], attempt: undefined };
    run.open.set(command.seq, open);
    const tell = (text: string): void => this.ears.tell(text);
    new ActivityTask(this.time, this.timing, this, run, command, open, tell).start();
  }

  /** The server's answer to an activity. */
  answer(to: Pick<Run, 'runId'>, seq: number, job: Job): void {
    const run = this.runs.find(({ runId }) => runId === to.runId);
    if (run === undefined) return;
    this.end(run, seq);
    this.deliver(run, job);
  }
}

/** As the SDK hands them over: signals, updates and the cancellation before what the server resolved. */
function inSdkOrder(jobs: readonly Job[]): readonly Job[] {
  const isMessage = ({ kind }: Job): boolean => kind === 'signal' || kind === 'update';
  // Messages that came before the first task find their handlers: the SDK keeps them until there are some.
  const starts = jobs.filter(({ kind }) => kind === 'start');
  const rest = jobs.filter(({ kind }) => kind !== 'start');
  return [...starts, ...rest.filter(isMessage), ...rest.filter((job) => !isMessage(job))];
}
