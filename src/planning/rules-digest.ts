import { digestOfBytes } from '../digest';
import { byCodeUnit, componentOf, placementOf } from '../domain/identity';
import { keyOf, type Problem } from './problem';
import { byId } from './statements';

/**
 * Digest of the rules and policies among the moved components: another rule between them is another decision, a rule
 * about somebody else is not. What a rule with an unmoved component changes shows in the units or not at all.
 */
export function rulesDigestOf({ ground, statements }: Problem, moved: readonly number[]): string {
  const { facts, components } = ground;
  const names = new Set(moved.map((at) => componentOf(keyOf({ ground }, at))));
  const places = new Set(moved.map((at) => placementOf(keyOf({ ground }, at)) ?? ''));
  const text: string[] = [facts.catalog.compatibility?.default ?? 'unknown-optimistic'];
  const among = statements.filter(({ low, high }) => names.has(low.component) && names.has(high.component));
  for (const { id, low, high, isAnywhere } of among.sort(byId)) {
    text.push(id, isAnywhere ? 'any' : 'placement', low.text, high.text);
  }
  for (const name of names) text.push(name, components.get(name)?.strategy ?? 'rolling');
  (facts.catalog.policies?.dispatch?.barriers ?? []).forEach((list, at) => {
    const own = list.filter((place) => places.has(place)).sort(byCodeUnit);
    if (own.length > 0) text.push(String(at), ...own);
  });
  return digestOfBytes(text.join(separator));
}

/** Control characters are in no id and in no version, so joined texts differ whenever their parts do. */
const separator = '\u0001';
