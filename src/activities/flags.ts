import type { Catalog } from '../domain/catalog';
import { keysNamed } from '../domain/catalog-view';
import type { ComponentKey } from '../domain/identity';
import type { PlanFacts, StepFact } from '../domain/plan-facts';
import { stepFact } from './layer-facts';
import { openLayer, type ObservationEntry, type ScopeDocument } from './shelf';
import type { ActivityWorld } from './world';

/** How the waiving flags of a catalog stand, and what switching them would write. */
export interface FlagsSeen {
  /** Per component placement: true = on. A flag that can not be switched or seen is not there. */
  readonly states: Readonly<Record<ComponentKey, Readonly<Record<string, boolean>>>>;
  /** By `<flag> <component placement>`. */
  readonly steps: NonNullable<PlanFacts['flagSteps']>;
  readonly limits: ScopeDocument['flagLimits'];
}

/** Looks at every waiving flag in every placement of its component. Pure but for the catalog's targets. */
export function flagsSeen(
  world: ActivityWorld,
  catalog: Catalog,
  observations: readonly ObservationEntry[],
): FlagsSeen {
  const states: Record<ComponentKey, Record<string, boolean>> = {};
  const steps: Record<string, { readonly off: StepFact; readonly restore: StepFact }> = {};
  const limits: ScopeDocument['flagLimits'][number][] = [];
  for (const [flag, { component: name, layer }] of Object.entries(catalog.flags)) {
    for (const component of keysNamed(catalog, name)) {
      const entry = observations.find((one) => one.component === component && one.layer === layer);
      const seen = entry?.observation;
      if (seen === undefined) continue;
      const { reverter, target } = openLayer(world, catalog, { component, layer });
      const writes = reverter.switchOff?.(target, seen);
      if (writes === undefined) continue;
      (states[component] ??= {})[flag] = reverter.relate(seen, writes.off) !== 'target';
      steps[`${flag} ${component}`] = { off: stepFact(writes.off), restore: stepFact(writes.restore) };
      limits.push({ component, layer, limits: reverter.limits(target) });
    }
  }
  return { states, steps, limits };
}
