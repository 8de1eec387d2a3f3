import type { Ground } from './ground';
import { pairsOf, type Pair } from './relations';
import type { Sightings } from './sightings';
import { byId, isForbidden, isMeant, type Statement } from './statements';
import type { State } from './versions';

/** Every related pair and what is said about it. What the policy makes of unknown pairs is the caller's, cell by cell. */
export interface Compatibility {
  readonly pairs: readonly Pair[];
  /** Pairs of one component placement. */
  readonly pairsOf: readonly (readonly Pair[])[];
  /** Rules about two versions of one component, by component; by id. */
  readonly selfRules: ReadonlyMap<string, readonly Statement[]>;
  /** Ids of the rules that forbid these two states together; accepted ones are left out. */
  readonly rulesAgainst: (pair: Pair, low: State, high: State) => readonly string[];
  /** Ids of the accepted rules that forbid them. */
  readonly acceptedAgainst: (pair: Pair, low: State, high: State) => readonly string[];
  /** Somebody has ruled on the two states, or they were seen together. */
  readonly isKnown: (pair: Pair, low: State, high: State) => boolean;
}

/** Relates all component placements. */
export function compatibilityOf(ground: Ground, statements: readonly Statement[], sightings: Sightings): Compatibility {
  const pairs = pairsOf(ground, statements);
  const byPlacement: Pair[][] = ground.keys.map(() => []);
  for (const pair of pairs) {
    byPlacement[pair.low]!.push(pair);
    byPlacement[pair.high]!.push(pair);
  }
  return {
    pairs,
    pairsOf: byPlacement,
    selfRules: selfRulesOf(statements),
    rulesAgainst: (pair, low, high) => against(pair, low, high, false),
    acceptedAgainst: (pair, low, high) => against(pair, low, high, true),
    isKnown: (pair, low, high) => isKnown(ground, sightings, pair, low, high),
  };
}

const none: readonly string[] = [];

function against({ statements }: Pair, low: State, high: State, isAccepted: boolean): readonly string[] {
  let found: string[] | undefined;
  for (const statement of statements) {
    if (statement.isAccepted !== isAccepted || !isForbidden(statement, low, high)) continue;
    if (found === undefined) found = [statement.id];
    else if (!found.includes(statement.id)) found.push(statement.id);
  }
  return found ?? none;
}

/** A statement that means one of the two has ruled on the pair: it forbids it, or (also when accepted) rules it in. */
function isKnown({ keys }: Ground, sightings: Sightings, pair: Pair, low: State, high: State): boolean {
  for (const statement of pair.statements) {
    if (statement.speaker !== 'high' && isMeant(statement.low, low)) return true;
    if (statement.speaker !== 'low' && isMeant(statement.high, high)) return true;
  }
  return sightings.areSeen(keys[pair.low]!, low.version, keys[pair.high]!, high.version);
}

function selfRulesOf(statements: readonly Statement[]): ReadonlyMap<string, readonly Statement[]> {
  const rules = new Map<string, Statement[]>();
  for (const statement of statements) {
    const { component } = statement.low;
    if (component !== statement.high.component) continue;
    const known = rules.get(component);
    if (known === undefined) rules.set(component, [statement]);
    else known.push(statement);
  }
  for (const own of rules.values()) own.sort(byId);
  return rules;
}
