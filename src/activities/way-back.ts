import type { OutlineUnit, Plan, PlanStep, PlanUnit } from '../domain/plan';
import type { LayerAddress, PlannedReturn, ReturnEntry, WayBack } from './answers';
import type { LayerActivities, ControlActivities } from './calls';
import { pairsOnTheWayBack, forbiddenPairs, returnPlan, returnText } from '../planning';
import type { Json } from '../domain/json';
import type { LayerPlan } from '../domain/reverter';
import { contextOf } from './look';
import { openStep, operationOf, type StepOfPlan } from './open-step';
import { patiently } from './patience';
import { outlineFor } from './plan';
import type { Pulse } from './run';
import type { PlanDocument, ScopeDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

type Question = Parameters<ControlActivities['wayBack']>[0];

/** Can the bad releases be put back from here? Asked of the rules and of the captures; the layers are asked later. */
export async function wayBack(world: ActivityWorld, shelf: Shelf, question: Question): Promise<WayBack> {
  const { plan, scopeRef } = await shelf.document<PlanDocument>(question.planRef);
  const { facts } = await shelf.document<ScopeDocument>(scopeRef);
  const standing = { verified: new Set(question.verified), between: new Set(question.between) };
  const order = unitsInOrder(plan, question);
  const forbidden = forbiddenPairs(plan, facts, standing);
  const obstacles = [
    ...pairsOnTheWayBack(
      plan,
      facts,
      order.map(({ id }) => id),
      standing,
    ).map((pair) => `it would make a forbidden pair live: ${pair}`),
    ...order.flatMap(oneWays),
    ...order.flatMap(({ id, mechanism }) =>
      mechanism === undefined
        ? []
        : [`${id} moved together by ${mechanism}, and putting that back is not supported yet`],
    ),
    ...((await written(world, question.rollback, order)) ? [] : ['nothing was written']),
  ];
  const text = returnText(plan, order);
  return { text, forbidden, ...(obstacles[0] === undefined ? {} : { obstacle: obstacles.join('; ') }) };
}

/** Looks how each layer that was written would get back to what was captured before the first write. Reads only. */
export async function assessReturn(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<LayerActivities['assessReturn']>[0],
  pulse: Pulse,
): Promise<string> {
  const { plan } = await shelf.document<PlanDocument>(input.planRef);
  const layers = layersOfSteps(plan, input.steps);
  const entries = await Promise.all(
    layers.map(async ({ unit, steps }) => {
      const open = await openStep(world, shelf, { ...input, step: steps[0]?.id ?? '' }, pulse);
      return returnEntry(world, input.rollback, plan, { ...open, unit, steps }, pulse);
    }),
  );
  return world.inventory.documents.put('assessments', entries as unknown as Json);
}

/** The plan of the way back, from what every layer said. Refused as soon as one of them can not. */
export async function planReturn(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<ControlActivities['planReturn']>[0],
): Promise<PlannedReturn> {
  const { plan, scopeRef } = await shelf.document<PlanDocument>(input.planRef);
  const entries = (
    await Promise.all(input.returnRefs.map((ref) => shelf.document<readonly ReturnEntry[]>(ref)))
  ).flat();
  const { obstacle } = await wayBack(world, shelf, input);
  const faults = [
    ...(obstacle === undefined ? [] : [obstacle]),
    ...entries.flatMap(({ fault }) => fault ?? []),
    ...severalStages(entries),
  ];
  if (faults.length > 0) return { kind: 'refused', why: faults.join('; ') };
  const order = unitsInOrder(plan, input);
  const units = order
    .map((unit) => ({ unit, steps: stepsBack(unit, entries) }))
    .filter(({ steps }) => steps.length > 0);
  if (units.length === 0) return { kind: 'refused', why: 'every layer is as it was before this rollback' };
  const made = returnPlan(plan, units);
  const limits = entries.map(({ component, layer, limits }) => ({ component, layer, limits }));
  const document: PlanDocument = { plan: made, limits, scopeRef };
  const planRef = await world.inventory.documents.put('plan', document as unknown as Json);
  const catalog = await shelf.catalog(input.catalogDigest);
  const outline = outlineFor(catalog, made, document, planRef, input.catalogDigest);
  return {
    kind: 'planned',
    outline: { ...outline, units: outline.units.map((unit, at) => undone(unit, units[at]?.unit)) },
  };
}

/** `back: orders 1.1.0 → 2.0.0`; a flag that is put back moves no component. */
function undone(unit: OutlineUnit, of: PlanUnit | undefined): OutlineUnit {
  if (of === undefined || of.kind === 'move') return { ...unit, line: `back: ${unit.line}` };
  return { ...unit, components: [], line: `back: ${of.id} undone` };
}

/** Units that were begun, as the plan has them: those between two states first, then the verified, newest first. */
function unitsInOrder(
  { units }: Plan,
  { between, verified }: Pick<Question, 'between' | 'verified'>,
): readonly PlanUnit[] {
  return [...between, ...verified].flatMap((id) => units.find((unit) => unit.id === id) ?? []);
}

function oneWays({ steps }: PlanUnit): readonly string[] {
  return steps.flatMap(({ id, oneWay }) => (oneWay === undefined ? [] : [`${id} is one-way: ${oneWay}`]));
}

async function written(world: ActivityWorld, rollback: string, units: readonly PlanUnit[]): Promise<boolean> {
  const { captures } = world.inventory;
  const steps = units.flatMap((unit) => unit.steps);
  const found = await Promise.all(steps.map(({ id, from }) => captures.before({ rollback, step: id, from })));
  return found.some((capture) => capture !== undefined);
}

interface WrittenLayer extends LayerAddress {
  readonly unit: string;
  /** Its steps within the unit, in their order. */
  readonly steps: readonly PlanStep[];
}

function layersOfSteps({ units }: Plan, wanted: readonly string[]): readonly WrittenLayer[] {
  const layers = new Map<string, WrittenLayer>();
  for (const unit of units) {
    for (const step of unit.steps) {
      const { id, component, layer } = step;
      if (!wanted.includes(id)) continue;
      const key = `${unit.id} ${component}/${layer}`;
      const { steps = [] } = layers.get(key) ?? {};
      layers.set(key, { unit: unit.id, component, layer, steps: [...steps, step] });
    }
  }
  return [...layers.values()];
}

/** From what runs now to what was captured before the first write; a layer that somebody else moved is left alone. */
async function returnEntry(
  world: ActivityWorld,
  rollback: string,
  plan: Plan,
  open: StepOfPlan & Pick<WrittenLayer, 'unit' | 'steps'>,
  pulse: Pulse,
): Promise<ReturnEntry> {
  const { unit, steps, reverter, target, layerStep, step } = open;
  const { component, layer } = step;
  const entry = { unit, component, layer, limits: reverter.limits(target) };
  const { captures } = world.inventory;
  const found = await Promise.all(
    steps.map(({ id, from }) => patiently(pulse, () => captures.before({ rollback, step: id, from }))),
  );
  const capture = found.find((one) => one !== undefined);
  if (capture === undefined) return entry;
  const ctx = contextOf(world, pulse, operationOf(rollback, `reinstate:${unit}`));
  const seen = await reverter.observe(target, ctx);
  const version = plan.targets.find((one) => one.component === component)?.from.version ?? '';
  if (
    steps.length === 1 &&
    reverter.relate(seen, layerStep) === 'elsewhere' &&
    seen.fingerprint !== capture.fingerprint
  )
    return { ...entry, fault: `somebody else moved ${component} ${layer}: ${seen.summary}` };
  return assessed(entry, await reverter.assess(target, seen, { version, capture }, ctx));
}

function assessed(entry: ReturnEntry, plan: LayerPlan): ReturnEntry {
  const refused = `${entry.component} ${entry.layer} can not be put back`;
  return plan.kind === 'refused' ? { ...entry, fault: `${refused}: ${plan.why}` } : { ...entry, plan };
}

/** A layer that went through several stages would have to be asked again after each of them. */
function severalStages(entries: readonly ReturnEntry[]): readonly string[] {
  const names = entries.filter(({ plan }) => plan !== undefined).map(({ component, layer }) => `${component} ${layer}`);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  return twice.map((name) => `${name} went through several stages, and putting those back is not supported yet`);
}

function stepsBack(unit: PlanUnit, entries: readonly ReturnEntry[]): readonly Omit<PlanUnit['steps'][number], 'id'>[] {
  // Layers were reverted in the order of the catalog, so they go back in the reverse.
  return entries
    .filter((entry) => entry.unit === unit.id)
    .toReversed()
    .flatMap(({ component, layer, plan }) =>
      plan?.kind !== 'steps'
        ? []
        : plan.steps.map(({ estimateMs, ...step }) => ({
            ...step,
            component,
            layer,
            estimateSeconds: estimateMs / 1_000,
          })),
    );
}
