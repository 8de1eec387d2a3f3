import type { JsonObject } from '../../domain/json';
import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../domain/reverter';
import { asObject, differenceOf, fingerprintOf, governed, imagesOf, releaseOf } from './pod-template';
import { findTemplate, type WantedTemplate } from './wanted-template';
import { asGoal, nameOf, selectorChange, workloadPlace, type Workload } from './workload';
import { lookBackAt, type WorkloadLook, type WorkloadPast } from './workload-look';
import { ownedElsewhere, ownerRisks } from './owned-object';
import { readsOf } from './template-reads';
import { budgetRisks, impactOf, standstillOf } from './workload-strategy';

/** The way from what is configured to the wanted template; refused when it can not last or can not be had. */
export async function assessWorkload(target: Workload, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const look = await lookBackAt(target, ctx);
  const found = await findTemplate(target, look.kept, wanted, ctx);
  if (found === undefined) return missing(target, look, wanted);
  const to = fingerprintOf(found.template);
  const { complete } = look.rollout;
  if (look.seen.fingerprint === to && complete) return { kind: 'at-target', fingerprint: to };
  const refused = refusal(target, look, found.template);
  if (refused !== undefined) return refused;
  const { template: older } = found;
  const { version } = wanted;
  const reads = await readsOf({ workload: nameOf(target), version, live: look.template, older }, ctx);
  if (reads.refused !== undefined) return reads.refused;
  return {
    kind: 'steps',
    steps: [stepTo(target, look, found, to, wanted)],
    loses: [],
    cannotUndo: [],
    risks: [...reads.risks, ...ownerRisks(look.object), ...(await budgetRisks(target, look.object, ctx))],
    sources: [{ kind: found.revision ?? 'captured template', available: true }],
  };
}

function missing(target: Workload, { kept }: WorkloadPast, { version, artifact }: LayerGoal): LayerPlan {
  const wanted = artifact === undefined ? `version ${version}` : `${version} (${artifact.digest})`;
  const has = kept
    .map(({ revision, template }) => `${revision} ${releaseOf(template, target).version ?? '?'}`)
    .join(', ');
  return {
    kind: 'refused',
    reason: 'unavailable',
    code: 'ARTIFACT_MISSING',
    why: `neither a capture nor the history of ${workloadPlace(target)} holds ${wanted}; it holds: ${has || 'nothing'}`,
    compensation: ['choose another release with --to', 'or deploy that release again through its pipeline'],
  };
}

function refusal(target: Workload, { object, kept }: WorkloadPast, template: JsonObject): LayerPlan | undefined {
  const name = workloadPlace(target);
  const refused = (code: string, why: string, ...compensation: readonly string[]): LayerPlan => ({
    kind: 'refused',
    reason: 'unavailable',
    code,
    why,
    compensation,
  });
  const elsewhere = ownedElsewhere(name, object);
  if (elsewhere !== undefined) return elsewhere;
  const spec = asObject(object.spec);
  if (spec['paused'] === true) {
    const resume = `kubectl rollout resume ${target.kind.toLowerCase()}/${target.name} --namespace ${target.namespace}`;
    return refused('ROLLOUT_PAUSED', `${name} is paused: it would take the template and not roll it out`, resume);
  }
  const goal = fingerprintOf(template);
  const still = standstillOf(target, object, (revision) =>
    kept.some((one) => one.revision === revision && one.fingerprint === goal),
  );
  if (still !== undefined) return refused(still.code, still.why, still.command);
  const why = selectorChange(name, object, template);
  if (why === undefined) return undefined;
  return refused(
    'SELECTOR_CHANGED',
    why,
    'delete the workload and deploy the older release again through its pipeline',
  );
}

function stepTo(
  target: Workload,
  { object, seen, template }: WorkloadLook,
  found: WantedTemplate,
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
    impact: impactOf(target, object),
    estimateMs: 30_000,
  };
}
