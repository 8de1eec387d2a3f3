import type { Catalog } from '../domain/catalog';
import { layersOf } from '../domain/catalog-view';
import { LastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';
import type { Outline, Plan, PlanStep } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';
import { buildPlan, comparePlans, outlineOf, verifyPlan } from '../planning';
import { planMarkdown } from '../report';
import { layerQueue } from '../temporal/names';
import type { Planned } from './answers';
import type { ControlActivities } from './calls';
import { carriable } from './carriable';
import { layerFacts } from './layer-facts';
import type { AssessmentEntry, PlanDocument, ScopeDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** Builds the plan from what was assessed, has it checked by the independent checker, and stores it. */
export async function plan(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<ControlActivities['plan']>[0],
): Promise<Planned> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const scope = await shelf.document<ScopeDocument>(input.scopeRef);
  const assessed = (
    await Promise.all(input.assessmentRefs.map((ref) => shelf.document<readonly AssessmentEntry[]>(ref)))
  ).flat();
  const facts: PlanFacts = { ...scope.facts, layers: layerFacts(assessed) };
  const made = carriable(buildPlan(facts), facts);
  const illegal = verifyPlan(made, facts);
  if (illegal.length > 0) {
    throw new LastgoodError('INTERNAL', {
      what: `the plan does not pass its own check: ${illegal.join('; ')}`,
      why: 'this is a defect of the planner; nothing was touched',
      next: 'report it, and keep the facts: lastgood plan ENV COMPONENT --json',
    });
  }
  const document: PlanDocument = {
    plan: made,
    limits: [...assessed, ...scope.flagLimits].map(({ component, layer, limits }) => ({ component, layer, limits })),
    scopeRef: input.scopeRef,
  };
  const planRef = await world.inventory.documents.put('plan', document as unknown as Json);
  const changes = input.previousPlanRef === undefined ? [] : await changesSince(shelf, input.previousPlanRef, made);
  return {
    outline: outlineFor(catalog, made, document, planRef, input.catalogDigest),
    blocked: made.verdict === 'BLOCKED' || made.refusals.length > 0,
    changes,
    notes: scope.notes,
  };
}

async function changesSince(shelf: Shelf, previousPlanRef: string, made: Plan): Promise<readonly string[]> {
  const { plan: before } = await shelf.document<PlanDocument>(previousPlanRef);
  return comparePlans(before, made);
}

/** What the workflow carries of a stored plan. Throws INTERNAL for a step of a layer that was not assessed. */
export function outlineFor(
  catalog: Catalog,
  made: Plan,
  { limits }: PlanDocument,
  planRef: string,
  catalogDigest: string,
): Outline {
  const stepSettings = (step: PlanStep) => {
    const layer = layersOf(catalog, step.component).find(({ id }) => id === step.layer);
    const limit = limits.find((entry) => entry.component === step.component && entry.layer === step.layer)?.limits;
    if (layer === undefined || limit === undefined) {
      throw new LastgoodError('INTERNAL', { what: `the step ${step.id} names a layer that was not assessed` });
    }
    return { queue: layerQueue(layer.credentials), limits: limit };
  };
  const { maxConcurrentUnits } = catalog.policies;
  return outlineOf(made, {
    planRef,
    catalogDigest,
    maxConcurrentUnits,
    stepSettings,
    markdown: planMarkdown(made, {}),
  });
}
