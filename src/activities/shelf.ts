import type { Catalog, CatalogLayer } from '../domain/catalog';
import { layersOf } from '../domain/catalog-view';
import { LastgoodError } from '../domain/errors';
import type { Plan, PlanStep } from '../domain/plan';
import type { PlanFacts } from '../domain/plan-facts';
import type { LayerGoal, LayerPlan, LayerStep, Observation, Reverter, StepLimits } from '../domain/reverter';
import type { LayerAddress } from './answers';
import type { ActivityWorld } from './world';

/** Why a layer could not be asked, in one sentence, and what to do about it. */
export interface Fault {
  readonly code: string;
  readonly why: string;
  /** Not said by a worker of an earlier build. */
  readonly next?: string;
}

/** What one layer showed, or why it could not be asked. */
export interface ObservationEntry extends LayerAddress {
  readonly observation?: Observation;
  readonly fault?: Fault;
}

/** What one layer's way back looks like, or why it could not be assessed. */
export interface AssessmentEntry extends LayerAddress {
  readonly plan?: LayerPlan;
  /** The same steps with the layer standing still meanwhile, where it can be stopped. */
  readonly quiesced?: readonly LayerStep[];
  readonly limits: StepLimits;
  readonly fault?: Fault;
}

/** What `scope` decided: the facts without layers, and where each layer must go. */
export interface ScopeDocument {
  readonly facts: PlanFacts;
  readonly goals: readonly (LayerAddress & { readonly goal: LayerGoal })[];
  readonly observations: readonly ObservationEntry[];
  /** Limits of the layers that are waiving flags: they may be switched although their component does not move. */
  readonly flagLimits: readonly (LayerAddress & { readonly limits: StepLimits })[];
  /** For people: a deployment in progress, an unrecorded release. */
  readonly notes: readonly string[];
}

/** A plan as stored: with the limits of each layer, which are part of what was approved. */
export interface PlanDocument {
  readonly plan: Plan;
  readonly limits: readonly (LayerAddress & { readonly limits: StepLimits })[];
  /** The facts it was made from. */
  readonly scopeRef: string;
}

/** Documents are content-addressed and never change, so a worker keeps the last ones it read. */
const keptDocuments = 200;

/** Reads catalogs and documents by digest, keeping the latest in memory. */
export class Shelf {
  private readonly kept = new Map<string, unknown>();

  constructor(private readonly world: ActivityWorld) {}

  /** The catalog that a rollback began with. Throws CATALOG_NOT_FOUND. */
  async catalog(digest: string): Promise<Catalog> {
    return this.remembered(digest, async () => {
      const catalog = await this.world.inventory.catalogs.get(digest);
      if (catalog === undefined)
        throw new LastgoodError('CATALOG_NOT_FOUND', { what: `there is no catalog ${digest}` });
      return catalog as unknown as Catalog;
    });
  }

  /** A stored document of the kind that the caller put there. */
  async document<Body>(ref: string): Promise<Body> {
    return this.remembered(ref, async () => {
      const body = await this.world.inventory.documents.get(ref);
      if (body === undefined)
        throw new LastgoodError('INTERNAL', { what: `there is no document ${ref} in the inventory` });
      return body as unknown as Body;
    });
  }

  private async remembered<Body>(digest: string, read: () => Promise<Body>): Promise<Body> {
    if (this.kept.has(digest)) return this.kept.get(digest) as Body;
    const body = await read();
    this.kept.set(digest, body);
    const oldest = this.kept.keys().next();
    if (this.kept.size > keptDocuments && oldest.done !== true) this.kept.delete(oldest.value);
    return body;
  }
}

/** One layer ready to be used: its catalog entry, its reverter, its parsed target. */
export interface OpenLayer {
  readonly layer: CatalogLayer;
  readonly reverter: Reverter<unknown>;
  readonly target: unknown;
}

/** Finds a layer in a catalog and parses its target. Throws CATALOG_UNKNOWN_COMPONENT, CATALOG_UNKNOWN_LAYER, CATALOG_INVALID. */
export function openLayer(world: ActivityWorld, catalog: Catalog, { component, layer: id }: LayerAddress): OpenLayer {
  const layer = layersOf(catalog, component).find((candidate) => candidate.id === id);
  if (layer === undefined) {
    throw new LastgoodError('CATALOG_UNKNOWN_COMPONENT', {
      what: `the catalog has no layer "${id}" of "${component}"`,
    });
  }
  const reverter = world.reverters.get(layer.layer);
  if (reverter === undefined) {
    throw new LastgoodError('CATALOG_UNKNOWN_LAYER', {
      what: `no reverter is called "${layer.layer}"`,
      place: `${component}/${id}`,
    });
  }
  const parsed = reverter.target.parse(layer.target);
  if (!parsed.ok) {
    const what = parsed.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new LastgoodError('CATALOG_INVALID', { what, place: `${component}/${id}` });
  }
  return { layer, reverter, target: parsed.target };
}

/** The step of a stored plan. Throws INTERNAL for an id the plan does not have. */
export function stepOf(plan: Plan, id: string): PlanStep {
  const step = plan.units.flatMap(({ steps }) => steps).find((candidate) => candidate.id === id);
  if (step === undefined) throw new LastgoodError('INTERNAL', { what: `the plan ${plan.digest} has no step "${id}"` });
  return step;
}

/** The step in the words of its reverter. An irreversible step never enters a plan, so meeting one is a defect. */
export function layerStepOf({ id, goal, reversibility, estimateSeconds, ...rest }: PlanStep): LayerStep {
  if (reversibility === 'irreversible')
    throw new LastgoodError('INTERNAL', { what: `the plan holds the irreversible step ${id}` });
  const estimateMs = estimateSeconds * 1000 - (rest.checkAfterMs ?? 0);
  return { ...rest, goal: goal ?? {}, reversibility, estimateMs };
}
