/** Identifiers of environments, components, layers, flags, rules and placements (design: model, "Names and identity"). */
export const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** True for an identifier that may be typed, stored and used as an object key without surprises. */
export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** A component (`payments`) or one placement of it (`payments/eu`). */
export type ComponentKey = string;

/** `payments/eu` from its two halves; the component alone when it has no placements. */
export function componentKey(component: string, placement?: string): ComponentKey {
  return placement === undefined ? component : `${component}/${placement}`;
}

/** The component half of a key. */
export function componentOf(key: ComponentKey): string {
  const slash = key.indexOf('/');
  return slash < 0 ? key : key.slice(0, slash);
}

/** The placement half of a key, if it has one. */
export function placementOf(key: ComponentKey): string | undefined {
  const slash = key.indexOf('/');
  return slash < 0 ? undefined : key.slice(slash + 1);
}

/** Total order by code unit: the only order used for ids, so that no locale can change a plan. */
export function byCodeUnit(left: string, right: string): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** First 12 hex digits of a digest, for people; the full one is always one command away. */
export function shortDigest(digest: string): string {
  return digest.replace(/^[a-z0-9-]+:/, '').slice(0, 12);
}
