import { z } from 'zod';
import { digestOf } from '../digest';
import type { JsonObject } from '../domain/json';
import type {
  LayerGoal,
  LayerPlan,
  LayerStep,
  Measurement,
  Observation,
  Rehearsal,
  Relation,
  Reverter,
  ReverterContext,
} from '../domain/reverter';
import { revertBy, targetSchema, watchUntil } from './define';
import { callLayer, commandTarget, observeLayer, type CommandState, type CommandTarget } from './parts/command-layer';

/**
 * Any home-grown layer, known by four programs that speak JSON. What they are asked and what they must answer is in
 * `docs/layers.md`; the goal is the captured `state`, or the version where a layer has no state.
 */
export const command: Reverter<CommandTarget> = {
  layer: 'command',
  about: 'Drives a home-grown layer by four programs that speak JSON: observe, dryRun, revert, verify.',
  target: targetSchema(commandTarget),
  limits: ({ timeout, settle }) => ({
    attemptMs: 4 * timeout + 10_000,
    heartbeatMs: 10_000,
    attempts: 3,
    settleMs: settle,
  }),
  observe: observeLayer,
  capture: (_layer, { fingerprint, state }) => {
    const { version, state: captured } = stateOf(state);
    const goal = {
      ...(version === undefined ? {} : { version }),
      ...(captured === undefined ? {} : { state: captured }),
    };
    return Promise.resolve({ fingerprint, goal });
  },
  assess,
  relate,
  dryRun,
  revert: (layer, step, ctx) => {
    const look = async (): Promise<{ readonly seen: Observation }> => ({ seen: await observeLayer(layer, ctx) });
    const write = async (): Promise<number> => {
      const { changed } = await callLayer(layer, 'revert', requestOf(step), ctx);
      return changed ? 1 : 0;
    };
    return revertBy({ look, relate, write }, step);
  },
  verify,
};

async function assess(
  _layer: CommandTarget,
  seen: Observation,
  wanted: LayerGoal,
  ctx: ReverterContext,
): Promise<LayerPlan> {
  const goal = await goalOf(wanted, seen, ctx);
  if (goal === undefined) {
    const why = `the state of this layer under ${wanted.version} was never captured, and it can not be worked out from the version`;
    const compensation = ['choose another release with --to', 'or bring the layer there by hand and plan again'];
    return { kind: 'refused', reason: 'unavailable', code: 'CAPTURE_MISSING', why, compensation };
  }
  if (seen.fingerprint === goal.fingerprint && seen.settled)
    return { kind: 'at-target', fingerprint: goal.fingerprint };
  const step: LayerStep = {
    from: seen.fingerprint,
    to: goal.fingerprint,
    goal: goal.goal,
    guard: 'read-then-write',
    reversibility: 'reversible',
    summary: `${seen.version ?? 'present state'} → ${wanted.version}`,
    estimateMs: 5_000,
  };
  const sources = [{ kind: wanted.capture === undefined ? 'version' : 'captured state', available: true }];
  return { kind: 'steps', steps: [step], loses: [], cannotUndo: [], risks: [], sources };
}

/** The captured state; without one, the version alone, where a layer is its version and nothing else. */
async function goalOf(
  { version, capture }: LayerGoal,
  seen: Observation,
  ctx: ReverterContext,
): Promise<z.output<typeof capturedLayer> | undefined> {
  if (capture !== undefined) return capturedLayer.parse(await ctx.capture(capture));
  const { state, hasOwnFingerprint } = stateOf(seen.state);
  return state !== undefined || hasOwnFingerprint
    ? undefined
    : { fingerprint: digestOf({ version }), goal: { version } };
}

const capturedLayer = z.object({
  fingerprint: z.string(),
  goal: z.record(z.string(), z.json()),
});

/** `between` is what the layer itself says it is: half of exactly this step, or accepted and not settled yet. */
function relate(seen: Observation, step: LayerStep): Relation {
  const { unfinished } = stateOf(seen.state);
  if (unfinished !== undefined) {
    return unfinished.from === step.from && unfinished.to === step.to ? 'between' : 'elsewhere';
  }
  if (seen.fingerprint === step.to) return seen.settled ? 'target' : 'between';
  return seen.fingerprint === step.from ? 'from' : 'elsewhere';
}

async function dryRun(layer: CommandTarget, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const seen = await observeLayer(layer, ctx);
  if (relate(seen, step) === 'elsewhere')
    return { result: 'failed', level: 'observed', why: `it moved: ${seen.summary}` };
  const { result, level, why } = await callLayer(layer, 'dryRun', requestOf(step), ctx);
  return { result, level, ...(why === undefined ? {} : { why }) };
}

async function verify(layer: CommandTarget, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const look = async (): Promise<readonly Measurement[]> => {
    const seen = await observeLayer(layer, ctx);
    const isThere = relate(seen, step) === 'target';
    const shown: Measurement = { name: 'observed', ok: isThere, seen: seen.summary };
    if (!isThere) return [{ ...shown, why: 'it is not at its goal' }];
    const { ok, seen: said, why } = await callLayer(layer, 'verify', requestOf(step), ctx);
    return [shown, { name: 'verify command', ok, seen: said, ...(why === undefined ? {} : { why }) }];
  };
  return watchUntil(ctx, layer.settle, look, (measured) => measured.every(({ ok }) => ok));
}

function requestOf({ from, to, goal }: LayerStep): JsonObject {
  return { from, to, goal };
}

function stateOf(state: Observation['state']): CommandState {
  return state as unknown as CommandState;
}
