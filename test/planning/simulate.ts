import type { Plan, PlanUnit } from '../../src/domain/plan';
import type { Instance } from './instances';
import { nameOf, versionOf } from './instances';
import type { Oracle } from './oracle';

/** What is live at one moment: the stages of every component (two while it moves) and the flags that are off. */
interface Moment {
  readonly live: readonly (readonly number[])[];
  readonly off: ReadonlySet<string>;
  /** Components that a mechanism switches together right now. */
  readonly together: readonly ReadonlySet<number>[];
}

/**
 * Runs a plan event by event with the given durations: every unit starts when all it waits for is finished. Returns
 * the forbidden pairs that are live at any moment and were not live before it all began.
 */
export function violations(
  plan: Plan,
  instance: Instance,
  oracle: Oracle,
  durations: readonly number[],
): readonly string[] {
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  plan.units.forEach(({ id, after }, at) => {
    const start = Math.max(0, ...after.map(({ unit }) => ends.get(unit)!));
    starts.set(id, start);
    ends.set(id, start + durations[at % durations.length]! + 1);
  });
  const times = [...new Set([...starts.values(), ...ends.values()])].flatMap((time) => [time, time + 0.5]);
  return [...new Set(times.flatMap((time) => broken(instance, oracle, momentAt(plan, instance, time, starts, ends))))];
}

/** The states between units, one after the other in the order of the list: every prefix of the plan. */
export function prefixViolations(plan: Plan, instance: Instance, oracle: Oracle): readonly string[] {
  return violations(plan, instance, oracle, [0]).concat(
    plan.units.flatMap((_unit, at) => {
      const ends = new Map(plan.units.map(({ id }, position) => [id, position <= at ? -1 : Number.POSITIVE_INFINITY]));
      return broken(instance, oracle, momentAt(plan, instance, 0, ends, ends));
    }),
  );
}

function momentAt(
  plan: Plan,
  instance: Instance,
  time: number,
  starts: ReadonlyMap<string, number>,
  ends: ReadonlyMap<string, number>,
): Moment {
  const live: number[][] = instance.last.map(() => [0]);
  const off = new Set(instance.flags.flatMap(({ isOff }, at) => (isOff ? [`f${at}`] : [])));
  const together: ReadonlySet<number>[] = [];
  for (const unit of plan.units) {
    const [isBegun, isOver] = [starts.get(unit.id)! <= time, ends.get(unit.id)! <= time];
    const flag = unit.id.slice(unit.id.indexOf(':') + 1);
    if (unit.kind === 'flag-off' && isOver) off.add(flag);
    if (unit.kind === 'flag-restore' && isBegun) off.delete(flag);
    if (unit.kind !== 'move' || !isBegun) continue;
    const entered = enteredBy(unit, instance);
    for (const [component, stages] of entered)
      live[component] = isOver ? [stages.at(-1)!] : [...live[component]!, ...stages];
    if (!isOver) together.push(new Set(entered.keys()));
  }
  return { live, off, together };
}

function enteredBy(unit: PlanUnit, { last }: Instance): ReadonlyMap<number, readonly number[]> {
  const entered = new Map<number, number[]>();
  for (const name of unit.components) {
    const component = last.findIndex((_last, at) => nameOf(at) === name);
    const stages = unit.steps.filter((step) => step.component === name).map(({ to }) => stageOf(to));
    entered.set(component, stages);
  }
  return entered;
}

function stageOf(version: string): number {
  return [0, 1, 2, 3].find((stage) => versionOf(stage) === version)!;
}

function broken(instance: Instance, oracle: Oracle, { live, off, together }: Moment): readonly string[] {
  const waived = new Set(
    instance.flags
      .flatMap(({ waives }, at) => (off.has(`f${at}`) ? waives : []))
      .filter((rule) => rule < instance.rules.length),
  );
  const found: string[] = [];
  for (let one = 0; one < live.length; one += 1) {
    for (let other = one + 1; other < live.length; other += 1) {
      if (together.some((group) => group.has(one) && group.has(other))) continue;
      for (const a of live[one]!) {
        for (const b of live[other]!) {
          if (a === 0 && b === 0) continue;
          if (oracle.isForbidden(one, a, other, b, waived))
            found.push(`${nameOf(one)} at ${a} × ${nameOf(other)} at ${b}`);
        }
      }
    }
  }
  return found;
}
