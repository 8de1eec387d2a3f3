import type { Catalog } from '../domain/catalog';
import { layersOf } from '../domain/catalog-view';
import { LastgoodError } from '../domain/errors';
import type { ComponentKey } from '../domain/identity';
import type { Json } from '../domain/json';
import type { LayerFact, Outline, Plan, PlanFacts, PlanStep, PlanUnit, Refusal } from '../domain/plan';
import type { LayerStep } from '../domain/reverter';
import { buildPlan, comparePlans, outlineOf, verifyPlan } from '../planning';
import { planMarkdown } from '../report';
import { layerQueue } from '../temporal/names';
import type { ControlActivities, Planned } from './calls';
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
  const made = withoutUnbuilt(buildPlan(facts));
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
    limits: assessed.map(({ component, layer, limits }) => ({ component, layer, limits })),
    scopeRef: input.scopeRef,
  };
  const planRef = await world.inventory.documents.put('plan', document as unknown as Json);
  const changes = input.previousPlanRef === undefined ? [] : await changesSince(shelf, input.previousPlanRef, made);
  return {
    outline: outlineFor(catalog, made, document, planRef, input.catalogDigest),
    blocked: made.verdict === 'BLOCKED' || made.refusals.length > 0,
    changes: [...scope.notes, ...changes],
  };
}

/** What assess found, in the words of the planner. */
function layerFacts(assessed: readonly AssessmentEntry[]): Readonly<Record<ComponentKey, readonly LayerFact[]>> {
  const facts: Record<ComponentKey, LayerFact[]> = {};
  for (const entry of assessed) (facts[entry.component] ??= []).push(layerFact(entry));
  return facts;
}

function layerFact({ layer, plan: found, fault }: AssessmentEntry): LayerFact {
  if (found === undefined) {
    return { layer, reversibility: 'unavailable', why: fault?.why ?? 'the layer could not be assessed' };
  }
  switch (found.kind) {
    case 'at-target':
      return { layer, reversibility: 'reversible', atTarget: true, estimateSeconds: 0, steps: [] };
    case 'refused':
      return {
        layer,
        reversibility: found.reason === 'irreversible' ? 'irreversible' : 'unavailable',
        why: found.why,
        compensation: found.compensation,
      };
    case 'steps': {
      const { steps, loses, cannotUndo, risks, sources } = found;
      const reversibility =
        loses.length > 0 || steps.some((step) => step.reversibility === 'lossy') ? 'lossy' : 'reversible';
      const estimateSeconds = steps.reduce((sum, { estimateMs }) => sum + estimateMs, 0) / 1000;
      return { layer, reversibility, loses, cannotUndo, risks, sources, estimateSeconds, steps: steps.map(stepFact) };
    }
    default:
      return found;
  }
}

function stepFact({ estimateMs, ...step }: LayerStep) {
  return { ...step, estimateSeconds: estimateMs / 1000 };
}

/** What is planned but can not be carried out yet is refused by name, never run as if it were something simpler. */
function withoutUnbuilt(made: Plan): Plan {
  const refusals = made.units.flatMap(unbuilt);
  const [first] = refusals;
  if (first === undefined) return made;
  return {
    ...made,
    verdict: 'BLOCKED',
    verdictText: `BLOCKED: ${first.why}`,
    refusals: [...made.refusals, ...refusals],
  };
}

function unbuilt({ id, kind, components, mechanism, steps }: PlanUnit): readonly Refusal[] {
  if (kind === 'move' && components.length > 1) {
    const by = mechanism === undefined ? '' : ` by ${mechanism}`;
    const why = `${components.join(' and ')} must move together${by}, and moving together is not supported yet`;
    const offers = ['waive one of the rules between them by a flag that is off, or fix forward'];
    return [{ code: 'GROUP_NEEDS_MECHANISM', components, path: [], why, offers }];
  }
  if ((kind === 'flag-off' || kind === 'flag-restore') && steps.some(({ goal }) => goal === undefined)) {
    const why = `${id} would switch a flag as a unit of its own, and that is not supported yet`;
    const offers = ['switch the flag by hand, then plan again'];
    return [{ code: 'CATALOG_NOT_SUPPORTED', components, path: [], why, offers }];
  }
  return [];
}

async function changesSince(shelf: Shelf, previousPlanRef: string, made: Plan): Promise<readonly string[]> {
  const { plan: before } = await shelf.document<PlanDocument>(previousPlanRef);
  return comparePlans(before, made).map((change) => `the plan changed: ${change}`);
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
