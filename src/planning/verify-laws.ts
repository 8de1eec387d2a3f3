import { Range, validRange } from 'semver';
import type { PlanFacts } from '../domain/plan-facts';
import { isNear, type State } from './verify-stays';

/** What forbids two versions together, read anew: nothing here is shared with the planner. */
export interface Law {
  readonly names: readonly [string, string];
  /** Across placements too. */
  readonly isAnywhere: boolean;
  /** The rule that forbids a state of the first name together with a state of the second. */
  readonly against: (one: State, other: State) => string | undefined;
}

type Test = (one: State, other: State) => boolean;

/** A rule, with the question whether it means one of the two versions at all: then it has ruled on the pair. */
interface Rule extends Law {
  readonly speaks: Test;
}

/** All rules and, under the pessimistic policy, what nobody knows. What was accepted by name forbids nothing. */
export function lawsOf(facts: PlanFacts): readonly Law[] {
  const rules = rulesOf(facts);
  const isPessimistic = facts.catalog.compatibility?.default === 'unknown-pessimistic';
  return isPessimistic ? [...rules, ...unknownLaws(facts, rules)] : rules;
}

/** What the catalog forbids, and what releases require; what was accepted by name forbids nothing. */
export function rulesOf({ catalog, releases, accept }: PlanFacts): readonly Rule[] {
  const accepted = new Set(accept);
  const reader = new Reader();
  const rules: Rule[] = [];
  const say = (id: string, names: Law['names'], isAnywhere: boolean, forbids: Test, speaks: Test): void => {
    const rule = accepted.has(id) ? undefined : id;
    rules.push({ names, isAnywhere, speaks, against: (one, other) => (forbids(one, other) ? rule : undefined) });
  };
  for (const { id, forbid, scope } of catalog.compatibility?.rules ?? []) {
    const [left, these] = Object.entries(forbid[0])[0]!;
    const [right, those] = Object.entries(forbid[1])[0]!;
    const [isLeft, isRight] = [reader.meaning(these), reader.meaning(those)];
    const speaks: Test = (one, other) => isLeft(one) || isRight(other);
    say(id, [left, right], scope === 'any', (one, other) => isLeft(one) && isRight(other), speaks);
  }
  for (const { component, version, digest, requires = {} } of releases) {
    const name = component.split('/')[0]!;
    const isIt = (one: State): boolean => (one.digest === '' ? one.version === version : one.digest === digest);
    for (const [other, range] of Object.entries(requires)) {
      const isIn = reader.meaning(range);
      say(
        `requires:${name}@${version}:${other}`,
        [name, other],
        false,
        (one, needed) => isIt(one) && !isIn(needed),
        isIt,
      );
    }
  }
  return rules;
}

/** Under the pessimistic policy: a new version of one with an old version of another, on which nothing is known. */
function unknownLaws(
  { catalog, observedTogether = [], accept = [] }: PlanFacts,
  rules: readonly Rule[],
): readonly Law[] {
  const said = new Map<string, Rule[]>();
  const relate = (one: string, other: string, rules: readonly Rule[]): void => {
    const known = said.get(`${one} ${other}`);
    if (known === undefined) said.set(`${one} ${other}`, [...rules]);
    else known.push(...rules);
  };
  for (const rule of rules) relate(...rule.names, [rule]);
  for (const [name, { dependsOn = [] }] of Object.entries(catalog.components))
    for (const other of dependsOn) relate(name, other, []);
  const shows = (set: Readonly<Record<string, string>>, { key, version }: State): boolean =>
    [key, key.split('/')[0]!].some((name) => Object.hasOwn(set, name) && set[name] === version);
  return [...said].map(([pair, straight]) => {
    const names = pair.split(' ') as [string, string];
    const turned = said.get(names.toReversed().join(' ')) ?? [];
    const against = (one: State, other: State): string | undefined => {
      const holds = ({ isAnywhere }: Rule): boolean => isAnywhere || isNear(one, other);
      if (one.key === other.key || (one.stage === 0) === (other.stage === 0)) return undefined;
      if (straight.some((rule) => holds(rule) && rule.speaks(one, other))) return undefined;
      if (turned.some((rule) => holds(rule) && rule.speaks(other, one))) return undefined;
      if (observedTogether.some((set) => shows(set, one) && shows(set, other))) return undefined;
      const ends = [one, other].map(({ key, version }) => `${key}@${version}`);
      const rule = `unknown:${(one.key < other.key ? ends : ends.toReversed()).join(':')}`;
      return accept.includes(rule) ? undefined : rule;
    };
    return { names, isAnywhere: [...straight, ...turned].some(({ isAnywhere }) => isAnywhere), against };
  });
}

/** Reads what a rule writes about versions; every text is read once, and every version judged once. */
class Reader {
  private readonly meanings = new Map<string, (state: State) => boolean>();

  meaning(written: string | readonly string[]): (state: State) => boolean {
    if (typeof written !== 'string') return ({ version }) => written.includes(version);
    const known = this.meanings.get(written) ?? this.read(written);
    this.meanings.set(written, known);
    return known;
  }

  private read(text: string): (state: State) => boolean {
    if (/^\s*\*?\s*$/.test(text)) return () => true;
    if (validRange(text) === null) return ({ version }) => version === text;
    const range = new Range(text, { includePrerelease: true });
    const judged = new Map<string, boolean>();
    return ({ version }) => {
      if (!judged.has(version)) judged.set(version, version === text || range.test(version));
      return judged.get(version) === true;
    };
  }
}
