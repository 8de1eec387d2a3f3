import type { StepRehearsal } from '../domain/progress';
import type { LayerStep, Measurement, Observation } from '../domain/reverter';
import type { Drifted, LayerActivities, Reverted, StepCall, Verified } from './calls';
import { contextOf } from './look';
import { patiently } from './patience';
import type { Pulse } from './run';
import { layerStepOf, openLayer, stepOf, type OpenLayer, type PlanDocument, type Shelf } from './shelf';
import type { PlanStep } from '../domain/plan';
import type { ActivityWorld } from './world';

/** A step, once as the plan names it and once as its reverter reads it. */
type StepOfPlan = OpenLayer & { readonly step: PlanStep; readonly layerStep: LayerStep };

/** Rehearses steps side by side; changes nothing. */
export async function rehearse(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<LayerActivities['rehearse']>[0],
  pulse: Pulse,
): Promise<readonly StepRehearsal[]> {
  return Promise.all(
    input.steps.map(async (id) => {
      const { step, layerStep, reverter, target } = await openStep(world, shelf, { ...input, step: id }, pulse);
      const { result, level, why } = await reverter.dryRun(
        target,
        layerStep,
        contextOf(world, pulse, operationOf(input.rollback, id)),
      );
      return { step: id, component: step.component, result, level, ...(why === undefined ? {} : { why }) };
    }),
  );
}

/** Looks again, under the locks: the first step of each layer must still start where the plan says, or be there already. */
export async function findDrift(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<LayerActivities['findDrift']>[0],
  pulse: Pulse,
): Promise<readonly Drifted[]> {
  const seenLayers = new Set<string>();
  const firsts: StepOfPlan[] = [];
  for (const id of input.steps) {
    const open = await openStep(world, shelf, { ...input, step: id }, pulse);
    const layer = `${open.step.component}/${open.step.layer}`;
    if (!seenLayers.has(layer)) firsts.push(open);
    seenLayers.add(layer);
  }
  const found = await Promise.all(
    firsts.map(async ({ reverter, target, step, layerStep }) => {
      const seen = await reverter.observe(target, contextOf(world, pulse, operationOf(input.rollback, step.id)));
      const isDrift = reverter.relate(seen, layerStep) === 'elsewhere' && step.accepts !== 'any';
      return isDrift ? [{ component: step.component, step: step.id, why: driftText(step, seen) }] : [];
    }),
  );
  return found.flat();
}

/**
 * Reverts one step: observe, relate, capture, journal, write, close the journal row. A second attempt finds the row that
 * the first left open and the state that it left behind, and goes on from there.
 */
export async function revert(world: ActivityWorld, shelf: Shelf, call: StepCall, pulse: Pulse): Promise<Reverted> {
  const open = await openStep(world, shelf, call, pulse);
  const { step, layerStep, reverter, target } = open;
  const ctx = contextOf(world, pulse, operationOf(call.rollback, step.id));
  const seen = await reverter.observe(target, ctx);
  const relation = reverter.relate(seen, layerStep);
  if (relation === 'elsewhere' && step.accepts !== 'any') return { kind: 'drift', why: driftText(step, seen) };
  const keep = relation === 'target' ? undefined : await captureOnce(world, call, open, seen, pulse);
  const [row] = await Promise.all([openRow(world, call, step, pulse), keep?.()]);
  const outcome = await reverter.revert(target, layerStep, ctx);
  const end = { kind: outcome.kind, writes: outcome.writes, seen: outcome.seen.fingerprint };
  await patiently(pulse, () => world.inventory.journal.close(row.id, end));
  if (outcome.kind === 'drift') return { kind: 'drift', why: driftText(step, outcome.seen) };
  return { kind: outcome.kind, writes: outcome.writes, summary: outcome.seen.summary };
}

/**
 * Captures the state before the first write of a step, once: what later attempts see is ours already. Answers how to
 * store it. The shelf keeps the first of several, so a first attempt need not ask whether there is one.
 */
async function captureOnce(
  world: ActivityWorld,
  { environment, rollback }: StepCall,
  { step, reverter, target }: StepOfPlan,
  seen: Observation,
  pulse: Pulse,
): Promise<(() => Promise<unknown>) | undefined> {
  const { id, component, layer } = step;
  const { captures } = world.inventory;
  if (pulse.attempt > 1 && (await patiently(pulse, () => captures.before(rollback, id))) !== undefined)
    return undefined;
  const body = await reverter.capture(target, seen, contextOf(world, pulse, operationOf(rollback, id)));
  const { fingerprint } = seen;
  const capture = { environment, component, layer, fingerprint, body, rollback, step: id };
  return () => patiently(pulse, () => captures.put(capture));
}

function openRow(
  world: ActivityWorld,
  { environment, rollback, fence }: StepCall,
  { id, component, from, to }: PlanStep,
  pulse: Pulse,
): ReturnType<ActivityWorld['inventory']['journal']['open']> {
  const { attempt } = pulse;
  const row = { rollback, step: id, component, environment, attempt, fence, from, to };
  return patiently(pulse, () => world.inventory.journal.open(row));
}

/** Waits until the layer runs its target, and says what it saw. */
export async function verify(world: ActivityWorld, shelf: Shelf, call: StepCall, pulse: Pulse): Promise<Verified> {
  const { step, layerStep, reverter, target } = await openStep(world, shelf, call, pulse);
  const measurements = await reverter.verify(
    target,
    layerStep,
    contextOf(world, pulse, operationOf(call.rollback, step.id)),
  );
  return { ok: measurements.every(({ ok }) => ok), summary: summaryOf(measurements) };
}

function summaryOf(measurements: readonly Measurement[]): string {
  const failed = measurements.filter(({ ok }) => !ok);
  return (failed.length === 0 ? measurements : failed)
    .map(({ name, seen, expected, why, ok }) =>
      ok
        ? `${name} ${seen}`
        : `${name} is ${seen}, not ${expected ?? 'as expected'}${why === undefined ? '' : ` (${why})`}`,
    )
    .join('; ');
}

async function openStep(
  world: ActivityWorld,
  shelf: Shelf,
  call: { readonly catalogDigest: string; readonly planRef: string; readonly step: string },
  pulse: Pulse,
): Promise<StepOfPlan> {
  const catalog = await patiently(pulse, () => shelf.catalog(call.catalogDigest));
  const { plan } = await patiently(pulse, () => shelf.document<PlanDocument>(call.planRef));
  const step = stepOf(plan, call.step);
  return {
    step,
    layerStep: layerStepOf(step),
    ...openLayer(world, catalog, { component: step.component, layer: step.layer }),
  };
}

/** Stamped on the target where the layer allows it: the same for every attempt of one step of one rollback. */
function operationOf(rollback: string, step: string): string {
  return `${rollback}:${step}`;
}

function driftText(step: PlanStep, seen: Observation): string {
  return `${step.component} ${step.layer} is neither where the plan starts nor where it leads: ${seen.summary}`;
}
