import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import type { ActivityOptions } from './activity-options';
import type { Random } from './random';
import { world, type Happening, type Owner, type Process, type VirtualTime } from './virtual-time';
import type { Command, Job } from './workflow-stand-in';

type Activities = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

/** A worker process with the activities that it serves. */
export interface Worker extends Process {
  readonly activities: Activities;
}

/** One attempt of one activity: whose code runs when it runs, and what its context knows. */
export interface Attempt extends Owner {
  readonly process: Worker;
  readonly activity: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly number: number;
  readonly context: object;
  /** The server has given it up: whatever it still does comes late. */
  isGivenUp: boolean;
}

/** A command that the server has not answered yet. */
export interface OpenCommand {
  isOver: boolean;
  readonly timers: Happening[];
  attempt: Attempt | undefined;
}

/** What an activity needs of the server: who could run it, and whom to tell how it ended. */
export interface TaskServer {
  readonly workers: readonly Worker[];
  answer(run: { readonly runId: string }, seq: number, job: Job): void;
}

/** One activity as the server keeps it: its attempts, one after the other. */
export class ActivityTask {
  private number = 0;
  private readonly begunMs: number;
  private details: unknown;

  constructor(
    private readonly time: VirtualTime,
    private readonly timing: Random,
    private readonly server: TaskServer,
    private readonly run: { readonly workflowId: string; readonly runId: string },
    private readonly command: Extract<Command, { kind: 'activity' }>,
    private readonly open: OpenCommand,
    private readonly tell: (text: string) => void,
  ) {
    this.begunMs = time.nowMs;
  }

  start(afterMs = 1 + 2 * this.timing.next()): void {
    const { scheduleToCloseMs } = this.options;
    if (this.number === 0 && scheduleToCloseMs !== undefined)
      this.later(scheduleToCloseMs, () => this.fail(timedOut('schedule to close', TimeoutType.SCHEDULE_TO_CLOSE)));
    this.later(afterMs, () => this.hand());
  }

  private get options(): ActivityOptions {
    return this.command.options;
  }

  private later(ms: number, run: () => void): void {
    this.open.timers.push(this.time.after(ms, world, () => this.open.isOver || run()));
  }

  /** Hands an attempt to one of the workers; waits while there is none. */
  private hand(): void {
    const alive = this.server.workers.filter(({ isDead }) => !isDead);
    if (alive.length === 0) return this.later(500, () => this.hand());
    this.number += 1;
    const attempt = this.attemptOn(this.timing.pick(alive));
    this.open.attempt = attempt;
    this.later(this.options.startToCloseMs, () =>
      this.giveUp(attempt, timedOut('start to close', TimeoutType.START_TO_CLOSE)),
    );
    this.time.after(0.1, attempt, () => this.execute(attempt));
  }

  private execute(attempt: Attempt): void {
    const { activities } = attempt.process;
    const run = activities[this.command.name];
    if (run === undefined) throw new Error(`no worker serves the activity ${this.command.name}`);
    const answer = (job: () => void): void => {
      this.time.after(0.5 + this.timing.next(), world, () => {
        if (attempt.process.isDead || attempt.isGivenUp || this.open.isOver) return;
        job();
      });
    };
    run(attempt.input).then(
      (value) =>
        answer(() =>
          this.server.answer(this.run, this.command.seq, {
            kind: 'resolved',
            seq: this.command.seq,
            value: wire(value),
          }),
        ),
      (failure: unknown) => answer(() => this.giveUp(attempt, failure)),
    );
  }

  private attemptOn(process: Worker): Attempt {
    const { name, options, input } = this.command;
    const controller = new AbortController();
    let beatMs = this.time.nowMs;
    const attempt: Attempt = {
      name: `${name} ${this.number} on ${process.name}`,
      process,
      activity: name,
      workflowId: this.run.workflowId,
      runId: this.run.runId,
      input: JSON.parse(input) as Attempt['input'],
      number: this.number,
      isGivenUp: false,
      context: {
        info: {
          heartbeatTimeoutMs: options.heartbeatMs,
          startToCloseTimeoutMs: options.startToCloseMs,
          attempt: this.number,
          heartbeatDetails: this.details,
        },
        cancellationSignal: controller.signal,
        heartbeat: (details: unknown) => {
          if (!attempt.isGivenUp) {
            beatMs = this.time.nowMs;
            this.details = details ?? undefined;
            return;
          }
          if (!controller.signal.aborted)
            this.time.after(1, attempt, () => controller.abort(new CancelledFailure('given up')));
        },
      },
    };
    const watch = (): void => {
      if (options.heartbeatMs === undefined) return;
      const left = beatMs + options.heartbeatMs - this.time.nowMs;
      if (left <= 0) return this.giveUp(attempt, timedOut('heartbeat', TimeoutType.HEARTBEAT));
      this.later(left, () => attempt.isGivenUp || watch());
    };
    watch();
    return attempt;
  }

  /** The attempt failed, or says nothing any more: again, or never. */
  private giveUp(attempt: Attempt, failure: unknown): void {
    if (attempt.isGivenUp || this.open.isOver) return;
    attempt.isGivenUp = true;
    const { retry } = this.options;
    const says = failure instanceof ApplicationFailure ? failure : undefined;
    this.tell(`${attempt.name} of ${this.run.workflowId} failed: ${String(failure).split('\n')[0] ?? ''}`);
    if (says?.nonRetryable === true || this.number >= retry.attempts) return this.fail(failure);
    const backOff = Math.min(retry.mostMs, retry.firstMs * retry.factor ** (this.number - 1));
    const wanted = says?.nextRetryDelay === undefined || says.nextRetryDelay === null ? backOff : 1_000;
    const { scheduleToCloseMs } = this.options;
    if (scheduleToCloseMs !== undefined && this.time.nowMs + wanted > this.begunMs + scheduleToCloseMs)
      return this.fail(failure);
    this.later(wanted, () => this.hand());
  }

  private fail(failure: unknown): void {
    const { seq, name } = this.command;
    const cause = failure instanceof Error ? failure : new Error(String(failure));
    const wrapped = new ActivityFailure(
      'the activity failed',
      name,
      '',
      RetryState.MAXIMUM_ATTEMPTS_REACHED,
      'x',
      cause,
    );
    this.server.answer(this.run, seq, { kind: 'failed', seq, failure: wrapped });
  }
}

/** What JSON makes of it, as in a payload. */
export function wire(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function timedOut(what: string, type: TimeoutType): TimeoutFailure {
  return new TimeoutFailure(`activity ${what} timeout`, undefined, type);
}
