import { digestOf } from '../digest';
import { byCodeUnit } from '../domain/identity';
import type { Json } from '../domain/json';
import type { Plan, PlanUnit } from '../domain/plan';

/** Digest that approvals bind to: SHA-256 over the canonical JSON of the decision, and of nothing else. */
export function planDigest(plan: Plan): string {
  return digestOf(decisionOf(plan));
}

/**
 * The part of a plan that is decided. Counts, estimates, risks, advice and sentences are evidence and stay outside:
 * fresh evidence never voids an approval, another decision always does. Order of lists in the facts has no influence.
 */
export function decisionOf(plan: Plan): Json {
  return {
    environment: plan.environment,
    bad: [...plan.bad].sort(byCodeUnit),
    targets: sortedBy(plan.targets, ({ component }) => component).map(({ component, from, to, source }) => ({
      component,
      from: [from.version, from.digest],
      to: [to.version, to.digest],
      source: source ?? null,
    })),
    units: sortedBy(plan.units, ({ id }) => id).map(unitDecision),
    losses: [plan.cannotUndo, plan.willLose].map((items) =>
      items.map(({ component, kind, id }) => [component, kind, id]),
    ),
    refusals: plan.refusals.map(({ code, components, path }) => ({
      code,
      components: [...components],
      path: path.map(({ from, to, rule }) => [from, to, rule]),
    })),
    accepted: [...plan.accepted],
    rules: plan.rulesDigest ?? null,
  };
}

function unitDecision({ id, kind, after, mechanism, steps }: PlanUnit): Json {
  return {
    id,
    kind,
    after: after.map(({ unit, rule }) => [unit, rule]),
    mechanism: mechanism ?? null,
    steps: steps.map((step) => ({
      id: step.id,
      from: step.from,
      to: step.to,
      guard: step.guard,
      accepts: step.accepts ?? null,
      reversibility: step.reversibility,
      goal: step.goal ?? null,
      ...(step.checkAfterMs === undefined ? {} : { checked: true }),
      capture: step.capture === undefined ? null : [step.capture.id, step.capture.hash],
    })),
  };
}

function sortedBy<Item>(items: readonly Item[], name: (item: Item) => string): readonly Item[] {
  return [...items].sort((left, right) => byCodeUnit(name(left), name(right)));
}
