import type { Draft } from './draft';
import { isMap } from './leaves';
import { pathText, placeText, type Path, type Place, type Sourced } from './place';

/**
 * Joins the documents of one environment: maps are united, the lists `compatibility.rules`, `groups` and `notify`
 * are put one after the other, and everything else may be said in one place only.
 */
export function mergeDocuments(documents: readonly [Sourced, ...Sourced[]]): {
  merged: Sourced;
  faults: readonly Draft[];
} {
  const faults: Draft[] = [];
  const [first, ...others] = documents;
  const merged = others.reduce((into, next) => mergeNode(into, next, [], faults), first);
  return { merged, faults };
}

const unitedMaps = new Set(['', 'components', 'compatibility', 'flags', 'approval', 'policies', 'policies.dispatch']);
const joinedLists = new Set(['compatibility.rules', 'groups', 'notify']);
const repeated = new Set(['apiVersion', 'environment']);

function mergeNode(left: Sourced, right: Sourced, path: Path, faults: Draft[]): Sourced {
  const name = pathText(path);
  if (unitedMaps.has(name) && isMap(left.value) && isMap(right.value)) return uniteMaps(left, right, path, faults);
  if (joinedLists.has(name) && Array.isArray(left.value) && Array.isArray(right.value)) return joinLists(left, right);
  if (!repeated.has(name)) {
    faults.push({
      code: 'CATALOG_DUPLICATE',
      place: placeText(right.place, []),
      what: `${name || 'the document'} is defined twice`,
      why: `it is also at ${placeText(left.place, [])}, and only one of the two could count`,
      next: 'keep one of the two',
    });
  }
  return left;
}

function uniteMaps(left: Sourced, right: Sourced, path: Path, faults: Draft[]): Sourced {
  const value = { ...(left.value as Record<string, unknown>) };
  const children = new Map(left.place.children);
  for (const [key, added] of Object.entries(right.value as Record<string, unknown>)) {
    const place = right.place.children.get(key) ?? right.place;
    const known = Object.hasOwn(value, key)
      ? mergeNode(
          { value: value[key], place: placeOf(children, key, left.place) },
          { value: added, place },
          [...path, key],
          faults,
        )
      : { value: added, place };
    value[key] = known.value;
    children.set(key, known.place);
  }
  return { value, place: { ...left.place, children } };
}

function joinLists(left: Sourced, right: Sourced): Sourced {
  const [first, second] = [left.value as unknown[], right.value as unknown[]];
  const children = new Map(left.place.children);
  for (const index of second.keys()) {
    children.set(first.length + index, placeOf(right.place.children, index, right.place));
  }
  return { value: [...first, ...second], place: { ...left.place, children } };
}

function placeOf(children: ReadonlyMap<string | number, Place>, key: string | number, parent: Place): Place {
  return children.get(key) ?? parent;
}
