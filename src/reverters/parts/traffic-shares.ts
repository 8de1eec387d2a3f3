import { canonicalJson } from '../../digest';
import type { JsonObject } from '../../domain/json';

/** One backend of a route, and what it gets. */
export interface Share {
  /** Which backend, by the fields that name it. */
  readonly backend: JsonObject;
  readonly weight: number;
  /** It has settings of its own besides its weight: filters, headers. */
  readonly hasMore: boolean;
}

/** What each backend gets, in hundredths of a percent, by its canonical name; who gets nothing is left out. */
export function fractionsOf(shares: readonly Share[]): Readonly<Record<string, number>> {
  const sum = shares.reduce((total, { weight }) => total + weight, 0);
  const fractions: Record<string, number> = {};
  for (const { backend, weight } of shares) {
    if (weight === 0) continue;
    const key = canonicalJson(backend);
    fractions[key] = (fractions[key] ?? 0) + Math.round((10_000 * weight) / sum);
  }
  return fractions;
}

/**
 * Weights that add up to 100 when this many percent of the way from `now` to `goal` are gone. What rounding leaves over
 * goes to those who lost most by it.
 */
export function sharesBetween(now: readonly Share[], goal: readonly Share[], percent: number): readonly Share[] {
  const [before, after] = [fractionsOf(now), fractionsOf(goal)];
  const keys = new Set(goal.map(({ backend }) => canonicalJson(backend)));
  const all = [...goal, ...now.filter(({ backend }) => !keys.has(canonicalJson(backend)))];
  const exact = all.map(({ backend }) => {
    const key = canonicalJson(backend);
    return ((before[key] ?? 0) * (100 - percent) + (after[key] ?? 0) * percent) / 10_000;
  });
  const rounded = exact.map(Math.floor);
  const left = 100 - rounded.reduce((sum, weight) => sum + weight, 0);
  const losers = exact
    .map((weight, at) => ({ at, lost: weight - Math.floor(weight) }))
    .sort((one, other) => other.lost - one.lost || one.at - other.at)
    .slice(0, Math.max(0, left));
  for (const { at } of losers) rounded[at] = (rounded[at] ?? 0) + 1;
  return all.map((share, at) => ({ ...share, weight: rounded[at] ?? 0 }));
}

/** Backends that get more, or less, of a route's traffic. */
export function movedBackends(
  now: readonly Share[],
  goal: readonly Share[],
  direction: 'more' | 'less',
): readonly JsonObject[] {
  const [before, after] = [fractionsOf(now), fractionsOf(goal)];
  const sign = direction === 'more' ? 1 : -1;
  return [...now, ...goal]
    .map(({ backend }) => backend)
    .filter((backend, at, all) => all.findIndex((one) => canonicalJson(one) === canonicalJson(backend)) === at)
    .filter((backend) => {
      const key = canonicalJson(backend);
      return sign * ((after[key] ?? 0) - (before[key] ?? 0)) > 0;
    });
}
