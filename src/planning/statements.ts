import { byCodeUnit, componentOf } from '../domain/identity';
import { invalid } from './facts-errors';
import { placesOf, type Ground } from './ground';
import { RuleChecker, type Versions } from './rules';
import type { Selection, State, VersionReader } from './versions';

/** One half of a statement: the versions of one component that it means. */
export interface Side {
  readonly component: string;
  /** Numbers of the component's placements. */
  readonly places: readonly number[];
  readonly selection: Selection;
  /** The half of a `requires` that forbids everything outside its range. */
  readonly isNegated: boolean;
  /** Component and meaning on one line, for digests; control characters are in no id and in no version. */
  readonly text: string;
  /** The half of a `requires` that means one release: same version with another digest is another release. */
  readonly digest: string | undefined;
}

/** Somebody's word on two components: these versions of one never live together with those of the other. */
export interface Statement {
  readonly id: string;
  /** The side of the component that comes first by name. */
  readonly low: Side;
  readonly high: Side;
  /** Whose versions make it speak: a `requires` speaks about its own release only. */
  readonly speaker: 'low' | 'high' | 'both';
  /** Holds across placements too. */
  readonly isAnywhere: boolean;
  /** Its violation was accepted by name. */
  readonly isAccepted: boolean;
}

/** What the catalog and the releases say, and which labels ranges must be able to judge. */
export interface Statements {
  readonly all: readonly Statement[];
  /** Component → a rule that uses a range on it: versions that are not semver can not be judged by it. */
  readonly ranged: ReadonlyMap<string, string>;
}

/** True when the side means this state. */
export function isMeant(side: Side, state: State): boolean {
  if (side.digest !== undefined && state.digest !== undefined) return side.digest === state.digest;
  return side.selection.matches(state.version) !== side.isNegated;
}

/** True when the statement forbids the two states together. */
export function isForbidden({ low, high }: Statement, lowState: State, highState: State): boolean {
  return isMeant(low, lowState) && isMeant(high, highState);
}

/** The same statement seen from the other side. */
export function turned(statement: Statement): Statement {
  const { low, high, speaker } = statement;
  const other = speaker === 'low' ? 'high' : 'low';
  return { ...statement, low: high, high: low, speaker: speaker === 'both' ? 'both' : other };
}

/** All statements of the catalog and of the releases. Throws FACTS_INVALID for a range that nothing satisfies. */
export function statementsOf(ground: Ground, reader: VersionReader): Statements {
  const read = new StatementReader(ground, reader);
  read.readRules();
  read.readRequirements();
  return read;
}

class StatementReader implements Statements {
  readonly all: Statement[] = [];
  readonly ranged = new Map<string, string>();
  private readonly voices = new Map<string, Voice>();
  private readonly labels: ReadonlySet<string>;

  constructor(
    private readonly ground: Ground,
    private readonly reader: VersionReader,
  ) {
    this.labels = labelsOf(ground);
  }

  readRules(): void {
    const checker = new RuleChecker(this.ground.components);
    for (const rule of this.ground.facts.catalog.compatibility?.rules ?? []) {
      checker.check(rule);
      const isAnywhere = rule.scope === 'any';
      const mine = this.side(checker, rule.id, rule.forbid[0]);
      const theirs = this.side(checker, rule.id, rule.forbid[1]);
      this.add(rule.id, mine, theirs, 'both', isAnywhere);
      if (mine.component === theirs.component) this.add(rule.id, theirs, mine, 'both', isAnywhere);
    }
  }

  /** `payments 2.1.0 requires orders >=3.1.0` forbids that release together with every orders outside the range. */
  readRequirements(): void {
    const running = new Set(this.ground.live.map(({ digest }) => digest));
    for (const [name, releases] of this.ground.releases) {
      const component = componentOf(name);
      for (const { version, digest, status, requires } of releases) {
        if (requires === undefined) continue;
        const isHistory = status !== 'good' && !running.has(digest);
        for (const [other, range] of Object.entries(requires)) {
          if (!this.ground.components.has(other)) continue;
          const id = `requires:${component}@${version}:${other}`;
          const own = this.reader.selection([version], true);
          const needed = this.selection(id, other, range, isHistory);
          const places = placesOf(this.ground, component);
          const mine = { ...sideOf(component, places, own, false), digest };
          const theirs = sideOf(other, placesOf(this.ground, other), needed, true);
          this.add(id, mine, theirs, 'low', false);
        }
      }
    }
  }

  /** `one` speaks when the speaker is `low`; the sides are put in order of names. */
  private add(id: string, one: Side, other: Side, speaker: 'low' | 'both', isAnywhere: boolean): void {
    const isAccepted = this.ground.accepted.has(id);
    if (one.component <= other.component) this.all.push({ id, low: one, high: other, speaker, isAnywhere, isAccepted });
    else this.all.push(turned({ id, low: one, high: other, speaker, isAnywhere, isAccepted }));
  }

  private side(checker: RuleChecker, rule: string, written: Readonly<Record<string, Versions>>): Side {
    const component = checker.component(rule, written);
    const versions = checker.versions(rule, written, component);
    let voice = this.voices.get(component);
    if (voice === undefined) {
      checker.requireKnown(rule, component);
      this.voices.set(component, (voice = new Voice()));
    }
    const name = typeof versions === 'string' ? versions : ['', ...versions].join('\u0001');
    const known = voice.said(name);
    if (known !== undefined) return known;
    const selection = this.selection(rule, component, versions, false);
    return voice.say(name, sideOf(component, placesOf(this.ground, component), selection, false));
  }

  /** What a release said that neither runs nor could be gone back to never decides anything, so it refuses nobody. */
  private selection(
    rule: string,
    component: string,
    written: string | readonly string[],
    isHistory: boolean,
  ): Selection {
    const selection = this.reader.selection(written, typeof written !== 'string' || this.isName(component, written));
    if (isHistory) return selection;
    if (selection.isRange && !this.ranged.has(component)) this.ranged.set(component, rule);
    if (!selection.isEmpty) return selection;
    throw invalid(
      `rule ${rule}`,
      `"${selection.text}" matches no version of ${component} at all`,
      'a rule that can never apply protects nothing',
      `write a range that some version of ${component} satisfies, or remove the rule`,
    );
  }

  /** A label that some release of the component has, or that runs: it is meant exactly, even where it reads like a range. */
  private isName(component: string, written: string): boolean {
    if (!this.labels.has(written)) return false;
    const { live, keys, releases } = this.ground;
    const places = placesOf(this.ground, component);
    const isKnown = (name: string): boolean => releases.get(name)?.some(({ version }) => version === written) ?? false;
    return isKnown(component) || places.some((at) => live[at]!.version === written || isKnown(keys[at]!));
  }
}

/** The sides of one component so far, by what was written: one or two as a rule, and then a Map is too much. */
class Voice {
  private readonly written: string[] = [];
  private readonly sides: Side[] = [];
  private numbers: Map<string, number> | undefined;

  said(written: string): Side | undefined {
    return this.sides[this.numbers === undefined ? this.written.indexOf(written) : (this.numbers.get(written) ?? -1)];
  }

  say(written: string, side: Side): Side {
    const number = this.sides.push(side) - 1;
    this.written.push(written);
    if (number === few) this.numbers = new Map(this.written.map((name, at) => [name, at]));
    else this.numbers?.set(written, number);
    return side;
  }
}

const few = 8;

function sideOf(component: string, places: readonly number[], selection: Selection, isNegated: boolean): Side {
  const text = `${component}\u0001${isNegated ? 'not' : ''}\u0001${selection.text}`;
  return { component, places, selection, isNegated, text, digest: undefined };
}

/** Every version label that anything has or runs: what is not among them is nobody's name. */
function labelsOf({ live, facts }: Ground): ReadonlySet<string> {
  const labels = new Set<string>();
  for (const { version } of live) labels.add(version);
  for (const { version } of facts.releases) labels.add(version);
  return labels;
}

/** Statements by id, so that what is said of a pair does not depend on who said it first. */
export function byId(left: Statement, right: Statement): number {
  return byCodeUnit(left.id, right.id);
}
