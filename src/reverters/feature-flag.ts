import { z } from 'zod';
import { LastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';
import type {
  FlagSteps,
  LayerGoal,
  LayerPlan,
  LayerStep,
  Measurement,
  Observation,
  Rehearsal,
  Relation,
  Reverter,
  ReverterContext,
  StepOutcome,
} from '../domain/reverter';
import { revertBy, targetSchema, watchUntil } from './define';
import {
  flagName,
  fingerprintOfFlag,
  flagTarget,
  readFlag,
  shownValue,
  whyUnwritable,
  writeFlag,
  type FlagTarget,
} from './parts/flag-service';

/**
 * One flag of a service that speaks HTTP and JSON. The state is any JSON value at a pointer. Turning a flag off (`false`) is
 * a kill switch: its step is safe from every state.
 */
export const featureFlag: Reverter<FlagTarget> = {
  layer: 'feature-flag',
  about: 'Sets a flag of a service that speaks HTTP and JSON back to its captured state.',
  target: targetSchema(flagTarget),
  limits: ({ timeout, settle }) => ({
    attemptMs: 3 * races * timeout,
    heartbeatMs: 10_000,
    attempts: 5,
    settleMs: settle,
  }),
  observe: async (flag, ctx) => (await readFlag(flag, ctx)).seen,
  capture: (_flag, seen) => Promise.resolve({ value: seen.state }),
  assess,
  relate,
  dryRun,
  revert,
  verify,
  switchOff,
};

async function assess(
  flag: FlagTarget,
  seen: Observation,
  wanted: LayerGoal,
  ctx: ReverterContext,
): Promise<LayerPlan> {
  if (wanted.capture === undefined) return refusedWithoutCapture(flag, wanted);
  const { value } = capturedFlag.parse(await ctx.capture(wanted.capture));
  const to = fingerprintOfFlag(value);
  if (seen.fingerprint === to) return { kind: 'at-target', fingerprint: to };
  return {
    kind: 'steps',
    steps: [stepTo(flag, seen, value, to)],
    loses: [],
    cannotUndo: [],
    risks: flag.write.ifMatch
      ? []
      : [`flag ${flagName(flag)} is written without If-Match: a change at the same moment is lost`],
    sources: [{ kind: 'captured state', available: true }],
  };
}

const capturedFlag = z.object({ value: z.json() });

function refusedWithoutCapture(flag: FlagTarget, { version }: LayerGoal): LayerPlan {
  return {
    kind: 'refused',
    reason: 'unavailable',
    code: 'CAPTURE_MISSING',
    why: `how flag ${flagName(flag)} stood under ${version} was never captured, and the flag service keeps no history`,
    compensation: ['choose another release with --to', 'or set the flag by hand and plan again'],
  };
}

function stepTo(flag: FlagTarget, seen: Observation, value: Json, to: string): LayerStep {
  return {
    from: seen.fingerprint,
    to,
    goal: { value },
    guard: flag.write.ifMatch ? 'atomic' : 'read-then-write',
    ...(value === false ? { accepts: 'any' as const } : {}),
    reversibility: 'reversible',
    summary: `flag ${flagName(flag)}: ${shownValue(seen.state)} → ${shownValue(value)}`,
    impact: 'nothing restarts; clients follow when they next ask the flag service',
    estimateMs: 500,
  };
}

/** Only a flag that is true or false has an off that we know; it is safe from every state. */
function switchOff(flag: FlagTarget, seen: Observation): FlagSteps | undefined {
  if (typeof seen.state !== 'boolean') return undefined;
  const off = stepTo(flag, seen, false, fingerprintOfFlag(false));
  const whenOff = { ...seen, fingerprint: off.to, state: false };
  return { off, restore: stepTo(flag, whenOff, seen.state, seen.fingerprint) };
}

function relate(seen: Observation, step: LayerStep): Relation {
  if (seen.fingerprint === step.to) return 'target';
  return seen.fingerprint === step.from ? 'from' : 'elsewhere';
}

async function dryRun(flag: FlagTarget, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const reading = await readFlag(flag, ctx);
  const isDrift = relate(reading.seen, step) === 'elsewhere' && step.accepts !== 'any';
  const problem = isDrift ? `it moved: ${reading.seen.summary}` : whyUnwritable(flag, reading)?.what;
  return problem === undefined
    ? { result: 'passed', level: 'the flag was read; the write is not rehearsed' }
    : { result: 'failed', level: 'the flag was read', why: problem };
}

/** How often one attempt observes and writes anew after somebody else was faster. */
const races = 3;

async function revert(flag: FlagTarget, step: LayerStep, ctx: ReverterContext): Promise<StepOutcome> {
  for (let race = 1; ; race += 1) {
    try {
      return await revertOnce(flag, step, ctx);
    } catch (thrown) {
      const isLost = thrown instanceof LastgoodError && thrown.code === 'PRECONDITION_FAILED';
      if (!isLost || race === races) throw thrown;
    }
  }
}

function revertOnce(flag: FlagTarget, step: LayerStep, ctx: ReverterContext): Promise<StepOutcome> {
  const move = {
    look: () => readFlag(flag, ctx),
    relate,
    write: async (reading: Awaited<ReturnType<typeof readFlag>>) => {
      await writeFlag(flag, valueOf(step), reading, ctx);
      return 1;
    },
  };
  return revertBy(move, step);
}

async function verify(flag: FlagTarget, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const isThere = (seen: Observation): boolean => relate(seen, step) === 'target';
  const seen = await watchUntil(ctx, flag.settle, async () => (await readFlag(flag, ctx)).seen, isThere);
  const name = `flag ${flagName(flag)}`;
  return [{ name, ok: isThere(seen), seen: shownValue(seen.state), expected: shownValue(valueOf(step)) }];
}

/** A step that does not say what to write is a defect of whoever made it; a guess would set the flag to nothing. */
function valueOf(step: LayerStep): Json {
  const value = step.goal['value'];
  if (value !== undefined) return value;
  throw new LastgoodError('INTERNAL', { what: `the step "${step.summary}" names no value for the flag` });
}
