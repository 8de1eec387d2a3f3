/** A process that may die, and may be stopped for a while (SIGSTOP, a long pause, a frozen machine). */
export interface Process {
  readonly name: string;
  isDead: boolean;
  stoppedUntilMs: number;
}

/** Whose code runs: what a dead process would do never happens, what a stopped one would do waits. */
export interface Owner {
  readonly name: string;
  readonly process?: Process;
}

/** Something that will happen. `settle` is asked after it, and after all that follows at once, until it says no. */
export interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly owner: Owner;
  readonly run: () => void;
  readonly settle: (() => boolean) | undefined;
  isCancelled: boolean;
}

/** The network, the servers, the people: nobody's process. */
export const world: Owner = { name: 'the world' };

/** Virtual time: nothing waits, the next thing that happens is always the earliest one, and the order is always the same. */
export class VirtualTime {
  nowMs = Date.UTC(2026, 0, 1);
  /** Whose code runs now: timers and calls that it makes belong to it. */
  current: Owner = world;
  happened = 0;
  /** Another clock while a workflow is replayed. */
  replayMs: number | undefined;
  private orders = 0;
  private readonly heap: Happening[] = [];

  now(): number {
    return Math.floor(this.replayMs ?? this.nowMs);
  }

  after(ms: number, owner: Owner, run: () => void, settle?: () => boolean): Happening {
    const atMs = this.nowMs + Math.max(0, ms);
    const happening: Happening = { atMs, order: (this.orders += 1), owner, run, settle, isCancelled: false };
    this.push(happening);
    return happening;
  }

  /** Runs until nothing is left to happen. False when there was more than `most`. */
  async runAll(most: number): Promise<boolean> {
    for (;;) {
      const next = this.pop();
      if (next === undefined) return true;
      if (next.isCancelled || next.owner.process?.isDead === true) continue;
      const { process } = next.owner;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      if (process !== undefined && process.stoppedUntilMs > this.nowMs) {
        this.after(process.stoppedUntilMs - this.nowMs, next.owner, next.run, next.settle);
        continue;
      }
      if ((this.happened += 1) > most) return false;
      this.current = next.owner;
      next.run();
      await drained();
      while (next.settle?.() === true) await drained();
      this.current = world;
    }
  }

  private push(item: Happening): void {
    const { heap } = this;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  private pop(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || first === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(left: Happening, right: Happening): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** After everything that follows at once: all microtasks have run. */
export function drained(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** The globals of time, as the code under simulation sees them. Passed to each module as parameters: nothing is patched. */
export function timeGlobals(time: () => VirtualTime): Readonly<Record<string, unknown>> {
  class SimulatedDate extends Date {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [time().now()] : given) as [number]));
    }
    static override now(): number {
      return time().now();
    }
  }
  const setTimeout = (run: () => void, ms = 0): Happening => {
    const { current } = time();
    return time().after(ms, current, run);
  };
  const cancel = (timer: Happening | undefined): void => {
    if (timer !== undefined) timer.isCancelled = true;
  };
  return {
    Date: SimulatedDate,
    performance: { now: () => time().nowMs },
    setTimeout,
    clearTimeout: cancel,
    setInterval: (run: () => void, ms: number) => repeating(time(), run, ms),
    clearInterval: cancel,
    AbortSignal: {
      any: (signals: AbortSignal[]) => AbortSignal.any(signals),
      timeout: (ms: number) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new DOMException('the time is up', 'TimeoutError')), ms);
        return controller.signal;
      },
    },
  };
}

function repeating(time: VirtualTime, run: () => void, ms: number): { isCancelled: boolean } {
  const timer = { isCancelled: false };
  const owner = time.current;
  const next = (): void => {
    time.after(ms, owner, () => {
      if (timer.isCancelled) return;
      run();
      next();
    });
  };
  next();
  return timer;
}
