import type { Catalog } from '../domain/catalog';
import type { ComponentKey } from '../domain/identity';
import type { HeldLock } from '../domain/inventory';
import type { LiveFact, Obstacle } from '../domain/plan-facts';
import type { Deployment } from '../domain/release';
import { checksOf } from './checks';
import { requireComponent } from './open';
import type { ObservationEntry } from './shelf';
import type { ActivityWorld } from './world';

/** What is asked about, and what was seen of it. */
export interface ObstacleInputs {
  /** The rollback that plans: its own locks do not stand in its way. */
  readonly rollback: string;
  readonly bad: readonly ComponentKey[];
  readonly live: Readonly<Record<ComponentKey, LiveFact>>;
  readonly observations: readonly ObservationEntry[];
}

/** What stands in the way of a plan or makes it doubtful, besides its own rules; each with what to do about it. */
export async function obstaclesOf(
  world: ActivityWorld,
  catalog: Catalog,
  inputs: ObstacleInputs,
): Promise<readonly Obstacle[]> {
  const found = await Promise.all([
    Promise.resolve(unreachable(catalog, inputs)),
    locked(world, catalog, inputs),
    deploying(world, catalog),
    drifted(world, catalog, inputs),
    withoutBaseline(world, catalog, inputs),
  ]);
  return found.flat();
}

function unreachable({ environment }: Catalog, { observations }: ObstacleInputs): readonly Obstacle[] {
  return observations.flatMap(({ component, layer, fault }) => {
    if (fault === undefined) return [];
    const why = `layer ${layer} of ${component} could not be observed: ${fault.why}`;
    // What a remedy says to do afterwards is for a rollback under way.
    const next = fault.next?.replace(/,? then: +lastgood .*$/s, '') ?? 'make it reachable for the worker';
    const remedy = `${next}; then:  lastgood check ${environment} ${component}`;
    return [{ code: fault.code, component, why, remedy }];
  });
}

/** A lock whose holder is closed falls by itself when the next one takes it; an earlier run of this workflow is no other. */
async function locked(
  { inventory, isOpen }: ActivityWorld,
  { environment }: Catalog,
  { rollback }: ObstacleInputs,
): Promise<readonly Obstacle[]> {
  const own = (await inventory.rollbacks.find(rollback))?.workflowId;
  const isOwn = (lock: HeldLock): boolean => lock.rollback === rollback || lock.workflowId === own;
  const held = (await inventory.locks.held(environment)).filter((lock) => !isOwn(lock));
  const open = await Promise.all(held.map(({ workflowId, runId }) => isOpen(workflowId, runId)));
  return held
    .filter((_lock, at) => open[at] === true)
    .map(({ component, rollback: holder }) => ({
      code: 'LOCK_HELD',
      component,
      why: `${component} is being rolled back by ${holder} right now`,
      remedy: `watch it, or stop it first:  lastgood status ${holder} --watch`,
    }));
}

/** A pipeline that still deploys writes where a rollback would; one that failed may have left anything behind. */
async function deploying(world: ActivityWorld, catalog: Catalog): Promise<readonly Obstacle[]> {
  const { environment, policies } = catalog;
  const { releases } = world.inventory;
  const recent = (deployment: Deployment): boolean => world.now() - deployment.beganAtMs < policies.deployTimeoutMs;
  const [begun, failed] = await Promise.all(
    (['begun', 'failed'] as const).map((status) => releases.deployments(environment, { status, limit: 20 })),
  );
  return [
    ...(begun ?? [])
      .filter(recent)
      .flatMap((deployment) => perComponent(catalog, deployment, running(world, deployment))),
    ...(failed ?? [])
      .filter(recent)
      .flatMap((deployment) => perComponent(catalog, deployment, broken(world, deployment))),
  ];
}

type Finding = Omit<Obstacle, 'component'>;

function running(world: ActivityWorld, { deployment, environment, by, beganAtMs }: Deployment): Finding {
  return {
    code: 'DEPLOYMENT_RUNNING',
    why: `deployment ${deployment} is still running (began ${ageText(world, beganAtMs)} ago, by ${by})`,
    remedy: `wait for it; or stop it where it runs and say so:  lastgood release finish ${environment} ${shellWord(deployment)} --status failed`,
    weight: 'doubt',
  };
}

function broken(world: ActivityWorld, { deployment, by, beganAtMs }: Deployment): Finding {
  return {
    code: 'DEPLOYMENT_FAILED',
    why: `deployment ${deployment} failed (began ${ageText(world, beganAtMs)} ago, by ${by}): it may have left anything behind`,
    remedy: 'what the layers show is what counts: compare the column "now" of the plan',
    weight: 'note',
  };
}

function perComponent(catalog: Catalog, { releases }: Deployment, finding: Finding): readonly Obstacle[] {
  const names = releases.map(({ component }) => component).filter((name) => Object.hasOwn(catalog.components, name));
  return names
    .flatMap((name) => requireComponent(catalog, name))
    .map((component) => ({
      ...finding,
      component,
      why: finding.why.replace('deployment ', `${component}: deployment `),
    }));
}

/** Somebody changed it without telling: the layer is right about the present, and the books are not. */
async function drifted(
  { inventory }: ActivityWorld,
  { environment }: Catalog,
  { bad, live }: ObstacleInputs,
): Promise<readonly Obstacle[]> {
  const found = await Promise.all(
    bad.map(async (component) => {
      const [booked, seen] = [await inventory.releases.live(environment, component), live[component]];
      if (booked === undefined || seen === undefined || booked.digest === seen.digest) return [];
      const isSameLabel = booked.version === seen.version;
      return [
        {
          code: isSameLabel ? 'DIGEST_MISMATCH' : 'DRIFT',
          component,
          why: isSameLabel
            ? `${component} runs ${seen.version} with another digest than deployment ${booked.deployment} announced: same label, other release`
            : `${component} runs ${seen.version}, and the inventory believes ${booked.version} (deployment ${booked.deployment}): it was changed without telling`,
          remedy: `find out who changed it; the plan starts from what runs; to have it recorded:  lastgood import ${environment} ${component}`,
          weight: 'note' as const,
        },
      ];
    }),
  );
  return found.flat();
}

const staleAfterMs = 30 * 86_400_000;

/** Recovery is judged against what was normal before; without that only limits are left. */
async function withoutBaseline(
  world: ActivityWorld,
  catalog: Catalog,
  { bad, live }: ObstacleInputs,
): Promise<readonly Obstacle[]> {
  const remedy = 'each deployment that is announced takes one:  lastgood release begin -f release.yaml';
  const found = await Promise.all(
    bad.map(async (component) => {
      const compared = checksOf(catalog, component).filter(({ check }) => check.type === 'scrape');
      if (compared.length === 0) return [];
      const known = await world.inventory.releases.baselines(catalog.environment, component, live[component]?.digest);
      return compared.flatMap(({ check: { name } }) => {
        const baseline = known.find(({ check }) => check === name);
        const isStale = baseline !== undefined && world.now() - baseline.atMs > staleAfterMs;
        if (baseline !== undefined && !isStale) return [];
        const what = baseline === undefined ? 'was never captured' : `is ${ageText(world, baseline.atMs)} old`;
        const why = `the baseline of ${name} of ${component} ${what}: recovery can be judged by limits only`;
        return [{ code: 'STALE_BASELINE', component, why, remedy, weight: 'note' as const }];
      });
    }),
  );
  return found.flat();
}

function ageText({ now }: ActivityWorld, sinceMs: number): string {
  const seconds = Math.max(0, Math.round((now() - sinceMs) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
