import { LastgoodError } from '../domain/errors';
import { byCodeUnit, componentOf } from '../domain/identity';
import type { Ground } from './ground';
import { releasesByName } from './ground';
import type { Selection, State, VersionReader } from './versions';

/** One half of a statement: the versions of one component that it means. */
export interface Side {
  readonly component: string;
  readonly selection: Selection;
  /** The half of a `requires` that forbids everything outside its range. */
  readonly isNegated: boolean;
  /** The half of a `requires` that means one release: same version with another digest is another release. */
  readonly digest?: string;
}

/** Somebody's word on two components: these versions of one never live together with those of the other. */
export interface Statement {
  readonly id: string;
  readonly left: Side;
  readonly right: Side;
  readonly scope: 'placement' | 'any';
  readonly origin: 'rule' | 'requires';
  /** What a release said that neither runs nor could be gone back to: it never decides anything. */
  readonly isHistory: boolean;
}

/** True when the side means this state. */
export function isMeant(side: Side, state: State): boolean {
  if (side.digest !== undefined && state.digest !== undefined) return side.digest === state.digest;
  return side.selection.matches(state.version) !== side.isNegated;
}

/** What the catalog and the releases say, and which labels ranges must be able to judge. */
export interface Statements {
  readonly all: readonly Statement[];
  /** Component → a rule that uses a range on it: versions that are not semver can not be judged by it. */
  readonly ranged: ReadonlyMap<string, string>;
}

/** All statements of the catalog and of the releases, sorted by id. Throws FACTS_INVALID for a range that nothing satisfies. */
export function statementsOf(ground: Ground, reader: VersionReader): Statements {
  const labels = labelsOf(ground);
  const rules = catalogRules(ground, reader, labels);
  const required = requirements(ground, reader, labels);
  const ranged = new Map<string, string>();
  for (const { id, left, right, isHistory } of [...rules, ...required]) {
    for (const { component, selection } of isHistory ? [] : [left, right]) {
      if (selection.isRange && !ranged.has(component)) ranged.set(component, id);
    }
  }
  const all = [...rules, ...required].sort((left, right) => byCodeUnit(left.id, right.id));
  return { all, ranged };
}

type Labels = ReadonlyMap<string, ReadonlySet<string>>;

/** Every version label that is known of a component: what can be named exactly. */
function labelsOf({ facts, keys, live, components }: Ground): Labels {
  const labels = new Map<string, Set<string>>();
  for (const name of components.keys()) labels.set(name, new Set());
  const add = (name: string, version: string): void => void labels.get(componentOf(name))?.add(version);
  keys.forEach((key, at) => add(key, live[at]!.version));
  for (const { component, version } of facts.releases) add(component, version);
  return labels;
}

function catalogRules({ facts }: Ground, reader: VersionReader, labels: Labels): Statement[] {
  return (facts.catalog.compatibility?.rules ?? []).map(({ id, forbid, scope }) => {
    const [left, right] = forbid.map((selection) => {
      const [component, versions] = Object.entries(selection)[0]!;
      return { component, selection: selectionOf(reader, labels, id, component, versions), isNegated: false };
    });
    return { id, left: left!, right: right!, scope: scope ?? 'placement', origin: 'rule', isHistory: false };
  });
}

/** `payments 2.1.0 requires orders >=3.1.0` forbids that release together with every orders outside the range. */
function requirements(ground: Ground, reader: VersionReader, labels: Labels): Statement[] {
  const statements: Statement[] = [];
  const running = new Set(ground.live.map(({ digest }) => digest));
  for (const [name, releases] of releasesByName(ground.facts)) {
    for (const { version, digest, requires, status } of releases) {
      const isHistory = status !== 'good' && !running.has(digest);
      for (const [other, range] of Object.entries(requires ?? {})) {
        if (!ground.components.has(other)) continue;
        const component = componentOf(name);
        const id = `requires:${component}@${version}:${other}`;
        const selection = selectionOf(reader, labels, id, other, range, isHistory);
        const release = { component, selection: reader.selection([version], undefined), isNegated: false, digest };
        const needed = { component: other, selection, isNegated: true };
        statements.push({ id, left: release, right: needed, scope: 'placement', origin: 'requires', isHistory });
      }
    }
  }
  return statements;
}

function selectionOf(
  reader: VersionReader,
  labels: Labels,
  rule: string,
  component: string,
  written: string | readonly string[],
  isHistory = false,
): Selection {
  const selection = reader.selection(written, labels.get(component));
  if (!selection.isEmpty || isHistory) return selection;
  throw new LastgoodError('FACTS_INVALID', {
    place: `rule ${rule}`,
    what: `"${selection.text}" matches no version of ${component} at all`,
    why: 'a rule that can never apply protects nothing',
    next: `write a range that some version of ${component} satisfies, or remove the rule`,
  });
}
