import type { PlanStep } from '../domain/plan';
import { settlesAtOnceMs, type Observation, type StepOutcome } from '../domain/reverter';
import type { Reverted, Verified } from './answers';
import type { StepCall } from './calls';
import { contextOf } from './look';
import { driftText, openStep, operationOf, verdictOf, type StepOfPlan } from './open-step';
import { patiently } from './patience';
import type { Pulse } from './run';
import type { Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** A revert that came to an end of its own; meeting a freeze is told by `underSwitch`. */
type RevertedStep = Exclude<Reverted, { kind: 'frozen' }>;

/**
 * Reverts one step: observe, relate, capture, journal, write, close the journal row, and look whether it has settled. A
 * second attempt finds the row that the first left open and the state that it left behind, and goes on from there.
 * Journal and layer are written through `writing`, where a freeze of all writes is met.
 */
export async function revert(
  world: ActivityWorld,
  writing: ActivityWorld,
  shelf: Shelf,
  call: StepCall,
  pulse: Pulse,
): Promise<RevertedStep> {
  const open = await openStep(world, shelf, call, pulse);
  const { step, layerStep, reverter, target } = open;
  const operation = operationOf(call.rollback, step.id);
  const seen = await reverter.observe(target, contextOf(world, pulse, operation));
  const relation = reverter.relate(seen, layerStep);
  if (relation === 'elsewhere' && step.accepts !== 'any') return { kind: 'drift', why: driftText(step, seen) };
  const keep = relation === 'target' ? undefined : await captureOnce(world, call, open, seen, pulse);
  const [row] = await Promise.all([openRow(writing, call, step, pulse), keep?.()]);
  const outcome = await reverter.revert(target, layerStep, contextOf(writing, pulse, operation));
  const close = patiently(pulse, () => world.inventory.journal.close(row.id, endOf(outcome)));
  if (outcome.kind === 'drift') {
    await close;
    return { kind: 'drift', why: driftText(step, outcome.seen) };
  }
  const [made, verified] = await Promise.all([
    close.then(() => writesMade(world, call, outcome, pulse)),
    settledAtOnce(world, call, open, pulse),
  ]);
  const { summary } = outcome.seen;
  return { kind: made > 0 ? 'reverted' : outcome.kind, writes: made, summary, ...(verified && { verified }) };
}

function endOf({ kind, writes, seen }: StepOutcome): Parameters<ActivityWorld['inventory']['journal']['close']>[1] {
  return { kind, writes, seen: seen.fingerprint };
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
  const { id, component, layer, from } = step;
  const { captures } = world.inventory;
  const before = { rollback, step: id, from };
  if (pulse.attempt > 1 && (await patiently(pulse, () => captures.before(before))) !== undefined) return undefined;
  const body = await reverter.capture(target, seen, contextOf(world, pulse, operationOf(rollback, id)));
  const { fingerprint } = seen;
  const capture = { environment, component, layer, fingerprint, body, before };
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

/**
 * Outside writes of this step so far. An attempt whose answer was lost may have written: the layer at its target and a
 * row that was left open, or closed with writes, say so. Else "already there" would deny what we did.
 */
async function writesMade(
  world: ActivityWorld,
  { rollback, step }: StepCall,
  { kind, writes }: StepOutcome,
  pulse: Pulse,
): Promise<number> {
  if (kind === 'reverted' || pulse.attempt === 1) return writes;
  const rows = await patiently(pulse, () => world.inventory.journal.rows(rollback));
  return rows.filter((row) => row.step === step).reduce((sum, row) => sum + (row.writes ?? 1), writes);
}

/** One look that most layers answer at once; whatever keeps this one from an answer, `verify` has its own time for it. */
async function settledAtOnce(
  world: ActivityWorld,
  { rollback }: StepCall,
  { step, layerStep, reverter, target }: StepOfPlan,
  pulse: Pulse,
): Promise<Verified | undefined> {
  // No AbortSignal.any over AbortSignal.timeout: its timer is lost to the garbage collector (nodejs/node#57736).
  const ended = new AbortController();
  const end = (): void => ended.abort(pulse.signal.reason);
  const timer = setTimeout(end, settlesAtOnceMs);
  pulse.signal.addEventListener('abort', end, { once: true });
  const context = contextOf(world, { ...pulse, signal: ended.signal }, operationOf(rollback, step.id));
  const timeIsUp = new Promise<undefined>((resolve) => {
    ended.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const answered = reverter.verify(target, layerStep, context).then(verdictOf, () => undefined);
  const verified = await Promise.race([answered, timeIsUp]).finally(() => {
    clearTimeout(timer);
    pulse.signal.removeEventListener('abort', end);
  });
  pulse.signal.throwIfAborted();
  return verified;
}
