import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { readOptions, type ActivityOptions } from './activity-options';

/** What a workflow throws to go on in a fresh run. */
export class ContinueAsNew extends Error {
  constructor(readonly input: unknown) {
    super('it goes on in a fresh run');
  }
}

/** What reaches a workflow, as the history would hold it. */
export type Job =
  | { readonly kind: 'start'; readonly workflow: string; readonly input: unknown }
  | { readonly kind: 'resolved'; readonly seq: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly seq: number; readonly failure: unknown }
  | { readonly kind: 'fired'; readonly seq: number }
  | { readonly kind: 'signal'; readonly name: string; readonly args: readonly unknown[]; readonly identity: string }
  | { readonly kind: 'update'; readonly name: string; readonly args: readonly unknown[]; readonly identity: string }
  | { readonly kind: 'cancel' };

/** What a workflow asks of the server. */
export type Command =
  | {
      readonly kind: 'activity';
      readonly seq: number;
      readonly name: string;
      readonly input: string;
      readonly options: ActivityOptions;
    }
  | { readonly kind: 'timer'; readonly seq: number; readonly ms: number }
  | { readonly kind: 'cancel'; readonly seq: number }
  | { readonly kind: 'attributes'; readonly text: string }
  | { readonly kind: 'closed'; readonly result: unknown; readonly failure: unknown };

/** What a workflow knows of itself. */
export interface RunInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly originalExecutionRunId: string;
}

type Handler = (...args: readonly unknown[]) => unknown;
interface Waiting {
  readonly test: () => boolean;
  readonly resolve: () => void;
}

/**
 * One workflow run inside a stand-in for `@temporalio/workflow`: the functions that the product uses, with the SDK's order
 * of things (every job of an activation, conditions after each, microtasks at the end). Cancellation of a scope reaches
 * what was asked for before its first await, which is all that the product needs.
 */
export class WorkflowStandIn {
  readonly commands: Command[] = [];
  private readonly signals = new Map<string, Handler>();
  private readonly updates = new Map<string, Handler>();
  private readonly queries = new Map<string, Handler>();
  private otherSignals: ((name: string, ...args: readonly unknown[]) => unknown) | undefined;
  private readonly conditions = new Set<Waiting>();
  private readonly open = new Map<number, { resolve(value: unknown): void; reject(failure: unknown): void }>();
  private seq = 0;
  private scope: Scope = new Scope(false);
  private readonly root = this.scope;

  constructor(
    private readonly info: RunInfo,
    private readonly hear: (name: string, kind: 'signal' | 'update', identity: string) => void,
    private readonly begin: (workflow: string, input: unknown) => Promise<unknown>,
  ) {}

  /** About as many events as a history would have. */
  private get historyLength(): number {
    return 5 * this.commands.length;
  }

  /** One job of an activation, and the conditions that it made true. */
  take(job: Job): void {
    this.apply(job);
    this.unblock();
  }

  /** Lets go what waits for a condition that is true now. False when there was nothing. */
  unblock(): boolean {
    let isAny = false;
    for (let found = true; found;) {
      found = false;
      for (const waiting of this.conditions) {
        if (!waiting.test()) continue;
        this.conditions.delete(waiting);
        waiting.resolve();
        found = true;
      }
      isAny ||= found;
    }
    return isAny;
  }

  query(name: string): unknown {
    return this.queries.get(name)?.();
  }

  /** What the workflow imports instead of `@temporalio/workflow`. Anything that is missing says so by its name. */
  get module(): object {
    const known: Record<string, unknown> = {
      ActivityFailure,
      ApplicationFailure,
      CancelledFailure,
      TimeoutFailure,
      CancellationScope: this.scopes(),
      proxyActivities: (options: object) => this.proxy(readOptions(options)),
      condition: (test: () => boolean, ms?: number) => this.condition(test, ms),
      setHandler: (definition: { readonly kind: string; readonly name: string }, handler: Handler) =>
        void this.handlersOf(definition.kind).set(definition.name, handler),
      setDefaultSignalHandler: (handler: typeof this.otherSignals) => void (this.otherSignals = handler),
      allHandlersFinished: () => true,
      workflowInfo: () => ({
        ...this.info,
        historyLength: this.historyLength,
        historySize: 0,
        continueAsNewSuggested: false,
      }),
      // The ids of asks are all that is drawn, and they count up by themselves.
      uuid4: () => this.info.runId,
      ContinueAsNew,
      continueAsNew: (input: unknown) => Promise.reject(new ContinueAsNew(input)),
      upsertSearchAttributes: (
        pairs: readonly { readonly key: { readonly name: string }; readonly value: unknown }[],
      ) => {
        const text = pairs.map(({ key, value }) => `${key.name}=${String(value)}`).join(' ');
        this.commands.push({ kind: 'attributes', text });
      },
      setCurrentDetails: () => undefined,
      defineSignal: (name: string) => ({ kind: 'signal', name }),
      defineUpdate: (name: string) => ({ kind: 'update', name }),
      defineQuery: (name: string) => ({ kind: 'query', name }),
    };
    return new Proxy(known, {
      get: (has, name) => {
        if (typeof name === 'symbol' || Object.hasOwn(has, name)) return has[name as string];
        throw new Error(`the simulation has no stand-in for ${name} of @temporalio/workflow`);
      },
    });
  }

  private apply(job: Job): void {
    switch (job.kind) {
      case 'start':
        void this.begin(job.workflow, job.input).then(
          (result) => this.commands.push({ kind: 'closed', result, failure: undefined }),
          (failure: unknown) => this.commands.push({ kind: 'closed', result: undefined, failure }),
        );
        return;
      case 'resolved':
        return this.taken(job.seq)?.resolve(job.value);
      case 'failed':
        return this.taken(job.seq)?.reject(job.failure);
      case 'fired':
        return this.taken(job.seq)?.resolve(undefined);
      case 'signal': {
        this.hear(job.name, 'signal', job.identity);
        const handler = this.signals.get(job.name);
        if (handler === undefined) this.otherSignals?.(job.name, ...job.args);
        else handler(...job.args);
        return;
      }
      case 'update':
        this.hear(job.name, 'update', job.identity);
        this.updates.get(job.name)?.(...job.args);
        return;
      case 'cancel':
        return this.root.cancel(new CancelledFailure('the workflow was cancelled'));
      default:
        return job;
    }
  }

  private taken(seq: number) {
    const waiting = this.open.get(seq);
    this.open.delete(seq);
    return waiting;
  }

  private handlersOf(kind: string): Map<string, Handler> {
    if (kind === 'signal') return this.signals;
    return kind === 'update' ? this.updates : this.queries;
  }

  private proxy(options: ActivityOptions): object {
    return new Proxy(
      {},
      {
        get: (_none, name) =>
          typeof name === 'symbol' ? undefined : (input: unknown) => this.activity(name, input, options),
      },
    );
  }

  private activity(name: string, input: unknown, options: ActivityOptions): Promise<unknown> {
    const seq = (this.seq += 1);
    this.commands.push({ kind: 'activity', seq, name, input: JSON.stringify(input), options });
    return this.pending(seq, (failure) => new ActivityFailure('it was cancelled', name, '', undefined, 'x', failure));
  }

  /** Waits for the server's answer to a command, or until the scope that it belongs to is cancelled. */
  private pending(seq: number, wrap: (failure: CancelledFailure) => Error): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.open.set(seq, { resolve, reject });
      this.scope.whenCancelled((failure) => {
        if (this.taken(seq) === undefined) return;
        this.commands.push({ kind: 'cancel', seq });
        reject(wrap(failure));
      });
    });
  }

  private async condition(test: () => boolean, ms: number | undefined): Promise<boolean> {
    if (ms === undefined) {
      if (!test()) await this.until(test);
      return true;
    }
    const seq = (this.seq += 1);
    this.commands.push({ kind: 'timer', seq, ms });
    const timer = this.pending(seq, (failure) => failure).then(() => false);
    const isTrue = await Promise.race([timer, test() ? true : this.until(test)]);
    if (isTrue && this.taken(seq) !== undefined) this.commands.push({ kind: 'cancel', seq });
    return isTrue;
  }

  private until(test: () => boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const waiting = { test, resolve: () => resolve(true) };
      this.conditions.add(waiting);
      this.scope.whenCancelled((failure) => {
        if (this.conditions.delete(waiting)) reject(failure);
      });
    });
  }

  private scopes(): object {
    const current = (): Scope => this.scope;
    const within = <Value>(scope: Scope, body: () => Promise<Value>): Promise<Value> => {
      const before = this.scope;
      this.scope = scope;
      try {
        return body();
      } finally {
        this.scope = before;
      }
    };
    return class CancellationScope {
      private readonly scope: Scope;

      constructor({ cancellable }: { readonly cancellable: boolean }) {
        this.scope = new Scope(cancellable);
      }

      static current(): Scope {
        return current();
      }

      static nonCancellable<Value>(body: () => Promise<Value>): Promise<Value> {
        return within(new Scope(false), body);
      }

      run<Value>(body: () => Promise<Value>): Promise<Value> {
        return within(this.scope, body);
      }

      cancel(): void {
        this.scope.cancel(new CancelledFailure('the scope was cancelled'));
      }
    };
  }
}

class Scope {
  readonly cancelRequested: Promise<never>;
  private reject!: (failure: CancelledFailure) => void;
  private readonly consumers: ((failure: CancelledFailure) => void)[] = [];

  constructor(private readonly isCancellable: boolean) {
    this.cancelRequested = new Promise((_never, reject) => (this.reject = reject));
    this.cancelRequested.catch(() => undefined);
  }

  whenCancelled(consumer: (failure: CancelledFailure) => void): void {
    if (this.isCancellable) this.consumers.push(consumer);
  }

  cancel(failure: CancelledFailure): void {
    this.reject(failure);
    for (const consumer of this.consumers.splice(0)) consumer(failure);
  }
}
