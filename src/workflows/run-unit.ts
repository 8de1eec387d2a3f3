import type { Reverted, Verified } from '../activities/answers';
import type { StepCall, WithEvents } from '../activities/calls';
import type { Outline, OutlineStep, OutlineUnit } from '../domain/plan';
import { settlesAtOnceMs, type StepLimits } from '../domain/reverter';
import { carrying, faultOf, steppingLayers } from './activities';
import { throughFreeze } from './freeze';
import type { RollbackRecord } from './record';
import { checkAfterPart, isShift, readBeforeShift, type ShiftStep } from './shift';
import type { Steering } from './steering';
import { nextInLayer, phasesOf, type Lane } from './unit-phases';

/** Everything a unit needs besides itself. Serialisable, so that the same body can run as a child workflow. */
export interface UnitPlace {
  readonly environment: string;
  readonly outline: Outline;
  readonly fence: number;
  /** Events after which it goes on in a fresh run; a default of some thousands. */
  readonly eventsAtMost?: number;
}

/** How one unit ended. Drift and stop are values. */
export type UnitOutcome =
  | { readonly kind: 'verified' }
  | { readonly kind: 'failed'; readonly step: string; readonly code: string; readonly why: string }
  | { readonly kind: 'drift'; readonly step: string; readonly why: string }
  | { readonly kind: 'stopped' }
  /** It waited so long that everything has to be looked at again. */
  | { readonly kind: 'thawed' }
  /** All but the steps that somebody skipped. */
  | { readonly kind: 'skipped' };

/** What people said that a unit listens to. */
type Heard = Pick<Steering, 'halts' | 'isGoingBack' | 'isSkipped' | 'wasReleased'>;

type CallOf = Omit<StepCall, keyof WithEvents>;

/**
 * Walks one unit phase by phase, the components of a group side by side, each step by step: revert, verify, next. A step
 * that is at its target already costs a look and no write. When one component fails, the others end the phase.
 */
export async function runUnit(
  unit: OutlineUnit,
  place: UnitPlace,
  record: RollbackRecord,
  steering: Heard,
): Promise<UnitOutcome> {
  for (const lanes of phasesOf(unit)) {
    const ended = await Promise.all(lanes.map((lane) => runLane(unit, lane, place, record, steering)));
    const worst = worstOf(ended);
    if (worst !== undefined) return worst;
  }
  return { kind: unit.steps.some(({ id }) => steering.isSkipped(id)) ? 'skipped' : 'verified' };
}

async function runLane(
  unit: OutlineUnit,
  lane: Lane,
  place: UnitPlace,
  record: RollbackRecord,
  steering: Heard,
): Promise<UnitOutcome | undefined> {
  for (const step of lane) {
    if (steering.halts) return { kind: 'stopped' };
    if (steering.isSkipped(step.id) || isPassed(unit, step, record)) continue;
    const run = isShift(step)
      ? runPart(unit, step, place, record, steering)
      : runStep(unit, step, place, record, steering);
    const outcome = await run;
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** A part of a gradual shift: what follows it starts only when no check is worse than before the shift. */
async function runPart(
  unit: OutlineUnit,
  step: ShiftStep,
  place: UnitPlace,
  record: RollbackRecord,
  steering: Heard,
): Promise<UnitOutcome | undefined> {
  try {
    await readBeforeShift(unit.id, step, place, record, steering);
    if (steering.halts) return { kind: 'stopped' };
    const ended = await runStep(unit, step, place, record, steering);
    if (ended !== undefined) return ended;
    const look = await checkAfterPart(step, place, record, steering);
    if (look === undefined) return { kind: 'stopped' };
    record.add({ kind: 'noticed', note: `checks after ${step.line}: ${look.summary}` });
    if (look.worse.length === 0) return undefined;
    return { kind: 'failed', step: step.id, code: 'CHECKS_WORSE', why: look.worse.join('; ') };
  } catch (thrown) {
    return { kind: 'failed', step: step.id, ...faultOf(thrown) };
  }
}

/** A layer that went on to its next step is not at this one any more: looking would take our own progress for drift. */
function isPassed(unit: OutlineUnit, step: OutlineStep, { begun }: RollbackRecord): boolean {
  const next = nextInLayer(unit, step);
  return next !== undefined && begun.has(next.id);
}

/** What a unit of several components comes to: drift voids the plan, so it is told first. */
function worstOf(ended: readonly (UnitOutcome | undefined)[]): UnitOutcome | undefined {
  for (const kind of ['drift', 'failed', 'stopped', 'thawed'] as const) {
    const found = ended.find((outcome) => outcome?.kind === kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function runStep(
  unit: OutlineUnit,
  step: OutlineStep,
  place: UnitPlace,
  record: RollbackRecord,
  steering: Heard,
): Promise<UnitOutcome | undefined> {
  const at = { step: step.id, unit: unit.id };
  record.add({ kind: 'step-started', ...at, component: step.component, line: step.line });
  const { environment, outline, fence } = place;
  const call = { environment, planRef: outline.planRef, catalogDigest: outline.catalogDigest, step: step.id, fence };
  try {
    const { revert } = steppingLayers(step.queue, step.line, longer(step.limits, settlesAtOnceMs));
    const reverted = await throughFreeze(record, steering, () => carrying<StepCall, Reverted>(record, revert, call));
    if (reverted.kind === 'stopped' || reverted.kind === 'thawed') return reverted;
    if (reverted.kind === 'drift') return { kind: 'drift', step: step.id, why: reverted.why };
    record.add({
      kind: 'step-reverted',
      ...at,
      how: reverted.kind,
      writes: reverted.writes,
      summary: reverted.summary,
    });
    const verified = reverted.verified ?? (await verifyLater(step, call, record));
    if (!verified.ok) return { kind: 'failed', step: step.id, code: 'NOT_SETTLED', why: verified.summary };
    record.add({ kind: 'step-verified', ...at, summary: verified.summary });
    return undefined;
  } catch (thrown) {
    return { kind: 'failed', step: step.id, ...faultOf(thrown) };
  }
}

/** For a layer that takes its time to settle: an activity that waits as long as its limits allow. */
function verifyLater(step: OutlineStep, call: CallOf, record: RollbackRecord): Promise<Verified> {
  const { verify } = steppingLayers(step.queue, `verify ${step.id}`, longer(step.limits, step.limits.settleMs));
  return carrying<StepCall, Verified>(record, verify, call);
}

function longer(limits: StepLimits, byMs: number): StepLimits {
  return { ...limits, attemptMs: limits.attemptMs + byMs };
}
