import { z } from 'zod';
import type { JsonObject } from '../../domain/json';
import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../domain/reverter';
import { asObject, differenceOf, fingerprintOf, governed, imagesOf, releaseOf } from './pod-template';
import { asGoal, selectorOf, type Workload } from './workload';
import { lookAt, type WorkloadLook } from './workload-look';
import { ownerOf } from './workload-owner';

/** What a capture of a workload holds: its whole governed template. Encrypted at rest, because variables may be secrets. */
export const capturedTemplate = z.object({ template: z.record(z.string(), z.unknown()) });

/** The way from what is configured to the wanted template; refused when it can not last or can not be had. */
export async function assessWorkload(target: Workload, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const look = await lookAt(target, ctx);
  const found = await findTemplate(target, look, wanted, ctx);
  if (found === undefined) return missing(target, look, wanted);
  const to = fingerprintOf(found.template);
  const { complete } = look.rollout;
  if (look.seen.fingerprint === to && complete) return { kind: 'at-target', fingerprint: to };
  const refused = refusal(target, look, found.template);
  if (refused !== undefined) return refused;
  return {
    kind: 'steps',
    steps: [stepTo(look, found, to, wanted)],
    loses: [],
    cannotUndo: [],
    risks: risksOf(look),
    sources: [{ kind: found.revision ?? 'captured template', available: true }],
  };
}

interface Found {
  readonly template: JsonObject;
  /** Undefined: it comes out of the capture. */
  readonly revision?: string;
}

/**
 * The captured template is the whole state and comes first, if it holds the recorded artifact. Else the cluster's own
 * copies are searched by the artifact's digest, and only without one by the version label.
 */
async function findTemplate(
  target: Workload,
  { kept }: WorkloadLook,
  { version, artifact, capture }: LayerGoal,
  ctx: ReverterContext,
): Promise<Found | undefined> {
  const fits = (template: JsonObject): boolean => {
    const release = releaseOf(template, target);
    if (artifact === undefined) return release.version === version;
    return release.digest === artifact.digest || fingerprintOf(template) === artifact.digest;
  };
  if (capture !== undefined) {
    const template = capturedTemplate.parse(await ctx.capture(capture)).template as JsonObject;
    if (artifact === undefined || fits(template)) return { template };
  }
  return kept.find(({ template }) => fits(template));
}

function missing(target: Workload, { kept }: WorkloadLook, { version, artifact }: LayerGoal): LayerPlan {
  const wanted = artifact === undefined ? `version ${version}` : `${version} (${artifact.digest})`;
  const has = kept
    .map(({ revision, template }) => `${revision} ${releaseOf(template, target).version ?? '?'}`)
    .join(', ');
  return {
    kind: 'refused',
    reason: 'unavailable',
    code: 'ARTIFACT_MISSING',
    why: `neither a capture nor the history of ${target.kind} ${target.namespace}/${target.name} holds ${wanted}; it holds: ${has || 'nothing'}`,
    compensation: ['choose another release with --to', 'or deploy that release again through its pipeline'],
  };
}

function refusal(target: Workload, { object }: WorkloadLook, template: JsonObject): LayerPlan | undefined {
  const name = `${target.kind} ${target.namespace}/${target.name}`;
  const refused = (code: string, why: string, ...compensation: readonly string[]): LayerPlan => ({
    kind: 'refused',
    reason: 'unavailable',
    code,
    why,
    compensation,
  });
  const owner = ownerOf(object);
  if (owner?.reapplies === true) {
    const why = `${name} is owned by ${owner.name}, which would put the bad release back over an undo in the cluster`;
    return refused('OWNED_ELSEWHERE', why, 'revert the commit in the repository that it is deployed from');
  }
  const spec = asObject(object.spec);
  if (spec['paused'] === true) {
    const resume = `kubectl rollout resume ${target.kind.toLowerCase()}/${target.name} --namespace ${target.namespace}`;
    return refused('ROLLOUT_PAUSED', `${name} is paused: it would take the template and not roll it out`, resume);
  }
  const labels = asObject(asObject(template['metadata'])['labels']);
  const broken = Object.entries(selectorOf(object)).find(([key, value]) => labels[key] !== value);
  if (broken === undefined) return undefined;
  const why = `${name} selects ${broken[0]}=${broken[1]}, and the older template does not carry it; a selector can not be changed`;
  return refused(
    'SELECTOR_CHANGED',
    why,
    'delete the workload and deploy the older release again through its pipeline',
  );
}

function stepTo(
  { seen, template }: WorkloadLook,
  found: Found,
  to: string,
  { version, capture }: LayerGoal,
): LayerStep {
  const difference = differenceOf(governed(template), found.template);
  return {
    from: seen.fingerprint,
    to,
    goal: asGoal({ version, revision: found.revision ?? null, images: imagesOf(found.template) }),
    ...(found.revision === undefined && capture !== undefined ? { capture } : {}),
    guard: 'atomic',
    reversibility: 'reversible',
    summary: difference === '' ? `finish the rollout of ${version}` : difference,
    impact: 'replaces every pod by its update strategy; open connections end with their pods',
    estimateMs: 30_000,
  };
}

function risksOf({ object }: WorkloadLook): readonly string[] {
  const owner = ownerOf(object);
  return owner === undefined ? [] : [`${owner.name} still holds the bad release; its next upgrade starts from there`];
}
