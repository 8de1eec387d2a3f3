import type { Outline, OutlineTarget, OutlineUnit, Plan, PlanStep, PlanTarget, PlanUnit } from '../domain/plan';
import type { StepLimits } from '../domain/reverter';

/** What the planner does not know and the workflow needs. */
export interface OutlineSettings {
  readonly planRef: string;
  readonly catalogDigest: string;
  readonly maxConcurrentUnits: number;
  readonly stepSettings: (step: PlanStep) => { readonly queue: string; readonly limits: StepLimits };
  readonly markdown: string;
}

/** All that the workflow carries of a plan: ids, order, queues, limits and one line each. */
export function outlineOf(plan: Plan, settings: OutlineSettings): Outline {
  const { stepSettings, ...carried } = settings;
  return {
    ...carried,
    planDigest: plan.digest,
    verdict: plan.verdict,
    verdictText: plan.verdictText,
    units: plan.units.map((unit) => outlineUnit(plan, unit, stepSettings)),
    targets: [...plan.targets.map(outlineTarget), ...(plan.stays ?? []).map(stayingTarget)],
    refusals: plan.refusals.map(({ code, why, offers }) => `${code}: ${why}${offers.map(insteadOf).join('')}`),
  };
}

function outlineTarget({ component, bad, from, to }: PlanTarget): OutlineTarget {
  return { component, bad, from: from.version, to: to.version };
}

/** Only flags of it are switched, so it is locked and shown like the others and ends where it is. */
function stayingTarget({ component, version }: NonNullable<Plan['stays']>[number]): OutlineTarget {
  return { component, bad: false, from: version, to: version };
}

function insteadOf(offer: string, at: number): string {
  return `; ${at === 0 ? 'instead' : 'or'}:  ${offer}`;
}

function outlineUnit(plan: Plan, unit: PlanUnit, stepSettings: OutlineSettings['stepSettings']): OutlineUnit {
  const { id, kind, components, after, tailSeconds, steps } = unit;
  return {
    id,
    kind,
    components,
    after: [...new Set(after.map((edge) => edge.unit))],
    tailSeconds,
    line: lineOf(plan, unit),
    steps: steps.map((step) => ({
      ...stepSettings(step),
      id: step.id,
      component: step.component,
      line: step.summary,
      ...(step.phase === undefined ? {} : { phase: step.phase }),
      ...(step.checkAfterMs === undefined ? {} : { checkAfterMs: step.checkAfterMs }),
    })),
  };
}

/** `payments 2.1.0 → 2.0.4`, `flag new-payment-flow off`. */
function lineOf(plan: Plan, { id, kind, components, steps }: PlanUnit): string {
  const named = id.slice(id.indexOf(':') + 1);
  switch (kind) {
    case 'flag-off':
      return `flag ${named} off`;
    case 'flag-restore':
      return `flag ${named} as it was`;
    case 'barrier':
      return `barrier ${named}: what stands before it is verified first`;
    case 'move':
      return components.map((component) => moveText(plan, component, steps)).join(' + ');
    default:
      return kind;
  }
}

function moveText(plan: Plan, component: string, steps: readonly PlanStep[]): string {
  const target = plan.targets.find((found) => found.component === component);
  const stage = steps.findLast((step) => step.component === component && step.version !== undefined)?.version;
  return `${component} ${target?.from.version ?? '?'} → ${stage ?? target?.to.version ?? '?'}`;
}
