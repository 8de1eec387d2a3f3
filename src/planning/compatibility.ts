import { byCodeUnit, placementOf } from '../domain/identity';
import type { Ground } from './ground';
import type { Sightings } from './sightings';
import { isMeant, type Side, type Statement } from './statements';
import type { State } from './versions';

/** What two components say about each other, seen from the one with the lower number. */
export interface PairStatement {
  readonly id: string;
  readonly low: Side;
  readonly high: Side;
  readonly isAccepted: boolean;
  /** The sides that make the statement speak: a `requires` speaks about its own release only. */
  readonly speaker: 'low' | 'high' | 'both';
}

/** Two related component placements: named together in a rule, a `requires` or a `dependsOn`. */
export interface Pair {
  readonly low: number;
  readonly high: number;
  readonly statements: readonly PairStatement[];
}

/** What is known of two versions living together. */
export type Verdict = 'forbidden' | 'ruled' | 'seen' | 'unknown';

/** Every related pair, what is said about it, and the policy for what nobody has said. */
export interface Compatibility {
  readonly pairs: readonly Pair[];
  /** Pairs of one component placement, by the key of the other. */
  readonly pairsOf: readonly (readonly Pair[])[];
  /** Self rules per component. */
  readonly selfRules: ReadonlyMap<string, readonly PairStatement[]>;
  /** Ids of the rules that forbid these two states together; accepted ones are left out. */
  rulesAgainst(pair: Pair, low: State, high: State): readonly string[];
  /** Ids of the accepted rules that forbid them. */
  acceptedAgainst(pair: Pair, low: State, high: State): readonly string[];
  /** What is known of the two together. */
  judge(pair: Pair, low: State, high: State): Verdict;
}

const none: readonly string[] = [];

/** Relates all component placements. What the policy makes of unknown pairs is applied by the caller, cell by cell. */
export function compatibilityOf(ground: Ground, statements: readonly Statement[], sightings: Sightings): Compatibility {
  const byComponents = relate(ground, statements);
  const pairs = expand(ground, byComponents);
  const pairsOf: Pair[][] = ground.keys.map(() => []);
  for (const pair of pairs) {
    pairsOf[pair.low]!.push(pair);
    pairsOf[pair.high]!.push(pair);
  }
  const rulesAgainst = (pair: Pair, low: State, high: State): readonly string[] => against(pair, low, high, false);
  const acceptedAgainst = (pair: Pair, low: State, high: State): readonly string[] => against(pair, low, high, true);
  const judge = (pair: Pair, low: State, high: State): Verdict => {
    if (rulesAgainst(pair, low, high).length > 0) return 'forbidden';
    if (acceptedAgainst(pair, low, high).length > 0) return 'ruled';
    if (pair.statements.some((statement) => isRuledIn(statement, low, high))) return 'ruled';
    return sightings.areSeen(ground.keys[pair.low]!, low.version, ground.keys[pair.high]!, high.version)
      ? 'seen'
      : 'unknown';
  };
  return { pairs, pairsOf, selfRules: selfRules(ground, statements), rulesAgainst, acceptedAgainst, judge };
}

function against({ statements }: Pair, low: State, high: State, isAccepted: boolean): readonly string[] {
  let found: string[] | undefined;
  for (const statement of statements) {
    if (statement.isAccepted !== isAccepted || !isForbidden(statement, low, high)) continue;
    if (found === undefined) found = [statement.id];
    else if (!found.includes(statement.id)) found.push(statement.id);
  }
  return found ?? none;
}

/** True when the statement forbids the two states together. */
export function isForbidden({ low, high }: PairStatement, lowState: State, highState: State): boolean {
  return isMeant(low, lowState) && isMeant(high, highState);
}

/** True when the statement speaks about one of the two states and does not forbid them together. */
function isRuledIn(statement: PairStatement, low: State, high: State): boolean {
  const { speaker } = statement;
  const speaks =
    (speaker !== 'high' && isMeant(statement.low, low)) || (speaker !== 'low' && isMeant(statement.high, high));
  return speaks && !isForbidden(statement, low, high);
}

interface Related {
  readonly low: string;
  readonly high: string;
  readonly statements: PairStatement[];
  readonly across: PairStatement[];
}

function relate({ components, accepted }: Ground, statements: readonly Statement[]): readonly Related[] {
  const related = new Map<string, Related>();
  const between = (one: string, other: string): Related => {
    const [low, high] = byCodeUnit(one, other) <= 0 ? [one, other] : [other, one];
    const key = `${low} ${high}`;
    const known = related.get(key);
    if (known !== undefined) return known;
    const made = { low, high, statements: [], across: [] };
    related.set(key, made);
    return made;
  };
  for (const statement of statements) {
    const { left, right, scope, id } = statement;
    const relation = between(left.component, right.component);
    for (const oriented of orient(statement, relation, accepted.has(id))) {
      relation.statements.push(oriented);
      if (scope === 'any') relation.across.push(oriented);
    }
  }
  for (const [name, { dependsOn }] of components) for (const other of dependsOn ?? []) between(name, other);
  return [...related.values()];
}

/** A rule between placements of one component holds both ways round. */
function orient(statement: Statement, { low, high }: Related, isAccepted: boolean): readonly PairStatement[] {
  const { id, left, right, origin } = statement;
  const requires = origin === 'requires';
  const straight: PairStatement = { id, low: left, high: right, isAccepted, speaker: requires ? 'low' : 'both' };
  const turned: PairStatement = { id, low: right, high: left, isAccepted, speaker: requires ? 'high' : 'both' };
  if (low === high) return [straight, turned];
  return [left.component === low ? straight : turned];
}

/** Rules hold within a placement name; with `scope: any` across. What has no placements meets every placement. */
function expand({ keys, placements }: Ground, relations: readonly Related[]): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const { low, high, statements, across } of relations) {
    for (const one of placements.get(low) ?? []) {
      for (const other of placements.get(high) ?? []) {
        if (one === other || (low === high && one > other)) continue;
        const [onePlace, otherPlace] = [placementOf(keys[one]!), placementOf(keys[other]!)];
        const meet = onePlace === otherPlace || onePlace === undefined || otherPlace === undefined;
        if (!meet && across.length === 0) continue;
        pairs.push(ordered(one, other, meet ? statements : across));
      }
    }
  }
  return pairs.sort((left, right) => left.low - right.low || left.high - right.high);
}

/** Component names sort like their keys except across `/`, so the numbers decide. */
function ordered(one: number, other: number, statements: readonly PairStatement[]): Pair {
  if (one < other) return { low: one, high: other, statements };
  const turn = ({ low, high, speaker, ...rest }: PairStatement): PairStatement => ({
    ...rest,
    low: high,
    high: low,
    speaker: speaker === 'both' ? 'both' : speaker === 'low' ? 'high' : 'low',
  });
  return { low: other, high: one, statements: statements.map(turn) };
}

function selfRules({ accepted }: Ground, statements: readonly Statement[]): Compatibility['selfRules'] {
  const rules = new Map<string, PairStatement[]>();
  for (const statement of statements) {
    const { id, left, right } = statement;
    if (left.component !== right.component) continue;
    const made: PairStatement[] = [
      { id, low: left, high: right, isAccepted: accepted.has(id), speaker: 'both' },
      { id, low: right, high: left, isAccepted: accepted.has(id), speaker: 'both' },
    ];
    rules.set(left.component, [...(rules.get(left.component) ?? []), ...made]);
  }
  return rules;
}
