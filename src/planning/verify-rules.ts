import { parse, Range, validRange, type SemVer } from 'semver';
import type { PlanFacts } from '../domain/plan';

/** A version as the checker compares it; the digest is '' where nobody knows it. */
export interface State {
  readonly version: string;
  readonly digest: string;
}

/** What is said about two components, read anew: nothing here is shared with the planner. */
export interface Relation {
  readonly names: readonly [string, string];
  readonly rules: readonly Rule[];
}

/** One rule, turned so that it fits the names of its relation. */
export interface Rule {
  readonly id: string;
  readonly anywhere: boolean;
  readonly forbids: (left: State, right: State) => boolean;
  /** It means one of the two versions, so it has ruled on the pair. */
  readonly speaks: (left: State, right: State) => boolean;
}

/** Every two components that a rule, a `requires` or a `dependsOn` names together. */
export function relationsOf({ catalog, releases }: PlanFacts): readonly Relation[] {
  const reader = new Reader();
  const relations = new Map<string, { names: [string, string]; rules: Rule[] }>();
  const add = (one: string, other: string, rule?: Rule): void => {
    const [first, second] = one <= other ? [one, other] : [other, one];
    const known = relations.get(`${first} ${second}`) ?? { names: [first, second], rules: [] };
    relations.set(`${first} ${second}`, known);
    if (rule !== undefined && first === one) known.rules.push(rule);
    if (rule !== undefined && second === one) known.rules.push(turned(rule));
  };
  for (const { id, forbid, scope } of catalog.compatibility?.rules ?? []) {
    const [left, these] = Object.entries(forbid[0])[0]!;
    const [right, those] = Object.entries(forbid[1])[0]!;
    const [isLeft, isRight] = [reader.meaning(these), reader.meaning(those)];
    const forbids = (one: State, other: State): boolean => isLeft(one) && isRight(other);
    add(left, right, { id, anywhere: scope === 'any', forbids, speaks: (one, other) => isLeft(one) || isRight(other) });
  }
  for (const { component, version, digest, requires } of releases) {
    for (const [other, range] of Object.entries(requires ?? {})) {
      const name = component.split('/')[0]!;
      const meaning = reader.meaning(range);
      const isIt = (one: State): boolean => (one.digest === '' ? one.version === version : one.digest === digest);
      const forbids = (one: State, needed: State): boolean => isIt(one) && !meaning(needed);
      const id = `requires:${name}@${version}:${other}`;
      if (Object.hasOwn(catalog.components, other)) add(name, other, { id, anywhere: false, forbids, speaks: isIt });
    }
  }
  for (const [name, { dependsOn }] of Object.entries(catalog.components))
    for (const other of dependsOn ?? []) add(name, other);
  return [...relations.values()];
}

function turned({ id, anywhere, forbids, speaks }: Rule): Rule {
  return { id, anywhere, forbids: (one, other) => forbids(other, one), speaks: (one, other) => speaks(other, one) };
}

/** Reads what a rule writes about versions; every label and every range is read once. */
class Reader {
  private readonly labels = new Map<string, SemVer | null>();
  private readonly meanings = new Map<string, (state: State) => boolean>();

  meaning(written: string | readonly string[]): (state: State) => boolean {
    if (typeof written !== 'string') return ({ version }) => written.includes(version);
    const known = this.meanings.get(written) ?? this.read(written);
    this.meanings.set(written, known);
    return known;
  }

  private read(text: string): (state: State) => boolean {
    if (text.trim() === '' || text.trim() === '*') return () => true;
    if (validRange(text) === null) return ({ version }) => version === text;
    const range = new Range(text, { includePrerelease: true });
    return ({ version }) => {
      const label = this.label(version);
      return version === text || (label !== null && range.test(label));
    };
  }

  private label(version: string): SemVer | null {
    const known = this.labels.get(version);
    if (known !== undefined) return known;
    const read = parse(version);
    this.labels.set(version, read);
    return read;
  }
}

/** What is told of a component placement: under its own key, else under the component's name. Inherited names are nobody's. */
export function told<Fact>(facts: Readonly<Record<string, Fact>> | undefined, key: string): Fact | undefined {
  if (facts === undefined) return undefined;
  if (Object.hasOwn(facts, key)) return facts[key];
  const name = key.split('/')[0]!;
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}

/** True when one of the sets of `observedTogether` holds both versions. */
export function isSeen(
  { observedTogether = [] }: PlanFacts,
  one: string,
  left: State,
  other: string,
  right: State,
): boolean {
  const shows = (set: Readonly<Record<string, string>>, key: string, { version }: State): boolean =>
    [key, key.split('/')[0]!].some((name) => Object.hasOwn(set, name) && set[name] === version);
  return observedTogether.some((set) => shows(set, one, left) && shows(set, other, right));
}
