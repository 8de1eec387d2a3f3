import { digestOf } from '../digest';
import type { CatalogGroup } from '../domain/catalog';
import { byCodeUnit, componentOf, shortDigest } from '../domain/identity';
import { keyOf, type Problem } from './problem';
import type { Move } from './tracks';

/** `payments/eu`, `orders-db@m41` for one stage of a chain, `payments+orders` for a group; long groups are abridged. */
export function unitName(problem: Problem, moves: readonly Move[]): string {
  const names = moves.map((move) => moveName(problem, move));
  if (names.length <= namedMembers) return names.join('+');
  const shown = names.slice(0, 3).join('+');
  return `${shown}+${names.length - 3}-more-${shortDigest(digestOf(names))}`;
}

/** A unit's id is part of the ids of all of its steps: a group of thousands must not make them grow with its square. */
const namedMembers = 12;

function moveName(problem: Problem, { at, stage }: Move): string {
  const key = keyOf(problem, at);
  return problem.track(at).isChain ? `${key}@${problem.stateAt(at, stage).version}` : key;
}

/** The smallest group of the catalog that holds all of these components says how they move together. */
export function groupFor(
  { ground }: Problem,
  moves: readonly Move[],
): Pick<CatalogGroup, 'mechanism' | 'layer'> | undefined {
  const needed = new Set(moves.map(({ at }) => componentOf(ground.keys[at]!)));
  const fitting = (ground.facts.catalog.groups ?? []).filter(({ components }) => holdsAll(components, needed));
  const [best] = [...fitting].sort(
    (left, right) =>
      left.components.length - right.components.length ||
      byCodeUnit(membersOf(left), membersOf(right)) ||
      byCodeUnit(left.mechanism, right.mechanism),
  );
  return best;
}

function holdsAll(components: readonly string[], needed: ReadonlySet<string>): boolean {
  const held = new Set(components);
  return held.size >= needed.size && [...needed].every((name) => held.has(name));
}

function membersOf({ components }: { readonly components: readonly string[] }): string {
  return [...components].sort(byCodeUnit).join(' ');
}

/** The first few of a list as text, and how many more there are. */
export function firstOf(items: readonly string[], separator: string, shown = 6): string {
  if (items.length <= shown) return items.join(separator);
  return `${items.slice(0, shown).join(separator)} and ${items.length - shown} more`;
}
