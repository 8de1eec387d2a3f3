import { byCodeUnit, type ComponentKey } from '../../domain/identity';

/** A release being live: one component, one version, from when to when (infinite while it still is). */
export interface LiveInterval {
  readonly component: ComponentKey;
  readonly digest: string;
  readonly version: string;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

/** One check result of one release. */
export interface CheckedAt {
  readonly component: ComponentKey;
  readonly digest: string;
  readonly verdict: 'passed' | 'failed' | 'no-data';
  readonly atMs: number;
}

type Versions = Readonly<Record<ComponentKey, string>>;

/**
 * Sets of versions that were live together for at least `forMs` while the checks of each passed; only maximal sets,
 * those seen last first, at most 200. Candidates are the cliques of intervals that share `forMs` (one per end of an
 * interval, as in any interval graph) and all pairs: a set whose common time had no check may have pairs that had one.
 */
export function observedTogether(
  intervals: readonly LiveInterval[],
  checks: readonly CheckedAt[],
  forMs: number,
  nowMs: number,
): readonly Versions[] {
  const clipped = intervals.map((one) => ({ ...one, endedAtMs: Math.min(one.endedAtMs, nowMs) }));
  const togetherMs = Math.max(1, forMs);
  const verdicts = verdictsByRelease(checks);
  const proven = [...cliques(clipped, togetherMs), ...pairs(clipped, togetherMs)]
    .filter((group) => everyonePassed(group, verdicts))
    .sort(latestFirst);
  const distinct = new Map(proven.map(versionsOf).map((versions) => [JSON.stringify(versions), versions]));
  return maximal([...distinct.values()].slice(0, compared)).slice(0, kept);
}

const kept = 200;
/** Subsets are looked for among so many sets: the comparison is quadratic. */
const compared = 1_000;

function cliques(intervals: readonly LiveInterval[], forMs: number): readonly LiveInterval[][] {
  const longEnough = intervals.filter((one) => one.endedAtMs - one.beganAtMs >= forMs);
  return longEnough
    .map((last) => {
      const at = last.endedAtMs - forMs;
      return longEnough.filter((one) => one.beganAtMs <= at && at <= one.endedAtMs - forMs);
    })
    .filter((group) => group.length > 1);
}

function pairs(intervals: readonly LiveInterval[], forMs: number): readonly LiveInterval[][] {
  return intervals.flatMap((left, at) =>
    intervals
      .slice(at + 1)
      .filter((right) => right.component !== left.component && lengthOf([left, right]) >= forMs)
      .map((right) => [left, right]),
  );
}

/** Passed and failed results of each release, oldest first; no data is not a verdict. */
type Verdicts = ReadonlyMap<string, readonly CheckedAt[]>;

function verdictsByRelease(checks: readonly CheckedAt[]): Verdicts {
  const verdicts = new Map<string, CheckedAt[]>();
  for (const check of checks.filter(({ verdict }) => verdict !== 'no-data')) {
    const own = verdicts.get(releaseKey(check)) ?? [];
    verdicts.set(releaseKey(check), own);
    own.push(check);
  }
  for (const own of verdicts.values()) own.sort((left, right) => left.atMs - right.atMs);
  return verdicts;
}

function releaseKey({ component, digest }: Pick<CheckedAt, 'component' | 'digest'>): string {
  return `${component}\0${digest}`;
}

/** The newest verdict within the common time counts: what failed last did not pass. */
function everyonePassed(group: readonly LiveInterval[], verdicts: Verdicts): boolean {
  const [from, to] = commonTime(group);
  return group.every((interval) => {
    const newest = newestUntil(verdicts.get(releaseKey(interval)) ?? [], to);
    return newest !== undefined && newest.atMs >= from && newest.verdict === 'passed';
  });
}

/** Binary search: a release that is live for a year has many results. */
function newestUntil(sorted: readonly CheckedAt[], atMs: number): CheckedAt | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

function commonTime(group: readonly LiveInterval[]): readonly [number, number] {
  return [Math.max(...group.map(({ beganAtMs }) => beganAtMs)), Math.min(...group.map(({ endedAtMs }) => endedAtMs))];
}

function lengthOf(group: readonly LiveInterval[]): number {
  const [from, to] = commonTime(group);
  return to - from;
}

function latestFirst(left: readonly LiveInterval[], right: readonly LiveInterval[]): number {
  return commonTime(right)[1] - commonTime(left)[1];
}

function versionsOf(group: readonly LiveInterval[]): Versions {
  return Object.fromEntries(
    group.map(({ component, version }) => [component, version] as const).sort(([a], [b]) => byCodeUnit(a, b)),
  );
}

function maximal(sets: readonly Versions[]): readonly Versions[] {
  return sets.filter((set) => !sets.some((other) => other !== set && contains(other, set)));
}

function contains(outer: Versions, inner: Versions): boolean {
  return Object.entries(inner).every(([component, version]) => outer[component] === version);
}
