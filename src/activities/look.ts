import type { Catalog } from '../domain/catalog';
import { errorCatalogue } from '../domain/error-catalogue';
import { asLastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';
import type { CaptureRef, LayerPlan, Observation, Reverter, ReverterContext } from '../domain/reverter';
import type { LayerAddress } from './answers';
import type { LayerActivities } from './calls';
import { patiently, sleep } from './patience';
import type { Pulse } from './run';
import {
  openLayer,
  type AssessmentEntry,
  type Fault,
  type ObservationEntry,
  type ScopeDocument,
  type Shelf,
} from './shelf';
import type { ActivityWorld } from './world';

/** Observes layers side by side. A layer that can not be asked is recorded as such; it does not hide the others. */
export async function observe(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<LayerActivities['observe']>[0],
  pulse: Pulse,
): Promise<string> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const entries = await Promise.all(input.layers.map((address) => observeOne(world, catalog, address, pulse)));
  return world.inventory.documents.put('observations', entries as unknown as Json);
}

/** What one layer runs now, or the fault that kept it from saying so. A fault that may pass is given a moment to pass. */
export async function observeOne(
  world: ActivityWorld,
  catalog: Catalog,
  address: LayerAddress,
  pulse: Pulse,
): Promise<ObservationEntry> {
  try {
    const { reverter, target } = openLayer(world, catalog, address);
    const ctx = contextOf(world, pulse, 'observe');
    return { ...address, observation: await lookTwice(() => reverter.observe(target, ctx), pulse) };
  } catch (thrown) {
    return { ...address, fault: faultOf(thrown, pulse) };
  }
}

/** How long a layer may stumble before it is recorded as silent: its rules would fall out of the plan. */
const stumbleMs = 500;

/** A look; a fault that may pass is given a moment to pass. */
export async function lookTwice(look: () => Promise<Observation>, pulse: Pulse): Promise<Observation> {
  try {
    return await look();
  } catch (thrown) {
    if (pulse.signal.aborted || !asLastgoodError(thrown).isRetryable) throw thrown;
  }
  await sleep(stumbleMs, pulse.signal);
  return look();
}

/** Assesses the way from what each layer showed to where the plan wants it. Reads only. */
export async function assess(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<LayerActivities['assess']>[0],
  pulse: Pulse,
): Promise<string> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const scope = await shelf.document<ScopeDocument>(input.scopeRef);
  const entries = await Promise.all(input.layers.map((address) => assessOne(world, catalog, scope, address, pulse)));
  return world.inventory.documents.put('assessments', entries as unknown as Json);
}

async function assessOne(
  world: ActivityWorld,
  catalog: Catalog,
  scope: ScopeDocument,
  address: LayerAddress,
  pulse: Pulse,
): Promise<AssessmentEntry> {
  const { reverter, target } = openLayer(world, catalog, address);
  const limits = reverter.limits(target);
  const isHere = (entry: LayerAddress): boolean =>
    entry.component === address.component && entry.layer === address.layer;
  const seen = scope.observations.find(isHere);
  const goal = scope.goals.find(isHere)?.goal;
  if (seen?.observation === undefined || goal === undefined) {
    return { ...address, limits, fault: seen?.fault ?? notObserved };
  }
  try {
    const plan = await reverter.assess(target, seen.observation, goal, contextOf(world, pulse, 'assess'));
    return { ...address, limits, plan, ...quiescedWay(reverter, target, seen.observation, plan) };
  } catch (thrown) {
    return { ...address, limits, fault: faultOf(thrown, pulse) };
  }
}

const notObserved: Fault = {
  code: 'INTERNAL',
  why: 'the layer was not observed',
  next: errorCatalogue.INTERNAL.remedy,
};

function quiescedWay(
  reverter: Reverter<unknown>,
  target: unknown,
  seen: Observation,
  plan: LayerPlan,
): Pick<AssessmentEntry, 'quiesced'> {
  if (plan.kind !== 'steps' || reverter.quiesced === undefined) return {};
  return { quiesced: reverter.quiesced(target, seen, plan.steps) };
}

/** What a reverter's method is handed during one attempt of one activity. */
export function contextOf(world: ActivityWorld, pulse: Pulse, operation: string): ReverterContext {
  return {
    world: world.outside,
    signal: pulse.signal,
    heartbeat: (detail) => pulse.beat(detail),
    ...(pulse.resumeFrom === undefined ? {} : { resumeFrom: pulse.resumeFrom }),
    now: world.now,
    sleep: (ms) => sleep(ms, pulse.signal),
    operation,
    capture: (ref: CaptureRef) => patiently(pulse, () => world.inventory.captures.get(ref)),
  };
}

/** A cancelled attempt is not a fault of the layer. */
function faultOf(thrown: unknown, pulse: Pulse): Fault {
  if (pulse.signal.aborted) throw thrown;
  const { code, text } = asLastgoodError(thrown);
  const why = [text.place, text.what, text.why].filter((part) => part !== undefined).join(': ');
  return { code, why, next: text.next ?? errorCatalogue[code].remedy };
}
