import { z } from 'zod';
import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { CaptureBody, Observation, ReverterContext } from '../../domain/reverter';
import { configName, configPlace, type Config } from './config';
import { contentOf, fingerprintOf, keyCount, keysOf, type Content } from './config-content';
import { writersOf } from './config-rotation';
import { stampKey } from './object-stamp';
import { ownerOf } from './workload-owner';

/** One ConfigMap or Secret as the server has it; without an object when it is not there. */
export interface ConfigLook {
  readonly object: KubernetesObject | undefined;
  readonly content: Content | undefined;
  readonly seen: Observation;
}

/** Reads the object, or finds that there is none. The observation names its keys and no values. */
export async function lookAtConfig(config: Config, ctx: ReverterContext): Promise<ConfigLook> {
  const read = await ctx.world.kubernetes.read(configName(config), ctx.signal);
  const object = read?.metadata.deletionTimestamp === undefined ? read : undefined;
  const content = object === undefined ? undefined : contentOf(object);
  const owner = object === undefined ? undefined : ownerOf(object)?.name;
  const seen: Observation = {
    fingerprint: await fingerprintOf(config, config.name, content, ctx),
    settled: true,
    ...(owner === undefined ? {} : { owner }),
    health: 'unknown',
    summary: `${configPlace(config)}, ${content === undefined ? 'which is not there' : keyCount(content)}`,
    state: { keys: content === undefined ? null : keysOf(content) },
    candidates: [],
  };
  return { object, content, seen };
}

const strings = z.record(z.string(), z.string());

/** What a capture holds: everything to make the object again, and who wrote it until then. Encrypted at rest. */
export const capturedConfig = z.object({
  content: z.object({ data: strings, binaryData: strings, type: z.string().nullable() }).nullable(),
  immutable: z.boolean(),
  labels: strings,
  annotations: strings,
  writers: z.array(z.string()),
  atMs: z.number(),
});

/** A captured ConfigMap or Secret. */
export type CapturedConfig = z.output<typeof capturedConfig>;

/** The object as it is now. Throws KUBERNETES_CONFLICT when it is no longer what was seen. */
export async function captureConfig(config: Config, seen: Observation, ctx: ReverterContext): Promise<CaptureBody> {
  const { object, content, seen: now } = await lookAtConfig(config, ctx);
  if (now.fingerprint !== seen.fingerprint) {
    throw new LastgoodError('KUBERNETES_CONFLICT', {
      what: `${configPlace(config)} was changed while it was being captured`,
    });
  }
  const { labels = {}, annotations = {} } = object?.metadata ?? {};
  return {
    content: content === undefined ? null : { ...content },
    immutable: object?.immutable === true,
    labels,
    annotations: ownAnnotations(annotations),
    writers: object === undefined ? [] : writersOf(object),
    atMs: ctx.now(),
  };
}

/** Without our stamp, and without kubectl's copy of the whole object. */
function ownAnnotations(annotations: Readonly<Record<string, string>>): JsonObject {
  const left = [stampKey, 'kubectl.kubernetes.io/last-applied-configuration'];
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !left.includes(key)));
}
