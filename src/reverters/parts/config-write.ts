import { masked } from '../../adapters/secrets';
import { LastgoodError, type ErrorText } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { JsonPatch } from '../../domain/ports';
import type { LayerStep, Rehearsal, ReverterContext } from '../../domain/reverter';
import { configName, configPlace, type Config } from './config';
import { fingerprintOf, keyCount, type Content } from './config-content';
import { capturedConfig, type CapturedConfig, type ConfigLook } from './config-look';
import { stampKey, stampPatch, unchangedSince } from './object-stamp';
import { requireNoNewOwner } from './owned-object';
import { serverDryRun } from './server-dry-run';

/** Puts the captured content back: changes, creates or deletes the object. Answers how many writes that took. */
export async function writeConfig(
  config: Config,
  step: LayerStep,
  look: ConfigLook,
  ctx: ReverterContext,
): Promise<number> {
  if (look.object !== undefined) requireNoNewOwner(configPlace(config), look.object);
  const captured = await capturedFor(config, step, ctx);
  await withoutValues(config, [captured.content, look.content], () => send(config, captured, look, false, ctx));
  return 1;
}

/** The same write as a dry run of the server; a deletion is not tried. */
export async function rehearseConfig(
  config: Config,
  step: LayerStep,
  look: ConfigLook,
  ctx: ReverterContext,
): Promise<Rehearsal> {
  const captured = await capturedFor(config, step, ctx);
  if (captured.content === null)
    return { result: 'passed', level: 'the object was read; its deletion is not rehearsed' };
  const proves = `${keyCount(captured.content)} of ${configPlace(config)}`;
  return serverDryRun(async () => {
    await withoutValues(config, [captured.content, look.content], () => send(config, captured, look, true, ctx));
    return proves;
  });
}

async function capturedFor(config: Config, step: LayerStep, ctx: ReverterContext): Promise<CapturedConfig> {
  const place = configPlace(config);
  if (step.capture === undefined)
    throw new LastgoodError('CAPTURE_MISSING', { what: `the step "${step.summary}" names no capture` });
  const captured = capturedConfig.parse(await ctx.capture(step.capture));
  if ((await fingerprintOf(config, config.name, captured.content ?? undefined, ctx)) === step.to) return captured;
  throw new LastgoodError('ARTIFACT_CHANGED', { what: `the captured content of ${place} is not what was planned` });
}

async function send(
  config: Config,
  captured: CapturedConfig,
  { object, content }: ConfigLook,
  dryRun: boolean,
  ctx: ReverterContext,
): Promise<void> {
  const { kubernetes } = ctx.world;
  const { signal } = ctx;
  const name = configName(config);
  if (captured.content === null) {
    if (object !== undefined) await kubernetes.remove(name, object.metadata.uid, signal);
  } else if (object === undefined || content === undefined) {
    await kubernetes.create(name, bodyOf(captured, captured.content, ctx), { dryRun, signal });
  } else {
    const patch = [unchangedSince(object), ...contentPatch(content, captured.content), ...stampPatch(object, ctx)];
    await kubernetes.patch(name, patch, { dryRun, signal });
  }
}

function contentPatch(now: Content, goal: Content): readonly JsonPatch[] {
  return (['data', 'binaryData'] as const).flatMap((part): readonly JsonPatch[] => {
    if (Object.keys(goal[part]).length > 0) return [{ op: 'add', path: `/${part}`, value: goal[part] }];
    return Object.keys(now[part]).length > 0 ? [{ op: 'remove', path: `/${part}` }] : [];
  });
}

function bodyOf(
  { labels, annotations, immutable }: CapturedConfig,
  { data, binaryData, type }: Content,
  { operation }: ReverterContext,
): JsonObject {
  return {
    metadata: { labels, annotations: { ...annotations, [stampKey]: operation } },
    data,
    ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
    ...(type === null ? {} : { type }),
    ...(immutable ? { immutable } : {}),
  };
}

/** A refusal of the server or of an admission policy may quote what it refuses; values of a Secret are masked in it. */
async function withoutValues<Value>(
  { kind }: Config,
  contents: readonly (Content | null | undefined)[],
  call: () => Promise<Value>,
): Promise<Value> {
  try {
    return await call();
  } catch (thrown) {
    if (kind === 'ConfigMap' || !(thrown instanceof LastgoodError)) throw thrown;
    const secrets = contents.flatMap((content) => Object.entries(content?.data ?? {}).flatMap(spellings));
    const text = Object.entries(thrown.text).map(([part, said]) => [
      part,
      masked(String(said), { values: {}, secrets }),
    ]);
    throw new LastgoodError(thrown.code, Object.fromEntries(text) as ErrorText);
  }
}

/** A value as it is stored and as it is meant. */
function spellings([name, value]: readonly [string, unknown]): readonly {
  readonly name: string;
  readonly value: string;
}[] {
  if (typeof value !== 'string') return [];
  const meant = Buffer.from(value, 'base64').toString('utf8');
  return [value, meant].map((spelling) => ({ name, value: spelling }));
}
