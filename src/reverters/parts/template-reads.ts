import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { KubernetesName, KubernetesObject } from '../../domain/ports';
import type { LayerPlan, ReverterContext } from '../../domain/reverter';
import { referencesIn, type Reference } from './config-references';
import { revocationOf } from './config-rotation';

/** An older template of a workload, beside the one that is configured now. */
export interface OlderTemplate {
  readonly workload: KubernetesName;
  readonly version: string;
  readonly live: JsonObject;
  readonly older: JsonObject;
}

/** What pods of an older template would read: why they could not or must not, or what is not known of it. */
export interface TemplateReads {
  readonly refused?: LayerPlan;
  readonly risks: readonly string[];
}

/**
 * Looks at the ConfigMaps and Secrets that only the older template names: it brings its references back with it. The API
 * server accepts one that names what is missing, and its pods wait for ever; and a Secret that was rotated or revoked
 * since is no target. What both templates name costs no call.
 */
export async function readsOf(template: OlderTemplate, ctx: ReverterContext): Promise<TemplateReads> {
  const now = referencesIn(template.live);
  const back = referencesIn(template.older).filter(
    ({ kind, name }) => !now.some((one) => one.kind === kind && one.name === name),
  );
  const names = [...new Set(back.map(({ kind, name }) => `${kind}/${name}`))];
  const reads = await Promise.all(
    names.map((each) => {
      const references = back.filter(({ kind, name }) => `${kind}/${name}` === each);
      return readOf(template, references, replacedBy(references, now), ctx);
    }),
  );
  const refused = reads.find((read) => read.refused !== undefined)?.refused;
  return { ...(refused && { refused }), risks: reads.flatMap(({ risks }) => risks) };
}

/** One object that comes back into use: all the places of the older template that name it. */
async function readOf(
  { workload, version }: OlderTemplate,
  references: readonly Reference[],
  replaced: readonly Reference[],
  ctx: ReverterContext,
): Promise<TemplateReads> {
  const [{ kind, name }] = references as readonly [Reference, ...Reference[]];
  const place = `${kind} ${workload.namespace}/${name}`;
  const where = `${workload.kind} ${workload.namespace}/${workload.name} as of ${version} reads it (${placesOf(references)})`;
  const read = (one: Reference): Promise<KubernetesObject | undefined> =>
    ctx.world.kubernetes.read({ ...workload, kind: one.kind, name: one.name }, ctx.signal);
  try {
    const object = await read(references[0]!);
    if (object === undefined) return missing(place, where, version, references);
    if (kind !== 'Secret') return { risks: [] };
    const inUse = await Promise.all(replaced.map(read));
    const revocation = [undefined, ...inUse].map((one) => revocationOf(object, one)).find((why) => why !== undefined);
    return revocation === undefined ? { risks: [] } : revoked(place, where, revocation);
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.code !== 'KUBERNETES_DENIED') throw thrown;
    return { risks: [`whether ${place} is there is not known, and ${where}: ${thrown.text.why ?? thrown.text.what}`] };
  }
}

/** What stands now where the older template names these. */
function replacedBy(references: readonly Reference[], now: readonly Reference[]): readonly Reference[] {
  return now.filter((one) => references.some(({ kind, where }) => one.kind === kind && one.where === where));
}

function placesOf(references: readonly Reference[]): string {
  return [...new Set(references.map(({ where }) => where))].join(', ');
}

function missing(place: string, where: string, version: string, references: readonly Reference[]): TemplateReads {
  if (references.every(({ isOptional }) => isOptional)) {
    return { risks: [`${place} is not there, and ${where}: pods start without it`] };
  }
  const compensation = [
    `create ${place} again from the manifests of ${version}, and plan again`,
    'or choose another release with --to',
  ];
  const why = `${place} is not there, and ${where}: its pods would not start`;
  return {
    refused: { kind: 'refused', reason: 'unavailable', code: 'ARTIFACT_MISSING', why, compensation },
    risks: [],
  };
}

function revoked(place: string, where: string, revocation: string): TemplateReads {
  const why = `${place} is BLOCKED as a target: it was rotated or revoked since (${revocation}), and ${where}`;
  const compensation = [
    'deploy that release again through its pipeline, with the credentials of today',
    'or choose another release with --to',
  ];
  return { refused: { kind: 'refused', reason: 'unavailable', code: 'SECRET_ROTATED', why, compensation }, risks: [] };
}
