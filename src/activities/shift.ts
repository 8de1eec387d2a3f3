import { readingOf } from '../domain/judge';
import { shiftVerdict } from '../domain/shift';
import type { Check, Reading } from '../domain/verification';
import { readingText } from '../report/status-body';
import type { ShiftLook } from './answers';
import type { ControlActivities } from './calls';
import { checksOf, keyOf, readNow, sampleFor } from './checks';
import type { Pulse } from './run';
import type { PlanDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

type Input = Parameters<ControlActivities['checkShift']>[0];

/**
 * Watches the checks of one component around a part of a gradual shift, for `forMs` or as long as one reading takes.
 * Without `before` it only reads how they are; with it, it says which of them are worse now.
 */
export async function checkShift(world: ActivityWorld, shelf: Shelf, input: Input, pulse: Pulse): Promise<ShiftLook> {
  const placed = checksOf(await shelf.catalog(input.catalogDigest), input.component);
  const forMs = Math.max(input.forMs, ...placed.map(({ check }) => readingMs(check)));
  const { before } = input;
  if (before === undefined) {
    const seen = await readNow(world, placed, forMs, pulse);
    return { readings: seen.map(({ reading }) => reading), worse: [], summary: '' };
  }
  const samples = await sampleFor(world, placed, forMs, pulse);
  const baselines = await baselinesOf(world, shelf, input);
  const looks = placed.map((one) => {
    const { check } = one;
    const now = readingOf(check, samples[keyOf(one)] ?? []);
    const earlier = before.find((reading) => reading.check === check.name);
    const baseline = baselines.find((known) => known.check === check.name);
    const line = `${check.name} ${textOf(now)} (before the shift: ${earlier === undefined ? 'unknown' : textOf(earlier)})`;
    return { now, line, verdict: shiftVerdict(check, earlier, now, baseline) };
  });
  return {
    readings: looks.map(({ now }) => now),
    worse: looks.filter(({ verdict }) => verdict === 'worse').map(({ line }) => line),
    summary: looks.length === 0 ? 'the catalog names no check' : looks.map(({ line }) => line).join('; '),
  };
}

/** The least time in which a check can be read at all. */
function readingMs({ intervalMs, ...check }: Check): number {
  return check.type === 'http' ? intervalMs * check.passes : intervalMs;
}

async function baselinesOf(world: ActivityWorld, shelf: Shelf, { environment, component, planRef }: Input) {
  const { plan } = await shelf.document<PlanDocument>(planRef);
  const from = plan.targets.find((target) => target.component === component)?.from;
  return world.inventory.releases.baselines(environment, component, from?.digest);
}

function textOf({ state, value, unit, why }: Reading): string {
  return state === 'value' ? readingText(value, unit) : `NO DATA: ${why ?? 'the reading is empty'}`;
}
