import { byCodeUnit, componentOf } from '../domain/identity';
import { invalid } from './facts-errors';
import type { Ground } from './ground';
import { RuleChecker, type Versions } from './rules';
import type { Selection, State, VersionReader } from './versions';

/** One half of a statement: the versions of one component that it means. */
export interface Side {
  readonly component: string;
  readonly selection: Selection;
  /** The half of a `requires` that forbids everything outside its range. */
  readonly isNegated: boolean;
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
  /** Sides by component and text: most rules mean one of a few spans of versions. */
  private readonly sides = new Map<string, Map<string, Side>>();

  constructor(
    private readonly ground: Ground,
    private readonly reader: VersionReader,
  ) {}

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
        const isHistory = status !== 'good' && !running.has(digest);
        for (const [other, range] of Object.entries(requires ?? {})) {
          if (!this.ground.components.has(other)) continue;
          const id = `requires:${component}@${version}:${other}`;
          const own = this.reader.selection([version], true);
          const needed = this.selection(id, other, range, isHistory);
          const mine: Side = { component, selection: own, isNegated: false, digest };
          const theirs: Side = { component: other, selection: needed, isNegated: true, digest: undefined };
          this.add(id, mine, theirs, 'low', false);
        }
      }
    }
  }

  /** `one` speaks when the speaker is `low`; the sides are put in order of names. */
  private add(id: string, one: Side, other: Side, speaker: 'low' | 'both', isAnywhere: boolean): void {
    const isAccepted = this.ground.accepted.has(id);
    const statement: Statement = { id, low: one, high: other, speaker, isAnywhere, isAccepted };
    this.all.push(one.component <= other.component ? statement : turned(statement));
  }

  private side(checker: RuleChecker, rule: string, written: Readonly<Record<string, Versions>>): Side {
    const component = checker.component(rule, written);
    const versions = checker.versions(rule, written, component);
    let known = this.sides.get(component);
    if (known === undefined) this.sides.set(component, (known = new Map()));
    const name = typeof versions === 'string' ? versions : versions.join('\u0001');
    let side = known.get(name);
    if (side === undefined) {
      const selection = this.selection(rule, component, versions, false);
      known.set(name, (side = { component, selection, isNegated: false, digest: undefined }));
    }
    return side;
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
    const { placements, live, keys } = this.ground;
    const runs = (placements.get(component) ?? []).some((at) => live[at]!.version === written);
    const names = [component, ...(placements.get(component) ?? []).map((at) => keys[at]!)];
    const isKnown = (name: string): boolean =>
      this.ground.releases.get(name)?.some(({ version }) => version === written) ?? false;
    return runs || names.some(isKnown);
  }
}

/** Statements by id, so that what is said of a pair does not depend on who said it first. */
export function byId(left: Statement, right: Statement): number {
  return byCodeUnit(left.id, right.id);
}
