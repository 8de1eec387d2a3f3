import type { Random } from './random';
import type { Fault, FaultKind, Point } from './scenario';
import { world, type Process, type VirtualTime } from './virtual-time';

/** One call to the outside: what it does when it arrives, and how the caller learns that no answer comes. */
export interface Call<Value> {
  readonly isWrite: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** `broken`: what the other side does wrong this time. */
  readonly effect: (broken: FaultKind | undefined, isDelayed: boolean) => Value | Promise<Value>;
  readonly lost: () => unknown;
}

/** Counts of all calls and of the writes to targets: the clock by which faults, drifts and messages happen. */
export interface Points {
  reached(point: Point): void;
  fell(fault: Fault, process: Process | undefined): void;
}

/** Between the processes and everything they talk to: each call travels, has its effect, and its answer travels back. */
export class Network {
  private calls = 0;
  private writes = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly timing: Random,
    private readonly faults: readonly Fault[],
    private readonly points: Points,
  ) {}

  call<Value>(call: Call<Value>): Promise<Value> {
    const owner = this.time.current;
    const { process } = owner;
    const fell = process === undefined ? [] : this.count(call.isWrite);
    for (const fault of fell) this.points.fell(fault, process);
    const has = (what: FaultKind): Fault | undefined => fell.find((fault) => fault.what === what);
    const isDelayed = has('late request') !== undefined || has('stopped process') !== undefined;
    const broken = fell.find(({ what }) => sidesFaults.has(what))?.what;
    return new Promise((resolve, reject) => {
      if (process?.isDead === true) return;
      let isOver = false;
      const back = (ms: number, run: () => void): void => {
        this.time.after(ms, owner, () => {
          if (isOver) return;
          isOver = true;
          run();
        });
      };
      const answer = (run: () => void): void => {
        if (has('crash after') !== undefined)
          return this.points.fell({ ...has('crash after')!, what: 'crash before' }, process);
        if (has('lost answer') !== undefined) return;
        back(this.travelMs(), run);
        if (has('crash answered') !== undefined)
          this.time.after(2.1, world, () =>
            this.points.fell({ ...has('crash answered')!, what: 'crash before' }, process),
          );
      };
      const arrive = (): void => {
        if (has('lost request') !== undefined) return;
        void Promise.resolve()
          .then(() => call.effect(broken, isDelayed))
          .then(
            (value) => answer(() => resolve(value)),
            (thrown: unknown) => answer(() => reject(thrown)),
          );
      };
      const leave = (): void => {
        this.time.after(this.travelMs() + (has('late request')?.forMs ?? 0), world, arrive);
      };
      if (has('stopped process') === undefined) leave();
      else this.time.after(0, owner, leave);
      if (fell.length === 0) return;
      back(call.timeoutMs, () => reject(call.lost()));
      call.signal?.addEventListener('abort', () => back(0, () => reject(new DOMException('cancelled', 'AbortError'))));
    });
  }

  private count(isWrite: boolean): readonly Fault[] {
    const points: Point[] = [{ of: 'calls', nth: (this.calls += 1) }];
    if (isWrite) points.push({ of: 'writes', nth: (this.writes += 1) });
    for (const point of points) this.points.reached(point);
    return this.faults.filter(({ at }) => points.some(({ of, nth }) => of === at.of && nth === at.nth));
  }

  private travelMs(): number {
    return this.timing.chance(0.01) ? this.timing.between(20, 800) : 0.2 + this.timing.next();
  }
}

/** What the other side does wrong, not the road to it. */
const sidesFaults = new Set<FaultKind>(['lying success', 'lying failure', 'refused', 'broken']);
