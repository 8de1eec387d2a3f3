import type { KubernetesName, KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import type { ManifestObject, ReleaseManifest } from './helm-manifest';
import { besideHelm, type HelmTarget } from './helm-target';
import { asObject, imagesOf } from './pod-template';
import { templateOf } from './workload-look';
import { ownerOf, type Owner } from './workload-owner';
import type { Workload } from './workload';
import { rolloutOf, type Rollout } from './workload-rollout';

/** One workload of a release as it runs, which Helm itself does not look at. */
export interface LiveWorkload {
  readonly title: string;
  readonly place: KubernetesName & { readonly kind: Workload['kind'] };
  /** Undefined: it is not there. */
  readonly object?: KubernetesObject;
  readonly rollout: Rollout;
  /** What somebody changed past Helm: `Deployment payments: payments runs payments:2.1.1`. */
  readonly edits: readonly string[];
  readonly owner?: Owner;
}

/** The workloads that a manifest names, read in the cluster. */
export async function workloadsOf(
  target: HelmTarget,
  { objects }: ReleaseManifest,
  ctx: ReverterContext,
): Promise<readonly LiveWorkload[]> {
  const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind));
  return Promise.all(workloads.map((one) => liveWorkload(target, one, ctx)));
}

async function liveWorkload(
  target: HelmTarget,
  { title, kind, namespace, name, body }: ManifestObject,
  { world, signal }: ReverterContext,
): Promise<LiveWorkload> {
  const place = besideHelm(target, kind as Workload['kind'], namespace, name);
  const object = await world.kubernetes.read(place, signal);
  if (object === undefined) {
    const rollout = { complete: false, progress: 'not there', timedOut: false };
    return { title, place, rollout, edits: [`${title}: it is not there`] };
  }
  const owner = ownerOf(object);
  const rollout = rolloutOf(place.kind, object);
  const edits = editsOf(title, imagesOf(asObject(asObject(body['spec'])['template'])), imagesOf(templateOf(object)));
  return { title, place, object, rollout, edits, ...(owner === undefined ? {} : { owner }) };
}

/** Images besides their registry: a policy of the cluster may rewrite that. Containers that others inject do not count. */
function editsOf(
  title: string,
  wanted: Readonly<Record<string, string>>,
  live: Readonly<Record<string, string>>,
): readonly string[] {
  const short = (image = 'nothing'): string => image.split('/').at(-1) ?? image;
  return Object.keys(wanted)
    .filter((container) => short(live[container]) !== short(wanted[container]))
    .map((container) => `${title}: ${container} runs ${short(live[container])}`);
}
