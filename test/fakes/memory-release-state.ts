import { unknownDeployment } from '../../src/adapters/inventory/deployment-errors';
import type { LiveInterval } from '../../src/adapters/inventory/observed-together';
import { releaseDigest } from '../../src/adapters/inventory/release-digest';
import type { SaidHold, SaidMark } from '../../src/adapters/inventory/said';
import { byCodeUnit, componentOf, type ComponentKey } from '../../src/domain/identity';
import type { Deployment, Release, ReleaseEvent } from '../../src/domain/release';
import type { Baseline } from '../../src/domain/verification';

/** Everything the release book in memory remembers. */
export interface State {
  readonly now: () => number;
  releases: Release[];
  deployments: (Deployment & { readonly content: string })[];
  live: KeptInterval[];
  checks: (KeptCheck & { readonly environment: string })[];
  baselines: (Baseline & { readonly environment: string; readonly deployment: string; readonly storedAt: number })[];
  marks: SaidMark[];
  holds: SaidHold[];
}

interface KeptInterval extends LiveInterval {
  readonly environment: string;
  readonly deployment: string;
}

interface KeptCheck {
  readonly component: ComponentKey;
  readonly digest: string;
  readonly verdict: 'passed' | 'failed' | 'no-data';
  readonly atMs: number;
}

/** Keeps a release; the newest label wins, requirements are not forgotten. */
export function store(state: State, release: Omit<Release, 'digest'>): Release {
  const digest = releaseDigest(release.artifacts);
  const known = find(state, release.component, digest);
  const artifacts = [...release.artifacts].sort((left, right) =>
    byCodeUnit(`${left.layer}\0${left.name}`, `${right.layer}\0${right.name}`),
  );
  const requires = release.requires ?? known?.requires;
  const formats = release.formats ?? known?.formats;
  const stored = {
    ...known,
    ...release,
    digest,
    artifacts,
    ...(requires && { requires }),
    ...(formats && { formats }),
  };
  if (known === undefined) state.releases.push(stored);
  else state.releases[state.releases.indexOf(known)] = stored;
  return { ...release, digest };
}

/** A release by its digest. */
export function find(state: State, component: string, digest: string): Release | undefined {
  return state.releases.find((one) => one.component === component && one.digest === digest);
}

/** Every release that ever carried this label. */
export function digestsOf(state: State, component: string, version: string): readonly string[] {
  const deployed = state.deployments.flatMap(({ releases }) => releases);
  const labelled = [...state.releases, ...deployed].filter(
    (one) => componentOf(one.component) === component && one.version === version,
  );
  return [...new Set(labelled.map(({ digest }) => digest))].sort(byCodeUnit);
}

/** One deployment as it is kept. */
export function kept(state: State, environment: string, deployment: string) {
  return state.deployments.find((one) => one.environment === environment && one.deployment === deployment);
}

/** One deployment that must be there. Throws UNKNOWN_DEPLOYMENT. */
export function required(state: State, environment: string, deployment: string): Deployment {
  const found = visible(kept(state, environment, deployment));
  if (found === undefined) throw unknownDeployment(environment, deployment);
  return found;
}

/** A deployment as callers see it. */
export function visible(found: State['deployments'][number] | undefined): Deployment | undefined {
  if (found === undefined) return undefined;
  const { content: _content, ...deployment } = found;
  return deployment;
}

/** Puts a changed deployment in the place of the old one. */
export function replace(state: State, changed: Deployment): void {
  state.deployments = state.deployments.map((one) =>
    one.environment === changed.environment && one.deployment === changed.deployment
      ? { ...changed, content: one.content }
      : one,
  );
}

/** What is live. */
export function liveNow(state: State, environment: string, component: ComponentKey): KeptInterval | undefined {
  return state.live.find(
    (one) => one.environment === environment && one.component === component && one.endedAtMs === Infinity,
  );
}

/** Ends the live interval of the predecessor and opens the next; what is live already stays so. */
export function goLive(
  state: State,
  environment: string,
  release: Deployment['releases'][number],
  deployment: string,
): void {
  const before = liveNow(state, environment, release.component);
  if (before?.digest === release.digest) return;
  const atMs = state.now();
  state.live = state.live.map((one) => (one === before ? { ...one, endedAtMs: atMs } : one));
  state.live.push({ environment, deployment, ...release, beganAtMs: atMs, endedAtMs: Infinity });
}

/** Every release ever deployed or live there. */
export function seenDigests(state: State, environment: string, component: ComponentKey): ReadonlySet<string> {
  const deployed = state.deployments
    .filter((one) => one.environment === environment)
    .flatMap(({ releases }) => releases);
  const live = state.live.filter((one) => one.environment === environment);
  return new Set([...deployed, ...live].filter((one) => one.component === component).map(({ digest }) => digest));
}

/** Live, left and checked, as events. */
export function happened(state: State, environment: string, component: ComponentKey) {
  const isOwn = (one: { readonly environment: string; readonly component: ComponentKey }): boolean =>
    one.environment === environment && one.component === component;
  const live = state.live.filter(isOwn).flatMap(({ digest, deployment, beganAtMs, endedAtMs }) => {
    const began: ReleaseEvent = { kind: 'live', atMs: beganAtMs, deployment };
    const left: readonly ReleaseEvent[] = endedAtMs === Infinity ? [] : [{ kind: 'left', atMs: endedAtMs }];
    return [began, ...left].map((event) => ({ digest, event }));
  });
  const checks = state.checks.filter(isOwn).map(({ digest, verdict, atMs }) => {
    return { digest, event: { kind: 'checked', verdict, atMs } as const };
  });
  return [...live, ...checks];
}

/** The deployment that made it live last (a rollback is none); else the newest that names it. */
export function madeLiveBy(state: State, environment: string, component: ComponentKey, digest: string) {
  const byLive = state.live
    .filter((one) => one.environment === environment && one.component === component && one.digest === digest)
    .flatMap(({ deployment }) => kept(state, environment, deployment) ?? []);
  const names = (one: Deployment): boolean =>
    one.releases.some((release) => release.component === component && release.digest === digest);
  return byLive.at(-1) ?? state.deployments.findLast((one) => one.environment === environment && names(one));
}
