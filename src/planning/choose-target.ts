import { byCodeUnit, componentOf } from '../domain/identity';
import type { LiveFact, ReleaseFact, SourceFact } from '../domain/plan-facts';
import type { Block } from './blocks';
import type { Ground } from './ground';
import { commands, fixForward } from './offers';
import type { VersionReader } from './versions';

/** A release that may be gone back to, and where its artifact would come from. */
export interface Candidate {
  readonly release: ReleaseFact;
  readonly source?: SourceFact;
  readonly sourcesTried: readonly SourceFact[];
  /** How many of the choice's `passedOver` would have come before it. */
  readonly passedBefore: number;
}

/** What one component could go back to, best first; without any, why not. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  /** Why each release that would have come first is no candidate, in the same order. */
  readonly passedOver: readonly string[];
  readonly block?: Block;
}

/** What tells versions apart, and the rule (if any) whose range can not judge a version of a component. */
export interface Judging {
  readonly reader: VersionReader;
  readonly unjudged: (component: string, version: string) => string | undefined;
}

/** Reads the choices of a component when it is first needed. */
export function choicesOf(ground: Ground, judging: Judging): (at: number) => Choice {
  const known: (Choice | undefined)[] = ground.keys.map(() => undefined);
  return (at) => {
    const before = known[at];
    if (before !== undefined) return before;
    const own = ground.history[at]!;
    const wanted = ground.wanted.get(at);
    const made =
      wanted === undefined ? lastKnownGood(ground, at, own, judging) : explicit(ground, at, own, wanted, judging);
    known[at] = made;
    return made;
  };
}

/** Every known-good release whose artifact can still be had, newest first; never what is live now. */
function lastKnownGood(
  { facts, keys, live }: Ground,
  at: number,
  releases: readonly ReleaseFact[],
  { reader, unjudged }: Judging,
): Choice {
  const candidates: Candidate[] = [];
  const passedOver: string[] = [];
  const others = newestFirst(otherThan(releases, live[at]!), live[at]!, reader);
  for (const release of others) {
    const { source, sourcesTried } = sourceOf(release);
    const against = whyNot(release, source, sourcesTried, unjudged);
    if (against !== undefined) passedOver.push(`${release.version} passed over: ${against}`);
    else candidates.push(candidateOf(release, source, sourcesTried, passedOver.length));
  }
  if (candidates.length > 0) return { candidates, passedOver };
  const vouched = vouchedFor(others, live[at]!);
  return { candidates, passedOver, block: noTarget(facts.environment, keys[at]!, passedOver, vouched) };
}

/** A target somebody asked for is held to the same rules; what it breaks is said. */
function explicit(
  { facts, keys, live }: Ground,
  at: number,
  releases: readonly ReleaseFact[],
  wanted: string,
  { reader, unjudged }: Judging,
): Choice {
  const named = newestFirst(releases, live[at]!, reader).filter(
    ({ version, digest }) => version === wanted || digest === wanted,
  );
  const judged = named.map((release) => {
    const { source, sourcesTried } = sourceOf(release);
    const against = isLive(release, live[at]!) ? undefined : whyNot(release, source, sourcesTried, unjudged);
    return { candidate: candidateOf(release, source, sourcesTried, 0), against };
  });
  const candidates = judged.filter(({ against }) => against === undefined).map(({ candidate }) => candidate);
  if (candidates.length > 0) return { candidates, passedOver: [] };
  const why = judged.map(({ against }) => against)[0] ?? unknownVersion(releases, live[at]!, wanted, reader);
  const good = newestFirst(otherThan(releases, live[at]!), live[at]!, reader).find(canBeHad);
  const block = badTarget(facts.environment, { key: keys[at]!, wanted, why, unverified: named, good });
  return { candidates, passedOver: [], block };
}

/** What is known instead, the most alike first: people mistype versions. */
function unknownVersion(
  releases: readonly ReleaseFact[],
  live: LiveFact,
  wanted: string,
  reader: VersionReader,
): string {
  const known = [...new Set(newestFirst(otherThan(releases, live), live, reader).map(({ version }) => version))];
  if (known.length === 0) return 'no other release of it is known';
  const shared = (version: string): number => {
    const [left, right] = [version.replace(/^v/, ''), wanted.replace(/^v/, '')];
    let at = 0;
    while (at < left.length && left[at] === right[at]) at += 1;
    return left === right ? Number.MAX_SAFE_INTEGER : at;
  };
  const nearest = known.map((version) => [version, shared(version)] as const).sort(([, a], [, b]) => b - a);
  const more = known.length > shownVersions ? ` and ${known.length - shownVersions} more` : '';
  return `no such release is known; known are ${nearest
    .slice(0, shownVersions)
    .map(([version]) => version)
    .join(', ')}${more}`;
}

const shownVersions = 8;

function candidateOf(
  release: ReleaseFact,
  source: SourceFact | undefined,
  sourcesTried: readonly SourceFact[],
  passedBefore: number,
): Candidate {
  const candidate = { release, sourcesTried, passedBefore };
  return source === undefined ? candidate : { ...candidate, source };
}

/** Last live first where that is known, then by version: those below the live one before those above it. */
function newestFirst(releases: readonly ReleaseFact[], live: LiveFact, reader: VersionReader): readonly ReleaseFact[] {
  if (releases.length < 2) return releases;
  const isAbove = ({ version }: ReleaseFact): number => (reader.compare(version, live.version) > 0 ? 1 : 0);
  return [...releases].sort((left, right) => {
    const byTime = (right.lastLiveAtMs ?? -1) - (left.lastLiveAtMs ?? -1);
    if (byTime !== 0) return byTime;
    const known = left.lastLiveAtMs === undefined ? isAbove(left) - isAbove(right) : 0;
    return known || reader.compare(right.version, left.version) || byCodeUnit(left.digest, right.digest);
  });
}

function otherThan(releases: readonly ReleaseFact[], live: LiveFact): readonly ReleaseFact[] {
  return releases.filter((release) => !isLive(release, live));
}

function isLive({ digest, version }: ReleaseFact, live: LiveFact): boolean {
  return live.digest === '' ? version === live.version : digest === live.digest;
}

function whyNot(
  release: ReleaseFact,
  source: SourceFact | undefined,
  tried: readonly SourceFact[],
  unjudged: Judging['unjudged'],
): string | undefined {
  const rule = unjudged(componentOf(release.component), release.version);
  if (rule !== undefined) return `it is not a semver version, and the range of ${rule} can not judge it`;
  if (release.status !== 'good') {
    const meaning = release.status === 'unknown' ? 'never verified as good' : release.status;
    return release.why === undefined ? meaning : `${meaning} (${release.why})`;
  }
  if (source !== undefined || tried.length === 0) return undefined;
  const where = tried.map(({ kind, why }) => (why === undefined ? kind : `${kind}: ${why}`)).join(', ');
  return `its artifact can not be had any more (${where})`;
}

/** The first available source in the order of trust; those that were tried before it are named too. */
function sourceOf({ sources }: ReleaseFact): {
  readonly source?: SourceFact;
  readonly sourcesTried: readonly SourceFact[];
} {
  if (sources === undefined) return noSource;
  const ordered = [...sources].sort(bySource);
  const at = ordered.findIndex(({ available }) => available);
  const source = ordered[at];
  if (source === undefined) return { sourcesTried: ordered };
  return { source, sourcesTried: ordered.slice(0, at) };
}

const noSource = { sourcesTried: [] };

/** Known-good, and not without any source. */
function canBeHad(release: ReleaseFact): boolean {
  const { source, sourcesTried } = sourceOf(release);
  return release.status === 'good' && (source !== undefined || sourcesTried.length === 0);
}

const sourceOrder = ['captur', 'cache', 'registry', 'git', 'backup'];

function bySource(left: SourceFact, right: SourceFact): number {
  const rank = ({ kind }: SourceFact): number => {
    const found = sourceOrder.findIndex((word) => kind.toLowerCase().includes(word));
    return found < 0 ? sourceOrder.length : found;
  };
  return rank(left) - rank(right) || byCodeUnit(left.kind, right.kind);
}

/**
 * What a person could vouch for: the newest that nobody verified. A label that others carry as well, the bad release above
 * all, would vouch for them too, so it is named by its digest, and only where there is no other.
 */
function vouchedFor(others: readonly ReleaseFact[], live: LiveFact): string | undefined {
  const unverified = others.filter(({ status, digest }) => status === 'unknown' && digest !== live.digest);
  const found = unverified.find(({ version }) => version !== live.version) ?? unverified[0];
  if (found === undefined) return undefined;
  const isShared = ({ version, digest }: Pick<ReleaseFact, 'version' | 'digest'>): boolean =>
    version === found.version && digest !== found.digest;
  return [live, ...others].some(isShared) ? found.digest : found.version;
}

function noTarget(environment: string, key: string, passedOver: readonly string[], vouched: string | undefined): Block {
  const history = passedOver.length === 0 ? 'no other release is known' : passedOver.slice(0, 5).join('; ');
  const byPerson = vouched === undefined ? [] : [commands.markKnownGood(environment, componentOf(key), vouched)];
  return {
    code: 'NO_KNOWN_GOOD_TARGET',
    why: `${key} has no known-good release to go back to: ${history}`,
    offers: [...byPerson, fixForward([key])],
  };
}

function badTarget(
  environment: string,
  found: {
    readonly key: string;
    readonly wanted: string;
    readonly why: string;
    readonly unverified: readonly ReleaseFact[];
    readonly good: ReleaseFact | undefined;
  },
): Block {
  const { key, wanted, why, unverified, good } = found;
  const isUnverified = unverified.some(({ status }) => status === 'unknown');
  return {
    code: 'TARGET_NOT_ALLOWED',
    why: `${key} can not go to ${wanted}: ${why}`,
    offers: [
      ...(good === undefined
        ? []
        : [`take the last known-good one, ${good.version}:  ${commands.plan(environment, [key])}`]),
      ...(isUnverified ? [commands.markKnownGood(environment, componentOf(key), wanted)] : []),
      fixForward([key]),
    ],
  };
}
