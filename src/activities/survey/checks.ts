import type { Catalog } from '../../domain/catalog';
import type { ComponentKey } from '../../domain/identity';
import type { Json } from '../../domain/json';
import { passes } from '../../domain/judge';
import type { Reading } from '../../domain/verification';
import { checksOf, readNow, type PlacedCheck } from '../checks';
import type { Pulse } from '../run';
import type { ActivityWorld } from '../world';

/** `release begin` answers within five seconds, so its baselines may look back no longer than this. */
const baselineMs = 3_000;

type ReadCheck = PlacedCheck & { readonly reading: Reading };

/** Reads every check of some placements once. */
export async function readChecks(world: ActivityWorld, catalog: Catalog, keys: readonly ComponentKey[], pulse: Pulse) {
  const checks = keys.flatMap((key) => checksOf(catalog, key));
  const longest = Math.max(0, ...checks.map(({ check }) => check.windowMs));
  return checks.length === 0 ? [] : readNow(world, checks, Math.min(longest, baselineMs), pulse);
}

/** One result for a release: failed if any check fails, no-data if any can not say, else passed. */
export async function recordCheck(
  world: ActivityWorld,
  environment: string,
  component: ComponentKey,
  digest: string,
  readings: readonly ReadCheck[],
): Promise<void> {
  const { releases } = world.inventory;
  const own = readings.filter((one) => one.component === component);
  if (own.length === 0) return;
  const baselines = await releases.baselines(environment, component, digest);
  const verdicts = own.map(({ check, reading }) =>
    passes(
      check,
      reading,
      baselines.find((known) => known.check === check.name),
    ),
  );
  const verdict = verdicts.includes('failed') ? 'failed' : verdicts.includes('no-data') ? 'no-data' : 'passed';
  const evidence = own.map(({ reading }) => reading) as unknown as Json;
  await releases.putCheckResult(environment, component, digest, verdict, evidence);
}

/** A reading as the baseline that later readings are compared with. */
export function baselineOf({ component, check, reading }: ReadCheck) {
  const { state, value, atMs } = reading;
  return { component, check: check.name, atMs, state, ...(value === undefined ? {} : { value }) };
}
