import type { Plan, PlanEdge, PlanStep, PlanTarget, PlanUnit } from '../domain/plan';
import { planDigest } from './decision';

/** One unit of a plan with what putting it back takes, in the order in which it is done. */
export interface ReturnUnit {
  readonly unit: PlanUnit;
  readonly steps: readonly Omit<PlanStep, 'id'>[];
}

/**
 * The way back as a plan of its own: one unit after the other, each waiting for the one before it, so that the order is
 * exactly the reverse. Its targets are the releases that were live before, the bad ones among them.
 */
export function returnPlan(plan: Plan, units: readonly ReturnUnit[]): Plan {
  const made = units.map(({ unit, steps }, at) => returnUnit(unit, steps, units[at - 1]?.unit, units.slice(at)));
  const moved = new Set(made.flatMap(({ components }) => components));
  const targets = plan.targets.filter(({ component }) => moved.has(component)).map(turned);
  const lossy = made.flatMap(({ steps }) => steps).some(({ reversibility }) => reversibility === 'lossy');
  const sequential = made.reduce((sum, { estimateSeconds }) => sum + estimateSeconds, 0);
  const back: Plan = {
    environment: plan.environment,
    bad: plan.bad,
    verdict: lossy ? 'LOSES DATA' : 'SAFE',
    verdictText: `puts back ${returnText(
      plan,
      units.map(({ unit }) => unit),
    )}`,
    digest: '',
    targets,
    units: made,
    refusals: [],
    cannotUndo: [],
    willLose: [],
    risks: [],
    advice: plan.advice,
    estimate: { ...plan.estimate, sequential, waves: sequential, eventDriven: sequential, criticalPath: sequential },
    evidence: plan.evidence,
    accepted: plan.accepted,
    ...(plan.rulesDigest === undefined ? {} : { rulesDigest: plan.rulesDigest }),
  };
  return { ...back, digest: planDigest(back) };
}

/** `the BAD orders 3.1.0, then payments 2.1.0`: what would be live again, in this order. */
export function returnText({ targets }: Plan, units: readonly PlanUnit[]): string {
  const seen = new Set<string>();
  const texts = units.flatMap(({ id, kind, components }) => {
    if (kind !== 'move') return [`${id} undone`];
    return components.flatMap((component) => {
      const target = targets.find((found) => found.component === component);
      if (target === undefined || seen.has(component)) return [];
      seen.add(component);
      return [`${target.bad ? 'the BAD ' : ''}${component} ${target.from.version}`];
    });
  });
  return texts.join(', then ');
}

function returnUnit(
  unit: PlanUnit,
  steps: ReturnUnit['steps'],
  before: PlanUnit | undefined,
  rest: readonly ReturnUnit[],
): PlanUnit {
  const id = returnId(unit.id);
  const after: readonly PlanEdge[] =
    before === undefined
      ? []
      : [{ unit: returnId(before.id), rule: 'reverse-order', why: 'what was reverted last is put back first' }];
  const seconds = (one: ReturnUnit): number => one.steps.reduce((sum, step) => sum + step.estimateSeconds, 0);
  return {
    id,
    kind: 'move',
    components: unit.components,
    after,
    steps: steps.map((step, at) => ({ ...step, id: `${id}/${step.layer}/${at + 1}` })),
    estimateSeconds: seconds({ unit, steps }),
    tailSeconds: rest.reduce((sum, one) => sum + seconds(one), 0),
  };
}

/** `reinstate:orders`. */
function returnId(unit: string): string {
  return `reinstate:${unit}`;
}

function turned({ component, bad, from, to, layers, layersAtTarget }: PlanTarget): PlanTarget {
  const why = ['it was live before this rollback'];
  return {
    component,
    bad,
    from: to,
    to: from,
    source: 'captured state',
    sourcesTried: [],
    layers,
    layersAtTarget,
    why,
  };
}
