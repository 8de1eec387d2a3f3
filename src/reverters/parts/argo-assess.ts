import type { JsonObject } from '../../domain/json';
import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../domain/reverter';
import { forecastOf, type Forecast } from './argo-forecast';
import { governedRollout } from './argo-history';
import { lookAtRollout, stableOf, workloadRefOf, type ArgoLook } from './argo-look';
import { asArgoGoal, pluginCommand, rolloutName, rolloutTitle, type ArgoRollout } from './argo-target';
import { asObject, differenceOf, fingerprintOf, imagesOf, releaseOf } from './pod-template';
import { selectorChange } from './workload';
import { findTemplate, type WantedTemplate } from './wanted-template';
import { ownedElsewhere, ownerRisks } from './owned-object';
import { readsOf } from './template-reads';

/** The way from what is configured to the wanted template; refused when it can not last or can not be had. */
export async function assessRollout(target: ArgoRollout, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const look = await lookAtRollout(target, ctx);
  const elsewhere = heldElsewhere(target, look);
  if (elsewhere !== undefined) return elsewhere;
  const found = await findTemplate(target, look.kept, wanted, ctx, governedRollout);
  if (found === undefined) return missing(target, look, wanted);
  const to = fingerprintOf(found.template);
  if (look.seen.fingerprint === to && look.rollout.complete) return { kind: 'at-target', fingerprint: to };
  const refusal = refusalOf(target, look, found.template);
  if (refusal !== undefined) return refusal;
  const { template: older } = found;
  const { version } = wanted;
  const reads = await readsOf({ workload: rolloutName(target), version, live: look.template, older }, ctx);
  if (reads.refused !== undefined) return reads.refused;
  const forecast = forecastOf(target, look, to);
  return {
    kind: 'steps',
    steps: [stepTo(look, found, to, wanted, forecast)],
    loses: [],
    cannotUndo: [],
    risks: [...reads.risks, ...forecast.risks, ...ownerRisks(look.object)],
    sources: [{ kind: found.revision ?? 'captured template', available: true }],
  };
}

function missing(target: ArgoRollout, { kept }: ArgoLook, { version, artifact }: LayerGoal): LayerPlan {
  const wanted = artifact === undefined ? `version ${version}` : `${version} (${artifact.digest})`;
  const has = kept.map(({ revision, template }) => `${revision} ${releaseOf(template, target).version ?? '?'}`);
  const why = `neither a capture nor the ReplicaSets of ${rolloutTitle(target)} hold ${wanted}; they hold: ${has.join(', ') || 'nothing'}`;
  const deploy = 'or deploy that release again through its pipeline';
  return refused('ARTIFACT_MISSING', why, 'choose another release with --to', deploy);
}

function heldElsewhere(target: ArgoRollout, { object }: ArgoLook): LayerPlan | undefined {
  const reference = workloadRefOf(object);
  if (reference === undefined) return undefined;
  const { kind, name } = reference;
  const why = `${rolloutTitle(target)} takes its template from ${kind} ${target.namespace}/${name}, which this layer does not write`;
  const instead = `describe ${kind} ${name} as a layer kubernetes-workload of the component`;
  return refused('TEMPLATE_ELSEWHERE', why, `for the instant effect: ${pluginCommand('abort', target)}`, instead);
}

function refusalOf(target: ArgoRollout, { object }: ArgoLook, template: JsonObject): LayerPlan | undefined {
  const title = rolloutTitle(target);
  const elsewhere = ownedElsewhere(title, object);
  if (elsewhere?.kind === 'refused') {
    const abort = `for the instant effect, which it leaves alone: ${pluginCommand('abort', target)}`;
    return { ...elsewhere, compensation: [...elsewhere.compensation, abort] };
  }
  if (asObject(object.spec)['paused'] === true) {
    const why = `${title} is paused by hand: it would take the template and not roll it out`;
    return refused('ROLLOUT_PAUSED', why, pluginCommand('promote', target));
  }
  const why = selectorChange(title, object, template);
  if (why === undefined) return undefined;
  return refused('SELECTOR_CHANGED', why, 'delete the Rollout and deploy the older release again through its pipeline');
}

function refused(code: string, why: string, ...compensation: readonly string[]): LayerPlan {
  return { kind: 'refused', reason: 'unavailable', code, why, compensation };
}

function stepTo(
  look: ArgoLook,
  found: WantedTemplate,
  to: string,
  { version, capture }: LayerGoal,
  { way, pausesMs }: Forecast,
): LayerStep {
  const difference = differenceOf(governedRollout(look.template), found.template);
  const isStable = stableOf(look)?.fingerprint === to && look.seen.fingerprint !== to;
  return {
    from: look.seen.fingerprint,
    to,
    goal: asArgoGoal({ version, revision: found.revision ?? null, images: imagesOf(found.template) }),
    ...(found.revision === undefined && capture !== undefined ? { capture } : {}),
    guard: 'atomic',
    reversibility: 'reversible',
    summary: difference === '' ? `finish the rollout of ${version}` : `${isStable ? 'abort, then ' : ''}${difference}`,
    impact: `${way}; open connections end with their pods`,
    estimateMs: 30_000 + pausesMs,
  };
}
