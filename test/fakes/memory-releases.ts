import { beginWarnings } from '../../src/adapters/inventory/begin-warnings';
import { deploymentChanged, unknownRelease } from '../../src/adapters/inventory/deployment-errors';
import { gateAnswer } from '../../src/adapters/inventory/gate-answer';
import { observedTogether } from '../../src/adapters/inventory/observed-together';
import { manifestContent } from '../../src/adapters/inventory/release-digest';
import { historyOf } from '../../src/adapters/inventory/release-events';
import { holdsInForce, marksInForce } from '../../src/adapters/inventory/said';
import { byCodeUnit, componentOf, shortDigest } from '../../src/domain/identity';
import type { ReleaseBook } from '../../src/domain/inventory';
import type { Hold, Mark } from '../../src/domain/release';
import {
  digestsOf,
  find,
  goLive,
  happened,
  kept,
  liveNow,
  madeLiveBy,
  replace,
  required,
  seenDigests,
  store,
  visible,
  type State,
} from './memory-release-state';

/** A rollback that the gate speaks of. */
export interface UnderWay {
  readonly rollback: string;
  readonly phase: string;
}
type RollbacksUnderWay = (environment: string, component: string) => readonly UnderWay[];

/** The release book of the inventory in memory. */
export function memoryReleases(now: () => number, rollbacksUnderWay: RollbacksUnderWay): ReleaseBook {
  const state: State = {
    now,
    releases: [],
    deployments: [],
    live: [],
    checks: [],
    baselines: [],
    marks: [],
    holds: [],
  };
  const gate: ReleaseBook['gate'] = async (environment, key, what) => {
    const component = componentOf(key);
    const named = new Set([what, ...digestsOf(state, component, what)]);
    return gateAnswer({
      environment,
      component,
      marks: marksInForce(
        state.marks.filter((mark) => mark.component === component),
        environment,
      ).filter(({ digest, version }) => named.has(digest) || version === what),
      holds: holdsInForce(state.holds).filter(
        (hold) => hold.environment === environment && hold.component === component,
      ),
      rollbacks: rollbacksUnderWay(environment, component),
    });
  };
  const deployments = memoryDeployments(state, gate);
  return { ...deployments, ...memoryLive(state), ...memoryChecks(state), ...memoryWords(state), gate };
}

type DeploymentPart = 'begin' | 'finish' | 'deployment' | 'deployments' | 'digests';

function memoryDeployments(state: State, gate: ReleaseBook['gate']): Pick<ReleaseBook, DeploymentPart> {
  const book: Pick<ReleaseBook, DeploymentPart> = {
    async begin(manifest, by) {
      const { environment, deployment } = manifest;
      const warnings = await beginWarnings({ gate, digests: book.digests, deployments: book.deployments }, manifest);
      const content = manifestContent(manifest);
      const known = kept(state, environment, deployment);
      if (known !== undefined && known.content !== content) {
        throw deploymentChanged(environment, deployment, 'was begun before with other releases');
      }
      if (known === undefined) {
        const releases = manifest.releases.map(({ component, ...release }) => {
          const { digest, version } = store(state, { ...release, component: componentOf(component) });
          return { component, digest, version };
        });
        releases.sort((left, right) => byCodeUnit(left.component, right.component));
        const began = { environment, deployment, status: 'begun', by, beganAtMs: state.now(), releases } as const;
        state.deployments.push({ ...began, content });
      }
      return { deployment: required(state, environment, deployment), warnings };
    },
    async finish(environment, deployment, status) {
      const known = required(state, environment, deployment);
      if (known.status === status) return known;
      if (known.status !== 'begun') {
        throw deploymentChanged(environment, deployment, `has ended before as ${known.status}`);
      }
      replace(state, { ...known, status, finishedAtMs: state.now() });
      if (status === 'succeeded') for (const release of known.releases) goLive(state, environment, release, deployment);
      return required(state, environment, deployment);
    },
    deployment: async (environment, deployment) => visible(kept(state, environment, deployment)),
    deployments: async (environment, { status, limit = 50 } = {}) =>
      state.deployments
        .filter((one) => one.environment === environment && (status === undefined || one.status === status))
        .toReversed()
        .slice(0, limit)
        .flatMap((one) => visible(one) ?? []),
    digests: async (component, version) => digestsOf(state, component, version),
  };
  return book;
}

type LivePart = 'record' | 'returned' | 'release' | 'live' | 'history' | 'observedTogether';

function memoryLive(state: State): Pick<ReleaseBook, LivePart> {
  return {
    async record(environment, release, component, by, live) {
      const stored = store(state, release);
      const { digest, version } = stored;
      const changed = live && liveNow(state, environment, component)?.digest !== digest;
      if (!changed && seenDigests(state, environment, component).has(digest)) return stored;
      const deployment = `recorded-${component.replace('/', '-')}-${shortDigest(digest)}`;
      if (kept(state, environment, deployment) === undefined) {
        const releases = [{ component, digest, version }];
        const recorded = { environment, deployment, status: 'recorded', by, beganAtMs: state.now(), releases } as const;
        state.deployments.push({ ...recorded, content: digest });
      }
      if (live) goLive(state, environment, { component, digest, version }, deployment);
      return stored;
    },
    async returned(environment, component, digest, rollback) {
      if (liveNow(state, environment, component)?.digest === digest) return;
      const known = find(state, componentOf(component), digest);
      if (known === undefined) throw unknownRelease(component, digest);
      goLive(state, environment, { component, digest, version: known.version }, rollback);
    },
    release: async (component, digest) => find(state, component, digest),
    async live(environment, component) {
      const live = liveNow(state, environment, component);
      if (live === undefined) return undefined;
      const { digest, version, beganAtMs, deployment } = live;
      return { digest, version, sinceMs: beganAtMs, deployment };
    },
    async history(environment, key) {
      const component = componentOf(key);
      const seen = seenDigests(state, environment, key);
      return historyOf({
        environment,
        releases: state.releases.filter((one) => one.component === component && seen.has(one.digest)),
        happened: happened(state, environment, key),
        said: state.marks.filter((mark) => mark.component === component),
      });
    },
    observedTogether: async (environment, forMs) =>
      observedTogether(
        state.live.filter((one) => one.environment === environment),
        state.checks.filter((one) => one.environment === environment),
        forMs,
        state.now(),
      ),
  };
}

type CheckPart = 'putCheckResult' | 'putBaselines' | 'baselines';

function memoryChecks(state: State): Pick<ReleaseBook, CheckPart> {
  return {
    async putCheckResult(environment, component, digest, verdict) {
      state.checks.push({ environment, component, digest, verdict, atMs: state.now() });
    },
    async putBaselines(environment, deployment, baselines) {
      for (const baseline of baselines) {
        const isKnown = state.baselines.some(
          (one) =>
            one.environment === environment &&
            one.deployment === deployment &&
            one.component === baseline.component &&
            one.check === baseline.check,
        );
        if (!isKnown)
          state.baselines.push({ ...baseline, environment, deployment, storedAt: state.deployments.length });
      }
    },
    async baselines(environment, component, beforeDigest) {
      const maker = beforeDigest === undefined ? undefined : madeLiveBy(state, environment, component, beforeDigest);
      const place = maker === undefined ? -1 : state.deployments.indexOf(maker);
      const newest = new Map(
        state.baselines
          .filter((one) => one.environment === environment && one.component === component && one.state === 'value')
          .filter((one) => maker === undefined || one.deployment === maker.deployment || one.storedAt <= place)
          .map(({ environment: _e, deployment: _d, storedAt: _s, ...baseline }) => [baseline.check, baseline]),
      );
      return [...newest.values()].sort((left, right) => byCodeUnit(left.check, right.check));
    },
  };
}

type WordPart = 'mark' | 'lift' | 'marks' | 'hold' | 'liftHold' | 'holds' | 'condemn';

function memoryWords(state: State): Pick<ReleaseBook, WordPart> {
  const holdsOf = (environment: string): readonly Hold[] =>
    holdsInForce(state.holds.filter((hold) => hold.environment === environment));
  const words: Pick<ReleaseBook, WordPart> = {
    async condemn(marks, holds) {
      for (const mark of marks) await words.mark(mark);
      for (const hold of holds) await words.hold(hold);
    },
    async mark(mark) {
      const same = ({ atMs: _atMs, ...known }: Mark): boolean => equal(known, mark);
      if (!marksInForce(state.marks).some(same)) state.marks.push({ ...mark, lifted: false, atMs: state.now() });
    },
    async lift(mark) {
      const lifts = marksInForce(state.marks, mark.environment).some(
        (known) => known.component === mark.component && known.digest === mark.digest && known.mark === mark.mark,
      );
      if (lifts) state.marks.push({ ...mark, lifted: true, atMs: state.now() });
    },
    marks: async (component) =>
      marksInForce(state.marks.filter((mark) => component === undefined || mark.component === component)),
    async hold(hold) {
      const same = ({ atMs: _atMs, ...known }: Hold): boolean => equal(known, hold);
      if (!holdsOf(hold.environment).some(same)) state.holds.push({ ...hold, lifted: false, atMs: state.now() });
    },
    async liftHold(environment, component, by, reason) {
      const isHeld = holdsOf(environment).some((hold) => hold.component === component);
      if (isHeld) state.holds.push({ environment, component, by, reason, lifted: true, atMs: state.now() });
      return isHeld;
    },
    holds: async (environment) => holdsOf(environment),
  };
  return words;
}

function equal(left: object, right: object): boolean {
  const entries = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)));
  return entries(left) === entries(right);
}
