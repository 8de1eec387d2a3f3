import { z } from 'zod';
import { digestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { CaptureBody, Observation, ReverterContext } from '../../domain/reverter';
import { configName, configPlace, workloadOf, type Config } from './config';
import { contentOf, fingerprintOf } from './config-content';
import { referencesIn, withReferences } from './config-references';
import { readWorkload, templateOf } from './workload-look';
import { ownerOf } from './workload-owner';
import { rolloutOf, type Rollout } from './workload-rollout';

/** The workload that names the version in use, and what it names. */
export interface VersionLook {
  readonly object: KubernetesObject;
  readonly template: JsonObject;
  readonly rollout: Rollout;
  /** Versions that its template names, sorted; one, if all is well. */
  readonly names: readonly string[];
  readonly seen: Observation;
}

/** Reads the workload. The fingerprint covers the names of the versions and nothing else of the template. Throws OBJECT_MISSING. */
export async function lookAtVersion(config: Config, ctx: ReverterContext): Promise<VersionLook> {
  return versionLookOf(config, await readWorkload(workloadOf(config), ctx));
}

/** The same look, out of a workload that was read already. Pure. */
export function versionLookOf(config: Config, object: KubernetesObject): VersionLook {
  const workload = workloadOf(config);
  const template = templateOf(object);
  const rollout = rolloutOf(workload.kind, object);
  const names = versionsIn(config, template);
  const owner = ownerOf(object)?.name;
  const version = names.length === 1 ? versionOf(config, names[0] ?? '') : undefined;
  const seen: Observation = {
    fingerprint: versionFingerprint(config, names),
    settled: rollout.complete,
    ...(version === undefined ? {} : { version }),
    ...(owner === undefined ? {} : { owner }),
    health: rollout.complete ? 'healthy' : rollout.timedOut ? 'unhealthy' : 'unknown',
    summary: `${workload.kind} ${workload.namespace}/${workload.name} reads ${names.join(' and ') || `no ${config.name}`}, ${rollout.progress}`,
    state: { names },
    candidates: [],
  };
  return { object, template, rollout, names, seen };
}

/** Digest of what a template names. */
export function versionFingerprint({ kind, name }: Config, names: readonly string[]): string {
  return digestOf({ kind, name, names });
}

/** The name of a version: `payments-config-*` and `2.0.4` make `payments-config-2.0.4`. */
export function nameOfVersion({ name }: Config, version: string): string {
  return name.replace('*', () => version);
}

/** The template with another version named wherever one is named now. */
export function withVersion(config: Config, template: JsonObject, version: string): JsonObject {
  return withReferences(template, ({ kind, name }) => (isVersion(config, kind, name) ? version : name));
}

/** Where a template names a version: `envFrom of app, volume config`. */
export function placesOf(config: Config, template: JsonObject): string {
  const own = referencesIn(template).filter(({ kind, name }) => isVersion(config, kind, name));
  return [...new Set(own.map(({ where }) => where))].join(', ');
}

/** What a capture of a versioned object holds: which version it was, and a digest of its content; never the content. */
export const capturedVersion = z.object({ names: z.array(z.string()), content: z.string().nullable() });

/** Which version the workload reads now. Throws KUBERNETES_CONFLICT when it is no longer what was seen. */
export async function captureVersion(config: Config, seen: Observation, ctx: ReverterContext): Promise<CaptureBody> {
  const { names, seen: now } = await lookAtVersion(config, ctx);
  if (now.fingerprint !== seen.fingerprint) {
    throw new LastgoodError('KUBERNETES_CONFLICT', {
      what: `${configPlace(config)} was switched while it was being captured`,
    });
  }
  const name = names.length === 1 ? names[0] : undefined;
  const object = name === undefined ? undefined : await readVersion(config, name, ctx);
  if (name === undefined || object === undefined) return { names, content: null };
  return { names, content: await fingerprintOf(config, name, contentOf(object), ctx) };
}

/** One version; undefined when it is not there. */
export function readVersion(config: Config, name: string, ctx: ReverterContext): Promise<KubernetesObject | undefined> {
  return ctx.world.kubernetes.read(configName(config, name), ctx.signal);
}

function versionsIn(config: Config, template: JsonObject): readonly string[] {
  const names = referencesIn(template)
    .filter(({ kind, name }) => isVersion(config, kind, name))
    .map(({ name }) => name);
  return [...new Set(names)].sort();
}

function isVersion(config: Config, kind: string, name: string): boolean {
  return kind === config.kind && versionOf(config, name) !== undefined;
}

/** What stands for the star; undefined when the name is not one of these. */
function versionOf({ name: pattern }: Config, name: string): string | undefined {
  const [before = '', after = ''] = pattern.split('*');
  const isOne = name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length;
  return isOne ? name.slice(before.length, name.length - after.length) : undefined;
}
