import type { LastgoodError } from '../domain/errors';
import { byCodeUnit } from '../domain/identity';
import type { PlanFacts, ReleaseFact } from '../domain/plan-facts';
import { invalid, isPrintable } from './facts-errors';

/** Throws for releases that contradict each other or say too little. The same release, told twice in the same words, is fine. */
export function checkReleases({ releases }: PlanFacts): void {
  const known = new Map<string, ReleaseFact>();
  for (const release of releases) {
    checkRelease(release);
    const name = `${release.component} ${release.digest}`;
    const before = known.get(name);
    if (before !== undefined && wordsOf(before) !== wordsOf(release)) throw toldTwice(release);
    known.set(name, release);
  }
}

function toldTwice({ component, version, digest }: ReleaseFact): LastgoodError {
  return invalid(
    `releases, ${component} ${version}`,
    `the release ${digest} of ${component} is there twice, told differently`,
    'a release is known by its digest',
    'keep one of the two',
  );
}

const statuses = ['good', 'unstable', 'unknown', 'revoked'];

function checkRelease(release: ReleaseFact): void {
  const { component, version, digest, status, goodForSeconds, lastLiveAtMs, requires } = release;
  if (!isPrintable(component, 256) || !isPrintable(version, 256) || !isPrintable(digest, 256)) {
    const what = `a release is told as ${JSON.stringify({ component, version, digest })}`;
    throw wrong(release, what, 'a release is known by component, version and digest', 'write all three as text');
  }
  if (!statuses.includes(status)) {
    const what = `status is ${JSON.stringify(status)}`;
    throw wrong(release, what, 'only known-good releases are gone back to', `write one of ${statuses.join(', ')}`);
  }
  if (!isCount(goodForSeconds) || !isCount(lastLiveAtMs)) {
    const what = `goodForSeconds is ${goodForSeconds}, lastLiveAtMs is ${lastLiveAtMs}`;
    throw wrong(release, what, 'both are numbers', 'write numbers of at least 0, or leave them out');
  }
  for (const [other, range] of requires === undefined ? [] : Object.entries(requires)) {
    if (isPrintable(range, 1_024)) continue;
    const what = `requires.${other} is ${JSON.stringify(range)}`;
    throw wrong(release, what, 'it must say which versions are needed', 'write a range like ">=3.1.0 <4"');
  }
}

function isCount(value: number | undefined): boolean {
  return value === undefined || (Number.isFinite(value) && value >= 0);
}

function wrong({ component, version }: ReleaseFact, what: string, why: string, next: string): LastgoodError {
  const named = [component, version].every((part) => isPrintable(part, 256));
  return invalid(named ? `releases, ${component} ${version}` : 'releases', what, why, next);
}

/** One text for one content, whatever the order of keys. */
function wordsOf(release: ReleaseFact): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => byCodeUnit(left, right)))
      : value;
  return JSON.stringify(release, sorted);
}
