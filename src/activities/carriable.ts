import type { Plan, PlanUnit, Refusal } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';

/** The plan, refused by name where nobody here could carry it out: never run as if it were something simpler. */
export function carriable(made: Plan, facts: PlanFacts): Plan {
  const refusals = made.units.flatMap((unit) => refusalsOf(unit, facts));
  const [first] = refusals;
  if (first === undefined) return made;
  return {
    ...made,
    verdict: 'BLOCKED',
    verdictText: `BLOCKED: ${first.why}`,
    refusals: [...made.refusals, ...refusals],
  };
}

function refusalsOf(unit: PlanUnit, { catalog }: PlanFacts): readonly Refusal[] {
  switch (unit.kind) {
    case 'flag-off':
    case 'flag-restore': {
      const flag = unit.id.slice(unit.id.indexOf(':') + 1);
      const named = catalog.flags?.[flag];
      return unit.steps.every(({ goal }) => goal !== undefined) ? [] : [unswitchable(unit, flag, named?.layer ?? '')];
    }
    case 'move':
      return unit.components.length > 1 ? groupRefusals(unit) : [];
    case 'barrier':
      return [];
    default:
      return unit.kind;
  }
}

function unswitchable({ components }: PlanUnit, flag: string, layer: string): Refusal {
  return {
    code: 'CATALOG_NOT_SUPPORTED',
    components,
    path: [],
    why: `nobody knows how to switch the flag ${flag} off: the layer ${layer} of ${components.join(', ')} has no off, or could not be observed`,
    offers: [`switch ${flag} off by hand, then plan again`, 'or name a layer feature-flag under flags in the catalog'],
  };
}

/** What is missing for the mechanism of a group; one that the planner refused already is left alone. */
function groupRefusals({ components, mechanism, steps }: PlanUnit): readonly Refusal[] {
  const refuse = (why: string, offers: readonly string[]): readonly Refusal[] => [
    { code: 'GROUP_NEEDS_MECHANISM', components, path: [], why, offers },
  ];
  switch (mechanism) {
    case 'quiesce': {
      const runs = components.filter(
        (one) => !steps.some(({ component, phase }) => component === one && phase === 'stop'),
      );
      if (runs.length === 0) return [];
      return refuse(`${runs.join(' and ')} can not be stopped while the others move: no layer of it knows how`, [
        'name another mechanism for the group: router, or window if the forbidden pair may be live for a moment',
      ]);
    }
    case 'router':
      if (steps.some(({ phase }) => phase === 'switch')) return [];
      return refuse(`${components.join(' and ')} move together by router, and no step switches the shared layer`, [
        'name it in the catalog: groups: [{components: […], mechanism: router, layer: LAYER-ID}]',
      ]);
    case 'window':
    case undefined:
    default:
      return [];
  }
}
