import { byCodeUnit } from '../domain/identity';
import type { PlanFacts, ReleaseFact } from '../domain/plan';
import { invalid, isPrintable } from './facts-errors';

/** Throws for releases that contradict each other or say too little. The same release, told twice in the same words, is fine. */
export function checkReleases({ releases }: PlanFacts): void {
  const known = new Map<string, ReleaseFact>();
  for (const release of releases) {
    checkRelease(release);
    const name = `${release.component} ${release.digest}`;
    const before = known.get(name);
    if (before !== undefined && wordsOf(before) !== wordsOf(release)) {
      throw invalid(
        `releases, ${release.component} ${release.version}`,
        `the release ${release.digest} of ${release.component} is there twice, told differently`,
        'a release is known by its digest',
        'keep one of the two',
      );
    }
    known.set(name, release);
  }
}

const statuses = ['good', 'unstable', 'unknown', 'revoked'];

function checkRelease({
  component,
  version,
  digest,
  status,
  goodForSeconds,
  lastLiveAtMs,
  requires = {},
}: ReleaseFact): void {
  const place = `releases, ${component} ${version}`;
  for (const [name, value] of Object.entries({ component, version, digest })) {
    if (isPrintable(value, 256)) continue;
    throw invalid(
      place,
      `${name} is ${JSON.stringify(value)}`,
      'a release is known by component, version and digest',
      `write its ${name}`,
    );
  }
  if (!statuses.includes(status)) {
    throw invalid(
      place,
      `status is ${JSON.stringify(status)}`,
      'only known-good releases are gone back to',
      `write one of ${statuses.join(', ')}`,
    );
  }
  for (const [name, value] of Object.entries({ goodForSeconds, lastLiveAtMs })) {
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw invalid(
      place,
      `${name} is ${String(value)}`,
      'it must be a number',
      'write a number of at least 0, or leave it out',
    );
  }
  for (const [other, range] of Object.entries(requires)) {
    if (typeof range === 'string' && range !== '') continue;
    throw invalid(
      place,
      `requires.${other} is ${JSON.stringify(range)}`,
      'it must say which versions are needed',
      'write a range like ">=3.1.0 <4"',
    );
  }
}

/** One text for one content, whatever the order of keys. */
function wordsOf(release: ReleaseFact): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => byCodeUnit(left, right)))
      : value;
  return JSON.stringify(release, sorted);
}
