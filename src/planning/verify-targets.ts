import { gt, lt, valid } from 'semver';
import type { Plan, PlanTarget } from '../domain/plan';
import type { PlanFacts, ReleaseFact } from '../domain/plan-facts';
import { told } from './verify-stays';

/** Faults of the targets: each must be a known-good release that can be had, or the one that was asked for, and be reached. */
export function targetFaults(plan: Plan, facts: PlanFacts): readonly string[] {
  const moved = new Set(plan.units.flatMap(({ kind, components }) => (kind === 'move' ? components : [])));
  const stages = new Map<string, string>();
  for (const { steps } of plan.units) {
    for (const { component, version } of steps) if (version !== undefined) stages.set(component, version);
  }
  const releases = releasesByName(facts);
  const named = new Set(plan.targets.map(({ component }) => component));
  return [
    ...plan.bad
      .filter((key) => !named.has(key) && facts.flagOnly !== true)
      .map((key) => `${key} is bad and has no target`),
    ...plan.targets.flatMap((target) => {
      const { component, from, to } = target;
      const live = told(facts.live, component);
      const isLive = live?.version === from.version && live.digest === from.digest;
      const isThere = moved.has(component) || (to.digest === from.digest && to.version === from.version);
      const own = releases.get(component) ?? releases.get(component.split('/')[0]!) ?? [];
      const stage = stages.get(component);
      return [
        ...(isLive ? [] : [`${component} does not run ${from.version}`]),
        ...(isThere ? [] : [`${component} is not moved to ${to.version}`]),
        ...(stage === undefined
          ? releaseFaults(target, told(facts.to, component), own)
          : stageFaults(target, stage, own)),
      ];
    }),
  ];
}

function releasesByName({ releases }: PlanFacts): ReadonlyMap<string, readonly ReleaseFact[]> {
  const byName = new Map<string, ReleaseFact[]>();
  for (const release of releases) {
    const known = byName.get(release.component);
    if (known === undefined) byName.set(release.component, [release]);
    else known.push(release);
  }
  return byName;
}

/** A chain ends at the stage that its last step enters; the digest is that of a release with this version, if one is known. */
function stageFaults(
  { component, to }: PlanTarget,
  stage: string,
  releases: readonly ReleaseFact[],
): readonly string[] {
  const digests = releases.filter(({ version }) => version === stage).map(({ digest }) => digest);
  return [
    ...(stage === to.version ? [] : [`${component} stops at ${stage}, not at ${to.version}`]),
    ...(digests.length === 0 || digests.includes(to.digest)
      ? []
      : [`${component} ${stage} is not the release ${to.digest}`]),
  ];
}

function releaseFaults(
  { component, from, to, why, source }: PlanTarget,
  wanted: string | undefined,
  releases: readonly ReleaseFact[],
): readonly string[] {
  const release = releases.find(({ version, digest }) => version === to.version && digest === to.digest);
  if (to.digest === from.digest && from.digest !== '')
    return wanted === undefined ? [`${component} goes to what is live`] : [];
  if (release === undefined || !isUsable(release))
    return [`${component} ${to.version} is no known-good release that can be had`];
  if (wanted !== undefined) {
    return [to.version, to.digest].includes(wanted)
      ? []
      : [`${component} was asked to go to ${wanted}, not to ${to.version}`];
  }
  const offered = release.sources?.filter(({ available }) => available).map(({ kind }) => kind) ?? [];
  const newer = releases.filter(
    (other) => isUsable(other) && other.digest !== from.digest && isNewer(other, release, from.version),
  );
  const unsaid = newer.filter(({ version }) => !why.some((line) => line.startsWith(`${version} `)));
  return [
    ...(offered.length > 0 && !offered.some((kind) => kind === source)
      ? [`${component} comes from ${source}, which does not have it`]
      : []),
    ...unsaid.map(
      ({ version }) => `${component} ${version} is newer than ${to.version}, and nothing says why it was passed over`,
    ),
  ];
}

function isUsable({ status, sources = [] }: ReleaseFact): boolean {
  return status === 'good' && (sources.length === 0 || sources.some(({ available }) => available));
}

function isNewer(other: ReleaseFact, than: ReleaseFact, live: string): boolean {
  if (other.digest === than.digest) return false;
  if (other.lastLiveAtMs !== undefined || than.lastLiveAtMs !== undefined) {
    return (other.lastLiveAtMs ?? -1) > (than.lastLiveAtMs ?? -1);
  }
  if ([other.version, than.version, live].some((version) => valid(version) === null)) return false;
  return gt(other.version, than.version) && lt(other.version, live);
}
