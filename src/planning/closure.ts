import type { Block } from './blocks';
import type { Problem } from './problem';
import type { Pair } from './relations';
import type { Move } from './tracks';

/** Why a move is in the closure: another move asks for it by a rule, or a rule forbids what is live now. */
export interface Cause {
  readonly move?: number;
  readonly rule: string;
}

/** A move that is in the closure from the beginning: a bad component's, or one that was chosen to end a live pair. */
export interface Start extends Move {
  readonly cause?: Cause;
}

/** A component that must move and can not. */
export interface Blocked {
  readonly at: number;
  readonly block: Block;
  readonly cause: Cause | undefined;
}

/** Two moves whose ends may not live together. */
export interface Conflict {
  readonly one: number;
  readonly other: number;
  readonly rule: string;
}

/** A forbidden cell with two ways out: one of the two must leave its stage before the other enters. */
export interface OpenCell {
  readonly id: string;
  readonly one: Move;
  readonly other: Move;
}

/** Which way out of an open cell is taken: `one` leaves first, or `other` does. */
export type WayOut = 'one' | 'other';

/** Everything that must move with the bad ones, and the edges "`to` not later than `from`", each with its rule. */
export interface Closure {
  readonly moves: readonly Move[];
  readonly causes: readonly (Cause | undefined)[];
  /** Stage reached per component; 0 = stays. */
  readonly reached: Int32Array;
  readonly edgeFrom: readonly number[];
  readonly edgeTo: readonly number[];
  readonly edgeRule: readonly string[];
  readonly blocked: readonly Blocked[];
  readonly conflicts: readonly Conflict[];
  /** First forbidden cell for which no way out was decided. */
  readonly open: OpenCell | undefined;
  /** Pairs looked at: what the closure has cost so far. */
  readonly work: number;
  moveAt(at: number, stage: number): number | undefined;
}

/** The least set of moves that holds `starts` and keeps every rule; breadth first, so that causes are shortest paths. */
export function closureOf(
  problem: Problem,
  starts: readonly Start[],
  decided: ReadonlyMap<string, WayOut> = new Map(),
): Closure {
  return growingClosure(problem, starts, decided).closure;
}

/** A closure that can be made to hold more, without looking again at what it holds already. */
export function growingClosure(
  problem: Problem,
  starts: readonly Start[],
  decided: ReadonlyMap<string, WayOut> = new Map(),
): { readonly closure: Closure; readonly add: (start: Start) => void } {
  const run = new ClosureRun(problem, decided);
  for (const { at, stage, cause } of starts) run.require(at, stage, cause);
  run.settle();
  const add = ({ at, stage, cause }: Start): void => {
    run.require(at, stage, cause);
    run.settle();
  };
  return { closure: run, add };
}

class ClosureRun implements Closure {
  readonly moves: Move[] = [];
  readonly causes: (Cause | undefined)[] = [];
  readonly reached: Int32Array;
  readonly edgeFrom: number[] = [];
  readonly edgeTo: number[] = [];
  readonly edgeRule: string[] = [];
  readonly blocked: Blocked[] = [];
  readonly conflicts: Conflict[] = [];
  open: OpenCell | undefined;
  work = 0;
  private settled = 0;
  private readonly processed: Int32Array;
  private readonly ids: ((number | undefined)[] | undefined)[];
  private readonly stopped = new Set<number>();

  constructor(
    private readonly problem: Problem,
    private readonly decided: ReadonlyMap<string, WayOut>,
  ) {
    this.reached = new Int32Array(problem.ground.keys.length);
    this.processed = new Int32Array(problem.ground.keys.length);
    this.ids = problem.ground.keys.map(() => undefined);
  }

  moveAt(at: number, stage: number): number | undefined {
    return this.ids[at]?.[stage];
  }

  /** `at` must get to `stage`, through every stage before it. */
  require(at: number, stage: number, cause: Cause | undefined): void {
    for (let next = this.reached[at]! + 1; next <= stage; next += 1) {
      const block = this.problem.blockAt(at, next);
      if (block !== undefined) {
        if (!this.stopped.has(at)) this.blocked.push({ at, block, cause });
        this.stopped.add(at);
        return;
      }
      const before = this.moveAt(at, next - 1);
      const id = this.moves.push({ at, stage: next }) - 1;
      if (before === undefined) this.ids[at] = [undefined, id];
      else this.ids[at]!.push(id);
      this.causes.push(cause);
      this.reached[at] = next;
      if (before !== undefined) this.edge(id, before, chainRule);
    }
  }

  settle(): void {
    for (; this.settled < this.moves.length; this.settled += 1) {
      const move = this.moves[this.settled]!;
      const pairs = this.problem.compatibility.pairsOf[move.at]!;
      for (const pair of pairs) this.look(this.settled, move, pair);
      this.work += pairs.length + 1;
      this.processed[move.at] = move.stage;
    }
  }

  private look(id: number, move: Move, pair: Pair): void {
    const isLow = pair.low === move.at;
    const other = isLow ? pair.high : pair.low;
    for (const rule of this.rulesWith(pair, isLow, move.stage, 0)) this.follow(id, other, 1, rule);
    for (let stage = 1; stage <= this.processed[other]!; stage += 1) {
      const rules = this.rulesWith(pair, isLow, move.stage, stage);
      if (rules.length > 0) this.separate({ one: { at: other, stage }, other: move, rules });
    }
  }

  private rulesWith(pair: Pair, isLow: boolean, stage: number, other: number): readonly string[] {
    return isLow ? this.problem.rulesAt(pair, stage, other) : this.problem.rulesAt(pair, other, stage);
  }

  /** The move needs `at` in `stage` before it. */
  private follow(id: number, at: number, stage: number, rule: string): void {
    if (this.reached[at]! < stage) this.require(at, stage, { move: id, rule });
    const needed = this.moveAt(at, stage);
    if (needed !== undefined) this.edge(id, needed, rule);
  }

  /** Both stages are entered: one of the two must leave before the other comes. */
  private separate(cell: { readonly one: Move; readonly other: Move; readonly rules: readonly string[] }): void {
    const [one, other] = cell.one.at < cell.other.at ? [cell.one, cell.other] : [cell.other, cell.one];
    const canLeave = ({ at, stage }: Move): boolean => stage < this.problem.lastStage(at);
    const [oneId, otherId] = [this.moveAt(one.at, one.stage)!, this.moveAt(other.at, other.stage)!];
    const way = this.wayOut(one, other, canLeave(one), canLeave(other));
    for (const rule of cell.rules) {
      if (way === 'none') this.conflicts.push({ one: oneId, other: otherId, rule });
      if (way === 'one') this.follow(otherId, one.at, one.stage + 1, rule);
      if (way === 'other') this.follow(oneId, other.at, other.stage + 1, rule);
    }
  }

  private wayOut(one: Move, other: Move, oneCan: boolean, otherCan: boolean): WayOut | 'none' | 'open' {
    if (!oneCan && !otherCan) return 'none';
    if (!oneCan || !otherCan) return oneCan ? 'one' : 'other';
    const id = `${one.at}.${one.stage}/${other.at}.${other.stage}`;
    const decided = this.decided.get(id);
    if (decided === undefined) this.open ??= { id, one, other };
    return decided ?? 'open';
  }

  private edge(from: number, to: number, rule: string): void {
    this.edgeFrom.push(from);
    this.edgeTo.push(to);
    this.edgeRule.push(rule);
  }
}

/** Name of the edges that keep the stages of one chain in order. */
export const chainRule = 'stage-order';
