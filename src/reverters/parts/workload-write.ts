import { LastgoodError } from '../../domain/errors';
import type { JsonObject } from '../../domain/json';
import type { JsonPatch, KubernetesObject } from '../../domain/ports';
import type { LayerStep, ReverterContext } from '../../domain/reverter';
import { asObject, fingerprintOf } from './pod-template';
import { goalOf, nameOf, workloadPlace, type Workload } from './workload';
import { capturedTemplate } from './wanted-template';
import { keptTemplates } from './workload-history';
import { readWorkload, templateOf, type WorkloadLook } from './workload-look';
import { isReady, podsOf } from './workload-pods';

/** The template that a step writes, out of the history or the capture. Throws ARTIFACT_MISSING, ARTIFACT_CHANGED. */
export async function templateFor(
  target: Workload,
  step: LayerStep,
  { object }: WorkloadLook,
  ctx: ReverterContext,
): Promise<JsonObject> {
  const { revision } = goalOf(step);
  const template =
    step.capture === undefined
      ? (await keptTemplates(target, object, ctx)).find((one) => one.revision === revision)?.template
      : (capturedTemplate.parse(await ctx.capture(step.capture)).template as JsonObject);
  const place = workloadPlace(target);
  if (template === undefined) {
    const what = `${revision ?? 'the captured template'} of ${place} is gone`;
    throw new LastgoodError('ARTIFACT_MISSING', { what, why: 'its history limit was reached, or somebody deleted it' });
  }
  if (fingerprintOf(template) === step.to) return template;
  throw new LastgoodError('ARTIFACT_CHANGED', {
    what: `${revision ?? 'the captured template'} of ${place} is not what was planned`,
  });
}

/**
 * The patch that puts a template in place of exactly the one that was seen: the server compares before it writes. Status
 * writes of the controllers do not disturb it, as a precondition on the resource version would.
 */
export function patchTo(
  { object, template }: Pick<WorkloadLook, 'object' | 'template'>,
  goal: JsonObject,
  { operation }: ReverterContext,
): readonly JsonPatch[] {
  const { annotations, resourceVersion } = object.metadata;
  const stamps = { 'kubernetes.io/change-cause': `rollback ${operation}`, 'lastgood.dev/operation': operation };
  const stamp: readonly JsonPatch[] =
    annotations === undefined
      ? [
          { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
          { op: 'add', path: '/metadata/annotations', value: stamps },
        ]
      : Object.entries(stamps).map(([key, value]) => ({
          op: 'add',
          path: `/metadata/annotations/${pointer(key)}`,
          value,
        }));
  return [
    { op: 'test', path: '/spec/template', value: template },
    { op: 'replace', path: '/spec/template', value: goal },
    ...stamp,
  ];
}

/**
 * A StatefulSet in order waits for ever for a pod that can not become ready, even when its template was put right
 * (kubernetes/kubernetes#67250). Those pods are deleted, each by its uid; ready ones are never touched. Answers how many.
 */
export async function freeStuckPods(target: Workload, ctx: ReverterContext): Promise<number> {
  if (target.kind !== 'StatefulSet') return 0;
  const object = await controllerSeen(target, ctx);
  if (asObject(object.spec)['podManagementPolicy'] === 'Parallel') return 0;
  const revision = asObject(object.status)['updateRevision'];
  const stuck = (await podsOf(target, object, ctx)).filter(
    (pod) => !isReady(pod) && pod.metadata.labels?.['controller-revision-hash'] !== revision,
  );
  for (const { metadata } of stuck) {
    await ctx.world.kubernetes.remove(
      { ...nameOf(target), kind: 'Pod', name: metadata.name },
      metadata.uid,
      ctx.signal,
    );
  }
  return stuck.length;
}

/** The workload as soon as its controller has seen what was written, or after a moment. */
async function controllerSeen(target: Workload, ctx: ReverterContext): Promise<KubernetesObject> {
  const until = ({ metadata, status }: KubernetesObject): boolean =>
    Number(asObject(status)['observedGeneration'] ?? 0) >= (metadata.generation ?? 0);
  const object = await readWorkload(target, ctx);
  if (until(object)) return object;
  const watch = { withinMs: settlesAtOnceMs, until, signal: ctx.signal };
  const seen = await ctx.world.kubernetes.watch(nameOf(target), object.metadata.resourceVersion, watch);
  return seen ?? readWorkload(target, ctx);
}

/** How long a write waits for the controller to take notice; the rollout itself is waited for by `verify`. In ms. */
const settlesAtOnceMs = 2_000;

/** True while the workload still has the template that a look saw. */
export async function isUnchanged(target: Workload, look: WorkloadLook, ctx: ReverterContext): Promise<boolean> {
  return fingerprintOf(templateOf(await readWorkload(target, ctx))) === look.seen.fingerprint;
}

function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
