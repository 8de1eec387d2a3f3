import { gt, lt, valid } from 'semver';
import type { Plan, PlanFacts, PlanTarget, ReleaseFact } from '../domain/plan';
import { told } from './verify-rules';

/** Faults of the targets: each must be a known-good release that can be had, or the one that was asked for. */
export function targetFaults(plan: Plan, facts: PlanFacts): readonly string[] {
  const entered = new Map<string, string>();
  for (const { steps } of plan.units) {
    for (const { component, version } of steps) if (version !== undefined) entered.set(component, version);
  }
  const byName = new Map<string, ReleaseFact[]>();
  for (const release of facts.releases) {
    const known = byName.get(release.component);
    if (known === undefined) byName.set(release.component, [release]);
    else known.push(release);
  }
  return plan.targets.flatMap((target) => {
    const { component, from, to } = target;
    const live = told(facts.live, component);
    const stage = entered.get(component);
    return [
      ...(live?.version === from.version && live.digest === from.digest
        ? []
        : [`${component} does not run ${from.version}`]),
      ...(stage === undefined || stage === to.version ? [] : [`${component} stops at ${stage}, not at ${to.version}`]),
      ...(stage === undefined ? releaseFaults(target, facts, byName) : []),
    ];
  });
}

function releaseFaults(
  { component, from, to, why, source }: PlanTarget,
  facts: PlanFacts,
  byName: ReadonlyMap<string, readonly ReleaseFact[]>,
): readonly string[] {
  const name = component.split('/')[0]!;
  const releases = byName.get(component) ?? byName.get(name) ?? [];
  const release = releases.find(({ version, digest }) => version === to.version && digest === to.digest);
  const wanted = told(facts.to, component);
  if (to.digest === from.digest && from.digest !== '')
    return wanted === undefined ? [`${component} goes to what is live`] : [];
  if (release === undefined || !isUsable(release))
    return [`${component} ${to.version} is no known-good release that can be had`];
  if (wanted !== undefined) {
    return wanted === to.version || wanted === to.digest
      ? []
      : [`${component} was asked to go to ${wanted}, not to ${to.version}`];
  }
  const offered = release.sources?.filter(({ available }) => available).map(({ kind }) => kind) ?? [];
  const newer = releases.filter(
    (other) => isUsable(other) && other.digest !== from.digest && isNewer(other, release, from.version),
  );
  const unsaid = newer.filter(({ version }) => !why.some((line) => line.startsWith(`${version} `)));
  return [
    ...(offered.length > 0 && !offered.includes(source ?? '')
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
