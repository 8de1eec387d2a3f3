import { byCodeUnit, componentOf } from '../domain/identity';
import type { Closure } from './closure';
import type { Draft } from './drafts';
import { keyOf, type Problem } from './problem';
import type { Pair } from './relations';
import type { State } from './versions';

/** What the plan rests on: the related pairs of versions that it makes live together. */
export interface Evidence {
  readonly seen: number;
  readonly total: number;
  /** Pairs that nobody has seen or ruled, as text. */
  readonly unknown: readonly string[];
  /** The first of them with a tier-1 component. */
  readonly critical: string | undefined;
  /** Accepted rules whose violation the plan brings about. */
  readonly violated: readonly string[];
  /** Rules that forbid what was seen live together. */
  readonly contradicted: readonly string[];
}

/** Nothing becomes live that is not live now. */
export const noEvidence: Evidence = {
  seen: 0,
  total: 0,
  unknown: [],
  critical: undefined,
  violated: [],
  contradicted: [],
};

/** Counts the evidence for every related pair of which at least one component moves. */
export function evidenceOf(problem: Problem, closure: Closure, drafts: readonly Draft[]): Evidence {
  const precedes = precedence(closure, drafts);
  const count = new Count(problem);
  for (const pair of problem.compatibility.pairs) {
    const lowEnd = closure.reached[pair.low]!;
    const highEnd = closure.reached[pair.high]!;
    for (let low = 0; low <= lowEnd; low += 1) {
      for (let high = low === 0 ? 1 : 0; high <= highEnd; high += 1) {
        count.contradiction(pair, low, high);
        if (!isAvoided(closure, precedes, pair, low, high)) count.add(pair, low, high);
      }
    }
  }
  return count.evidence();
}

class Count {
  private seen = 0;
  private total = 0;
  private readonly counted = new Set<string>();
  private readonly unknown = new Map<string, boolean>();
  private readonly violated = new Set<string>();
  private readonly contradicted = new Set<string>();

  constructor(private readonly problem: Problem) {}

  add(pair: Pair, lowStage: number, highStage: number): void {
    const { compatibility, stateAt, ground } = this.problem;
    const low = stateAt(pair.low, lowStage);
    const high = stateAt(pair.high, highStage);
    if (ground.accepted.size > 0) {
      for (const rule of compatibility.acceptedAgainst(pair, low, high)) this.violated.add(rule);
    }
    // Placements of one component at one version count once; without placements nothing is met twice.
    if (ground.hasPlacements && !this.isNew(this.text(pair, low, high))) return;
    this.total += 1;
    if (compatibility.isKnown(pair, low, high)) this.seen += 1;
    else this.unknown.set(this.text(pair, low, high), this.isCritical(pair.low) || this.isCritical(pair.high));
  }

  /** A rule forbids what was seen: the rule wins, and people are told. */
  contradiction(pair: Pair, lowStage: number, highStage: number): void {
    const { compatibility, sightings, stateAt } = this.problem;
    if (sightings.sets.length === 0) return;
    const [low, high] = [stateAt(pair.low, lowStage), stateAt(pair.high, highStage)];
    const [rule] = compatibility.rulesAgainst(pair, low, high);
    const [one, other] = [keyOf(this.problem, pair.low), keyOf(this.problem, pair.high)];
    if (rule === undefined || !sightings.areSeen(one, low.version, other, high.version)) return;
    this.contradicted.add(`${rule} forbids ${this.text(pair, low, high)}`);
  }

  evidence(): Evidence {
    return {
      seen: this.seen,
      total: this.total,
      unknown: [...this.unknown.keys()],
      critical: [...this.unknown].find(([, isCritical]) => isCritical)?.[0],
      violated: [...this.violated].sort(byCodeUnit),
      contradicted: [...this.contradicted].sort(byCodeUnit),
    };
  }

  private isNew(text: string): boolean {
    const isNew = !this.counted.has(text);
    this.counted.add(text);
    return isNew;
  }

  private isCritical(at: number): boolean {
    return this.problem.ground.components.get(componentOf(keyOf(this.problem, at)))?.tier === 1;
  }

  private text({ low, high }: Pair, lowState: State, highState: State): string {
    const [one, other] = [low, high].map((at) => componentOf(keyOf(this.problem, at)));
    return `${one} ${lowState.version} × ${other} ${highState.version}`;
  }
}

type Precedes = (earlier: number, later: number) => boolean;

/** One of the two has left its stage before the other enters, or they pass each other inside one unit. */
function isAvoided(
  closure: Closure,
  precedes: Precedes,
  { low, high }: Pair,
  lowStage: number,
  highStage: number,
): boolean {
  return (
    leavesFirst(closure, precedes, low, lowStage, high, highStage) ||
    leavesFirst(closure, precedes, high, highStage, low, lowStage)
  );
}

function leavesFirst(
  closure: Closure,
  precedes: Precedes,
  one: number,
  stage: number,
  other: number,
  entered: number,
): boolean {
  const left = closure.moveAt(one, stage + 1);
  const enters = closure.moveAt(other, entered);
  return left !== undefined && enters !== undefined && precedes(left, enters);
}

/** Whether one move is over (or in the same unit) when another begins: exact for plans of up to 2,000 units. */
function precedence(closure: Closure, drafts: readonly Draft[]): Precedes {
  const unitOf = new Int32Array(closure.moves.length);
  drafts.forEach(({ moves }, unit) => moves.forEach(({ at, stage }) => (unitOf[closure.moveAt(at, stage)!] = unit)));
  const ancestors = drafts.length <= exactUnits ? ancestorsOf(drafts) : undefined;
  return (earlier, later) => {
    const first = unitOf[earlier]!;
    const second = unitOf[later]!;
    if (first === second) return true;
    if (ancestors === undefined) return drafts[second]!.after.some(({ draft }) => draft === first);
    return ((ancestors[second]![first >> 5]! >> (first & 31)) & 1) === 1;
  };
}

const exactUnits = 2_000;

function ancestorsOf(drafts: readonly Draft[]): readonly Uint32Array[] {
  const words = (drafts.length + 31) >> 5;
  const rows: Uint32Array[] = [];
  drafts.forEach(({ after }, unit) => {
    const row = new Uint32Array(words);
    for (const { draft } of after) {
      row[draft >> 5]! |= 1 << (draft & 31);
      const before = rows[draft]!;
      for (let word = 0; word < words; word += 1) row[word]! |= before[word]!;
    }
    rows[unit] = row;
  });
  return rows;
}
