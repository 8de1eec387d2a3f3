import type { Instance } from './instances';

/**
 * Answers by trying everything, written from the definitions alone: no graph, no closure, nothing of the planner.
 * A schedule is an ordered list of blocks of moves; a move is one component entering one stage.
 */
export class Oracle {
  constructor(private readonly instance: Instance) {}

  /** Fewest moves of any legal end: how far each component goes; undefined when there is none. */
  cheapest(): number | undefined {
    let best: number | undefined;
    for (const reached of this.ends()) {
      const moves = reached.reduce((sum, stage) => sum + stage, 0);
      if ((best === undefined || moves < best) && this.isLegal(reached)) best = moves;
    }
    return best;
  }

  /**
   * Smallest largest block, and the greatest number of blocks, over all legal schedules that end there and have no
   * block of more than `cap` moves.
   */
  schedules(reached: readonly number[], waived: ReadonlySet<number> = new Set(), cap = 32): Best {
    const moves = movesTo(reached);
    const demands = moves.map((move) => this.demandsOf(move, moves, reached, waived));
    const all = (1 << moves.length) - 1;
    const best: (Best | undefined)[] = [{ largest: 0, blocks: 0 }];
    for (let done = 0; done < all; done += 1) {
      const sofar = best[done];
      const rest = all & ~done;
      for (let block = sofar === undefined ? 0 : rest; block > 0; block = (block - 1) & rest) {
        if (countBits(block) > cap || !isStep(demands, done, block)) continue;
        const known = best[done | block] ?? { largest: Number.POSITIVE_INFINITY, blocks: 0 };
        const largest = Math.min(known.largest, Math.max(sofar!.largest, countBits(block)));
        best[done | block] = { largest, blocks: Math.max(known.blocks, sofar!.blocks + 1) };
      }
    }
    return best[all]!;
  }

  /** Whether the two may not live together in these stages, as rules, requirements, sightings and the policy say. */
  isForbidden(one: number, a: number, other: number, b: number, waived: ReadonlySet<number> = new Set()): boolean {
    const { rules, requires, accepted, isPessimistic } = this.instance;
    const isIn = (stage: number, [first, last]: readonly [number, number]): boolean => stage >= first && stage <= last;
    let [isRelated, isSpoken, isAccepted] = [false, false, false];
    for (const [at, { left, leftSpan, right, rightSpan }] of rules.entries()) {
      if (!((left === one && right === other) || (left === other && right === one))) continue;
      const [leftIn, rightIn] = [isIn(left === one ? a : b, leftSpan), isIn(right === one ? a : b, rightSpan)];
      [isRelated, isSpoken] = [true, isSpoken || leftIn || rightIn];
      if (leftIn && rightIn && accepted.includes(at)) isAccepted = true;
      else if (leftIn && rightIn && !waived.has(at)) return true;
      else if (leftIn && rightIn) isAccepted = true;
    }
    for (const { component, stage, of, span } of requires) {
      if (!((component === one && of === other) || (component === other && of === one))) continue;
      const [mine, theirs] = component === one ? [a, b] : [b, a];
      [isRelated, isSpoken] = [true, isSpoken || mine === stage];
      if (mine === stage && !isIn(theirs, span)) return true;
    }
    isRelated ||= this.instance.dependsOn.some(([x, y]) => (x === one && y === other) || (x === other && y === one));
    if (!isPessimistic || !isRelated || isSpoken || isAccepted || (a === 0) === (b === 0)) return false;
    return !this.instance.seen.some((stages) => stages[one] === a && stages[other] === b);
  }

  /** Every end in which the bad ones are at their last stage. */
  private *ends(): Generator<readonly number[]> {
    const { last, bad } = this.instance;
    const reached = last.map((stage, at) => (bad.includes(at) ? stage : 0));
    for (;;) {
      yield [...reached];
      let at = 0;
      while (at < last.length && (bad.includes(at) || reached[at] === last[at])) {
        if (!bad.includes(at)) reached[at] = 0;
        at += 1;
      }
      if (at === last.length) return;
      reached[at]! += 1;
    }
  }

  /** Nothing that is blocked moves, and every forbidden pair on the way can be passed by. */
  private isLegal(reached: readonly number[]): boolean {
    const { pinned, irreversible, own, gradual, last } = this.instance;
    if (pinned.some((at) => reached[at]! > 0)) return false;
    if (irreversible.some(([at, stage]) => reached[at]! >= stage)) return false;
    // What has more than one stage is a schema: it is migrated in place, never old and new at once.
    const mixes = own.filter(([at]) => gradual.includes(at) && last[at] === 1);
    if (mixes.some(([at, stage]) => reached[at]! >= stage)) return false;
    return this.cells(reached, ([one, a], [other, b]) => {
      if (a === 0 && b === 0) return reached[one]! > 0 || reached[other]! > 0;
      return (a > 0 && b < reached[other]!) || (b > 0 && a < reached[one]!);
    });
  }

  /** True when `passes` holds for every forbidden pair of stages that both components get to. */
  private cells(
    reached: readonly number[],
    passes: (one: readonly [number, number], other: readonly [number, number]) => boolean,
  ): boolean {
    for (let one = 0; one < reached.length; one += 1) {
      for (let other = one + 1; other < reached.length; other += 1) {
        for (let a = 0; a <= reached[one]!; a += 1) {
          for (let b = 0; b <= reached[other]!; b += 1) {
            if (this.isForbidden(one, a, other, b) && !passes([one, a], [other, b])) return false;
          }
        }
      }
    }
    return true;
  }

  /** What must hold when a move happens: its own stage before it, and every forbidden pair passed by. */
  private demandsOf(
    [component, stage]: Move,
    moves: readonly Move[],
    reached: readonly number[],
    waived: ReadonlySet<number>,
  ): readonly Demand[] {
    const bit = (of: number, at: number): number => {
      const index = moves.findIndex(([other, entered]) => other === of && entered === at);
      return index < 0 ? 0 : 1 << index;
    };
    const demands: Demand[] = stage === 1 ? [] : [{ entered: 0, left: bit(component, stage - 1), ownLeft: 0 }];
    reached.forEach((far, other) => {
      for (let at = 0; at <= far; at += 1) {
        if (other === component || !this.isForbidden(component, stage, other, at, waived)) continue;
        demands.push({ entered: bit(other, at), left: bit(other, at + 1), ownLeft: bit(component, stage + 1) });
      }
    });
    return demands;
  }
}

/** Quality of the best schedule. */
interface Best {
  readonly largest: number;
  readonly blocks: number;
}

type Move = readonly [component: number, stage: number];

/** Sets of moves: when `entered` has happened (0 = from the start), `left` must have, or `ownLeft` comes with it. */
interface Demand {
  readonly entered: number;
  readonly left: number;
  readonly ownLeft: number;
}

function movesTo(reached: readonly number[]): readonly Move[] {
  return reached.flatMap((far, component) => Array.from({ length: far }, (_none, at) => [component, at + 1] as const));
}

/** May `block` happen at once when `done` has? Somebody must leave a forbidden pair before, or as, the other comes. */
function isStep(demands: readonly (readonly Demand[])[], done: number, block: number): boolean {
  const after = done | block;
  return demands.every((own, move) => {
    if ((block & (1 << move)) === 0) return true;
    return own.every(({ entered, left, ownLeft }) => {
      const isThere = entered === 0 || (after & entered) !== 0;
      const isNew = (block & entered) !== 0;
      return !isThere || (after & left) !== 0 || (isNew && (after & ownLeft) !== 0);
    });
  });
}

function countBits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count += 1;
  return count;
}
