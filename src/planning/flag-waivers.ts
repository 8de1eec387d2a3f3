import { byCodeUnit } from '../domain/identity';
import type { Closure } from './closure';
import { stronglyConnected, type Components } from './dependency-graph';
import { isOff } from './flag-state';
import { placesOf } from './ground';
import type { Problem } from './problem';

/** Flags that let moves go one by one which would otherwise have to go together. */
export interface Waiver {
  /** Flags the plan switches off, sorted. */
  readonly flags: readonly string[];
  /** Flags that are off already and must stay so, sorted. */
  readonly standing: readonly string[];
  /** Edges of the closure that do not hold meanwhile, by number. */
  readonly waived: ReadonlySet<number>;
  /** False: too many flags for an exact answer. */
  readonly isProven: boolean;
}

/** No flag is needed. */
export const noWaiver: Waiver = { flags: [], standing: [], waived: new Set(), isProven: true };

/** Edges inside one strongly connected group. */
interface Group {
  readonly moves: readonly number[];
  readonly edges: readonly number[];
}

/** The smallest set of flags whose waived edges leave no cycle in any group that flags can open at all. */
export function waiverOf(problem: Problem, closure: Closure, components: Components): Waiver {
  const flags = flagsOf(problem);
  if (flags.size === 0 || components.count === closure.moves.length) return noWaiver;
  const isOpen = (group: Group, names: Iterable<string>): boolean => isAcyclic(closure, group, rulesOf(flags, names));
  const standing = [...flags].filter(([, { isOff }]) => isOff).map(([name]) => name);
  const groups = groupsOf(closure, components).filter((group) => isOpen(group, flags.keys()));
  const closed = groups.filter((group) => !isOpen(group, standing));
  const useful = [...flags]
    .filter(([, { isOff, rules }]) => !isOff && touches(closure, closed, rules))
    .map(([name]) => name);
  const opensAll = (names: readonly string[]): boolean =>
    closed.every((group) => isOpen(group, [...standing, ...names]));
  const isProven = useful.length <= exactFlags && 2 ** useful.length * sizeOf(closed) <= exactWork;
  const chosen = isProven ? smallest(useful, opensAll) : pruned(useful, opensAll);
  const rules = rulesOf(flags, [...standing, ...chosen]);
  const waived = new Set(groups.flatMap(({ edges }) => edges.filter((edge) => rules.has(closure.edgeRule[edge]!))));
  const used = new Set([...waived].map((edge) => closure.edgeRule[edge]!));
  const relied = standing.filter((name) => [...flags.get(name)!.rules].some((rule) => used.has(rule)));
  return { flags: [...chosen].sort(byCodeUnit), standing: relied, waived, isProven };
}

/** Exact up to this many flags. */
const exactFlags = 12;
/** Subsets times edges that an exact answer may cost. */
const exactWork = 10_000_000;

interface WaivingFlag {
  readonly rules: ReadonlySet<string>;
  readonly isOff: boolean;
}

/** Flags whose component is known to run, sorted. */
function flagsOf({ ground }: Problem): ReadonlyMap<string, WaivingFlag> {
  const flags = new Map<string, WaivingFlag>();
  for (const [name, { component, waives }] of Object.entries(ground.facts.catalog.flags ?? {}).sort(byName)) {
    const places = placesOf(ground, component);
    if (places.length === 0) continue;
    flags.set(name, { rules: new Set(waives), isOff: places.every((at) => isOff(ground.live[at]!.flags, name)) });
  }
  return flags;
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return byCodeUnit(left, right);
}

function rulesOf(flags: ReadonlyMap<string, WaivingFlag>, names: Iterable<string>): ReadonlySet<string> {
  const rules = new Set<string>();
  for (const name of names) for (const rule of flags.get(name)!.rules) rules.add(rule);
  return rules;
}

function groupsOf({ moves, edgeFrom, edgeTo }: Closure, { count, of }: Components): readonly Group[] {
  const sizes = new Int32Array(count);
  moves.forEach((_move, id) => (sizes[of[id]!]! += 1));
  const groups = new Map<number, { moves: number[]; edges: number[] }>();
  moves.forEach((_move, id) => {
    const group = of[id]!;
    if (sizes[group]! < 2) return;
    const known = groups.get(group) ?? { moves: [], edges: [] };
    known.moves.push(id);
    groups.set(group, known);
  });
  edgeFrom.forEach((from, edge) => {
    if (of[from] === of[edgeTo[edge]!]) groups.get(of[from]!)?.edges.push(edge);
  });
  return [...groups.values()];
}

function isAcyclic(
  { edgeFrom, edgeTo, edgeRule }: Closure,
  { moves, edges }: Group,
  waived: ReadonlySet<string>,
): boolean {
  const number = new Map(moves.map((move, at) => [move, at]));
  const kept = edges.filter((edge) => !waived.has(edgeRule[edge]!));
  const from = kept.map((edge) => number.get(edgeFrom[edge]!)!);
  const to = kept.map((edge) => number.get(edgeTo[edge]!)!);
  return stronglyConnected({ size: moves.length, from, to }).count === moves.length;
}

function touches({ edgeRule }: Closure, groups: readonly Group[], rules: ReadonlySet<string>): boolean {
  return groups.some(({ edges }) => edges.some((edge) => rules.has(edgeRule[edge]!)));
}

function sizeOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { edges }) => sum + edges.length, 0);
}

/** Subsets by size, each size in order of names: the first that opens everything is a smallest one. */
function smallest(names: readonly string[], opensAll: (names: readonly string[]) => boolean): readonly string[] {
  for (let size = 0; size <= names.length; size += 1) {
    for (const subset of subsetsOf(names, size)) if (opensAll(subset)) return subset;
  }
  return names;
}

function* subsetsOf(names: readonly string[], size: number): Generator<readonly string[]> {
  const at = Array.from({ length: size }, (_none, index) => index);
  for (;;) {
    yield at.map((index) => names[index]!);
    let moving = size - 1;
    while (moving >= 0 && at[moving] === names.length - size + moving) moving -= 1;
    if (moving < 0) return;
    at[moving]! += 1;
    for (let index = moving + 1; index < size; index += 1) at[index] = at[index - 1]! + 1;
  }
}

/** All of them, less every one that is not needed. */
function pruned(names: readonly string[], opensAll: (names: readonly string[]) => boolean): readonly string[] {
  return names.reduce<readonly string[]>((kept, name) => {
    const without = kept.filter((other) => other !== name);
    return opensAll(without) ? without : kept;
  }, names);
}
