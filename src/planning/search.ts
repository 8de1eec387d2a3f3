import { draftsOf } from './arrange';
import { closureOf, growingClosure, type Closure, type Start, type WayOut } from './closure';
import type { Problem } from './problem';
import type { Pair } from './relations';

/** The closure that was chosen, and whether nothing better exists. */
export interface Found {
  readonly closure: Closure;
  /** False: legal, but the search ended before it had seen every choice. */
  readonly isProven: boolean;
  /** True: the search ended without having found any legal answer. */
  readonly isExhausted: boolean;
}

/** Ways through disjunctions, and pairs that are forbidden while both are live, leave choices: the cheapest is taken. */
export function searchClosure(problem: Problem, starts: readonly Start[]): Found {
  const pairs = livePairs(problem);
  const closure = closureOf(problem, starts);
  if (isRefused(closure)) return { closure, isProven: true, isExhausted: false };
  const open = unresolved(closure, pairs);
  if (closure.open === undefined && open.length === 0) return { closure, isProven: true, isExhausted: false };
  if (closure.open === undefined && open.length > exactPairs) return greedily(problem, starts, pairs);
  return new Branching(problem, starts, pairs).run();
}

/** Both sides of every choice: more than any answer needs, never less. */
export function everyChoice(problem: Problem, starts: readonly Start[]): Closure {
  const { closure, add } = growingClosure(problem, starts);
  for (const { pair, rule } of livePairs(problem)) {
    for (const at of [pair.low, pair.high]) add({ at, stage: 1, cause: { rule } });
  }
  return closure;
}

/** Exact up to this many pairs that are forbidden and live. */
const exactPairs = 20;
/** Ways through disjunctions that are tried before the search gives up: 2^12. */
const branchCap = 4_096;
/** Closures that are computed, and pairs that are looked at, before the search gives up. */
const nodeCap = 20_000;
const workCap = 5_000_000;

interface LivePair {
  readonly pair: Pair;
  readonly rule: string;
}

/** Pairs that a rule forbids and that are live now: the incident itself. One of the two must move. */
function livePairs(problem: Problem): readonly LivePair[] {
  const found: LivePair[] = [];
  for (const pair of problem.compatibility.pairs) {
    const rule = problem.rulesAt(pair, 0, 0)[0];
    if (rule !== undefined) found.push({ pair, rule });
  }
  return found;
}

function unresolved({ reached }: Closure, pairs: readonly LivePair[]): readonly LivePair[] {
  return pairs.filter(({ pair }) => reached[pair.low] === 0 && reached[pair.high] === 0);
}

function isRefused({ blocked, conflicts }: Closure): boolean {
  return blocked.length > 0 || conflicts.length > 0;
}

/** Too many pairs for an exact answer: for each the side whose own closure is smaller. */
function greedily(problem: Problem, starts: readonly Start[], pairs: readonly LivePair[]): Found {
  const { closure, add } = growingClosure(problem, starts);
  let work = 0;
  const costOf = (at: number): number => {
    if (work > workCap) return 0;
    const alone = closureOf(problem, [{ at, stage: 1 }]);
    work += alone.work;
    return isRefused(alone) ? Number.POSITIVE_INFINITY : alone.moves.length;
  };
  for (const { pair, rule } of pairs) {
    if (closure.reached[pair.low]! > 0 || closure.reached[pair.high]! > 0) continue;
    const at = costOf(pair.high) < costOf(pair.low) ? pair.high : pair.low;
    add({ at, stage: 1, cause: { rule } });
  }
  return { closure, isProven: false, isExhausted: false };
}

interface Node {
  readonly chosen: readonly Start[];
  readonly decided: ReadonlyMap<string, WayOut>;
}

/**
 * What makes one answer better than another, most important first; smaller is better. Of answers that are equal in all
 * that counts the one that moves what comes first by name is better.
 */
type Score = readonly [
  ungoverned: number,
  moves: number,
  largestGroup: number,
  fewerUnits: number,
  ...reached: number[],
];

/** Depth first over all choices; a branch that can not become better than the best answer is cut. */
class Branching {
  private best: { readonly closure: Closure; readonly score: Score } | undefined;
  private refused: Closure | undefined;
  private readonly stack: Node[] = [{ chosen: [], decided: new Map() }];
  private nodes = 0;
  private ways = 0;
  private work = 0;

  constructor(
    private readonly problem: Problem,
    private readonly starts: readonly Start[],
    private readonly pairs: readonly LivePair[],
  ) {}

  run(): Found {
    for (let node = this.stack.pop(); node !== undefined && !this.isSpent(); node = this.stack.pop()) this.visit(node);
    const isSpent = this.isSpent();
    const closure = this.best?.closure ?? this.refused ?? closureOf(this.problem, this.starts);
    return { closure, isProven: !isSpent, isExhausted: isSpent && this.best === undefined };
  }

  private isSpent(): boolean {
    return this.nodes > nodeCap || this.ways > branchCap || this.work > workCap;
  }

  private visit(node: Node): void {
    const closure = closureOf(this.problem, [...this.starts, ...node.chosen], node.decided);
    this.nodes += 1;
    this.work += closure.work;
    if (isRefused(closure)) {
      this.refused ??= closure;
      return;
    }
    const open = unresolved(closure, this.pairs);
    if (this.isCut(closure, open)) return;
    const [first] = open;
    if (first !== undefined) this.chooseSide(node, first);
    else if (closure.open !== undefined) this.chooseWay(node, closure.open.id);
    else this.consider(closure);
  }

  /**
   * Every pair that shares nothing with another costs at least one more move. As many moves as the best answer has are
   * worth a look only where a smaller group, or another way through the same moves, may still be found.
   */
  private isCut(closure: Closure, open: readonly LivePair[]): boolean {
    if (this.best === undefined || this.best.score[0] > 0) return false;
    const touched = new Set<number>();
    let least = closure.moves.length;
    for (const { pair } of open) {
      if (touched.has(pair.low) || touched.has(pair.high)) continue;
      touched.add(pair.low).add(pair.high);
      least += 1;
    }
    const [, moves, largestGroup] = this.best.score;
    const mayBeBetter = largestGroup > 1 || this.ways > 0 || closure.open !== undefined;
    return mayBeBetter ? least > moves : least >= moves;
  }

  private chooseSide({ chosen, decided }: Node, { pair, rule }: LivePair): void {
    for (const at of [pair.high, pair.low]) {
      this.stack.push({ chosen: [...chosen, { at, stage: 1, cause: { rule } }], decided });
    }
  }

  private chooseWay({ chosen, decided }: Node, cell: string): void {
    this.ways += 1;
    for (const way of ['other', 'one'] as const) {
      this.stack.push({ chosen, decided: new Map([...decided, [cell, way]]) });
    }
  }

  private consider(closure: Closure): void {
    const score = scoreOf(this.problem, closure);
    if (this.best === undefined || isBetter(score, this.best.score)) this.best = { closure, score };
  }
}

function scoreOf(problem: Problem, closure: Closure): Score {
  const { drafts } = draftsOf(problem, closure);
  const groups = drafts.filter(({ moves }) => moves.length > 1);
  const largest = groups.reduce((most, { moves }) => Math.max(most, moves.length), 1);
  const ungoverned = groups.filter(({ mechanism }) => mechanism === undefined).length;
  return [ungoverned, closure.moves.length, largest, -drafts.length, ...closure.reached.map((stage) => -stage)];
}

function isBetter(score: Score, than: Score): boolean {
  const differing = score.findIndex((part, at) => part !== than[at]);
  return differing >= 0 && score[differing]! < than[differing]!;
}
