import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../domain/reverter';
import { configPlace, type Config } from './config';
import { consumersOf, type Consumer } from './config-consumers';
import { differenceOf, fingerprintOf } from './config-content';
import { capturedConfig, lookAtConfig, type CapturedConfig, type ConfigLook } from './config-look';
import { immutable, neverCaptured, restoredAllTheSame, rotationPlan } from './config-refusals';
import { rotationSince } from './config-rotation';
import { ownedElsewhere, ownerRisks } from './owned-object';

/** The way back to the captured content of an object that is edited in place. */
export async function assessConfig(config: Config, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const { capture, version } = wanted;
  if (capture === undefined) return neverCaptured(config, version);
  const captured = capturedConfig.parse(await ctx.capture(capture));
  const look = await lookAtConfig(config, ctx);
  const to = await fingerprintOf(config, config.name, captured.content ?? undefined, ctx);
  if (look.seen.fingerprint === to) return { kind: 'at-target', fingerprint: to };
  const rotation = rotated(config, look, captured);
  const refused =
    (rotation === undefined
      ? undefined
      : rotationPlan(config, config.name, version, rotation, look.seen.fingerprint)) ??
    (look.object === undefined ? undefined : ownedElsewhere(configPlace(config), look.object));
  if (refused !== undefined) return refused;
  if (isFixed(look, captured)) return immutable(config, version);
  const consumers = await consumersOf(config, ctx);
  return {
    kind: 'steps',
    steps: [{ ...stepTo(config, look, captured, consumers ?? []), to, capture, goal: { version } }],
    loses: [],
    cannotUndo: [],
    risks: risksOf(config, look, captured, consumers, rotation),
    sources: [{ kind: 'captured content', available: true }],
  };
}

function stepTo(
  config: Config,
  { seen, content }: ConfigLook,
  captured: CapturedConfig,
  consumers: readonly Consumer[],
): Omit<LayerStep, 'to' | 'goal'> {
  const late = consumers.filter(({ atStart }) => atStart.length > 0).map(({ name }) => name);
  const restart = late.length === 0 ? '' : `; restart needed: ${late.join(', ')}`;
  return {
    from: seen.fingerprint,
    // An object is deleted by its uid: the server does not compare what it holds.
    guard: captured.content === null ? 'read-then-write' : 'atomic',
    reversibility: 'reversible',
    summary: `${configPlace(config)}: ${differenceOf(content, captured.content ?? undefined)}`,
    impact: `nothing restarts; mounted files follow within about two minutes${restart}`,
    estimateMs: 500,
  };
}

function risksOf(
  config: Config,
  { object, content }: ConfigLook,
  captured: CapturedConfig,
  consumers: readonly Consumer[] | undefined,
  rotation: string | undefined,
): readonly string[] {
  const place = configPlace(config);
  const late = (consumers ?? []).filter(({ atStart }) => atStart.length > 0);
  const needing = captured.content === null ? (consumers ?? []).filter(({ needsIt }) => needsIt) : [];
  return [
    ...late.map(
      ({ name, atStart, restart }) =>
        `restart needed: ${name} reads it only when its pods start (${atStart.join(', ')}); unless its own layer replaces them after this one:  ${restart}`,
    ),
    ...needing.map(({ name }) => `${name} still names ${place}, which is deleted: its new pods would not start`),
    ...(consumers === undefined
      ? [`which workloads read it only when they start is not known: the worker's account may not list them`]
      : []),
    ...(content === undefined && config.kind === 'Secret'
      ? [
          `${place} was deleted since, and is created again with its captured values: if that was to revoke them, skip this step`,
        ]
      : []),
    ...(rotation === undefined ? [] : [restoredAllTheSame(rotation)]),
    ...(object === undefined ? [] : ownerRisks(object)),
  ];
}

function rotated(config: Config, { object }: ConfigLook, captured: CapturedConfig): string | undefined {
  if (config.kind === 'ConfigMap' || object === undefined) return undefined;
  return rotationSince(object, captured);
}

/** The server changes neither an immutable object nor the type of a Secret. */
function isFixed({ object, content }: ConfigLook, captured: CapturedConfig): boolean {
  if (object === undefined || captured.content === null) return false;
  return object.immutable === true || content?.type !== captured.content.type;
}
