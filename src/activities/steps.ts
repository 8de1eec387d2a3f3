import { LastgoodError } from '../domain/errors';
import type { StepRehearsal } from '../domain/rollback-event';
import type { Drifted, Verified } from './answers';
import type { LayerActivities, StepCall } from './calls';
import { contextOf, lookTwice, observeOne } from './look';
import { driftText, openStep, operationOf, verdictOf, type StepOfPlan } from './open-step';
import type { Pulse } from './run';
import type { PlanDocument, ScopeDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

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

/**
 * Looks again, under the locks: the first step of each layer must still start where the plan says, or be there already,
 * and what stays but is spoken of in a rule must be what it was when the plan was made.
 */
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
      const ctx = contextOf(world, pulse, operationOf(input.rollback, step.id));
      const seen = await lookTwice(() => reverter.observe(target, ctx), pulse).catch(silentNow);
      if (seen === undefined) return [];
      const isDrift = reverter.relate(seen, layerStep) === 'elsewhere' && step.accepts !== 'any';
      return isDrift ? [{ component: step.component, step: step.id, why: driftText(step, seen) }] : [];
    }),
  );
  return [...found.flat(), ...(await movedBeside(world, shelf, input, pulse))];
}

/** A layer that does not answer now holds up its own step only: that one looks again before it writes. */
function silentNow(thrown: unknown): undefined {
  if (!(thrown instanceof LastgoodError) || !thrown.isRetryable) throw thrown;
}

/** Layers beside the plan that show something else than it was made for. One that is silent now is believed to stand still. */
async function movedBeside(
  world: ActivityWorld,
  shelf: Shelf,
  { catalogDigest, planRef, beside }: Parameters<LayerActivities['findDrift']>[0],
  pulse: Pulse,
): Promise<readonly Drifted[]> {
  if (beside.length === 0) return [];
  const catalog = await shelf.catalog(catalogDigest);
  const { scopeRef } = await shelf.document<PlanDocument>(planRef);
  const { observations } = await shelf.document<ScopeDocument>(scopeRef);
  const found = await Promise.all(
    beside.map(async (address) => {
      const { component, layer } = address;
      const known = observations.find((entry) => entry.component === component && entry.layer === layer)?.observation;
      const seen = (await observeOne(world, catalog, address, pulse)).observation;
      if (known === undefined || seen === undefined || known.fingerprint === seen.fingerprint) return [];
      const why = `${component} does not move in this plan, but it was ${known.summary} and is ${seen.summary} now`;
      return [{ component, step: `${component}/${layer}`, why }];
    }),
  );
  return found.flat();
}

/** Waits until the layer runs its target, and says what it saw. */
export async function verify(world: ActivityWorld, shelf: Shelf, call: StepCall, pulse: Pulse): Promise<Verified> {
  const { step, layerStep, reverter, target } = await openStep(world, shelf, call, pulse);
  const ctx = contextOf(world, pulse, operationOf(call.rollback, step.id));
  return verdictOf(await reverter.verify(target, layerStep, ctx));
}
