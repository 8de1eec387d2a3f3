import { digestOf } from '../digest';
import { byCodeUnit, componentOf, placementOf } from '../domain/identity';
import { keyOf, type Problem } from './problem';

/**
 * Digest of the rules and policies among the moved components: another rule between them is another decision, a rule
 * about somebody else is not. What a rule with an unmoved component changes shows in the units or not at all.
 */
export function rulesDigestOf(problem: Problem, moved: readonly number[]): string {
  const { facts, components } = problem.ground;
  const names = new Set(moved.map((at) => componentOf(keyOf(problem, at))));
  const places = new Set(moved.map((at) => placementOf(keyOf(problem, at)) ?? ''));
  const { rules = [], default: unknown } = facts.catalog.compatibility ?? {};
  const among = (named: readonly string[]): boolean => named.every((name) => names.has(name));
  const touching = rules
    .filter(({ forbid }) => among(forbid.flatMap((selection) => Object.keys(selection))))
    .map(({ id, forbid, scope }) => ({ id, forbid: sidesOf(forbid), scope: scope ?? 'placement' }))
    .sort((left, right) => byCodeUnit(left.id, right.id));
  const requires = problem.statements
    .filter(({ origin, left, right }) => origin === 'requires' && among([left.component, right.component]))
    .map(({ id, right }) => [id, right.selection.text]);
  const strategies = [...names].sort(byCodeUnit).map((name) => [name, components.get(name)?.strategy ?? 'rolling']);
  const barriers = (facts.catalog.policies?.dispatch?.barriers ?? [])
    .map((list) => list.filter((place) => places.has(place)).sort(byCodeUnit))
    .filter((list) => list.length > 0);
  const sorted = (lists: string[][]): string[] => lists.map((list) => JSON.stringify(list)).sort(byCodeUnit);
  return digestOf({
    unknown: unknown ?? 'unknown-optimistic',
    touching,
    requires: sorted(requires),
    strategies,
    barriers,
  });
}

/** The two sides of a rule are equals, and so are the names in a list. */
function sidesOf(forbid: readonly Readonly<Record<string, string | readonly string[]>>[]): readonly string[] {
  return forbid
    .flatMap((selection) => Object.entries(selection))
    .map(([name, versions]) =>
      JSON.stringify([name, typeof versions === 'string' ? versions : [...versions].sort(byCodeUnit)]),
    )
    .sort(byCodeUnit);
}
