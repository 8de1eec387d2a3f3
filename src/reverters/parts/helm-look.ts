import { digestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { LayerCandidate, Observation, ReverterContext } from '../../domain/reverter';
import { helmHistory, helmRecord, type HelmHook, type HelmRevision } from './helm-cli';
import { readRelease, type ReleaseManifest } from './helm-manifest';
import { releaseTitle, type HelmState, type HelmTarget } from './helm-target';
import { workloadsOf, type LiveWorkload } from './helm-workloads';
import { asObject, releaseOf } from './pod-template';

/** A release as Helm recorded it and as the cluster runs it. */
export interface HelmLook {
  /** Newest first. */
  readonly history: readonly HelmRevision[];
  /** The newest revision, whatever became of it. */
  readonly live: HelmRevision;
  readonly manifest: ReleaseManifest;
  readonly hooks: readonly HelmHook[];
  readonly workloads: readonly LiveWorkload[];
  readonly seen: Observation;
}

/** Reads a release: its history and newest revision from Helm, its workloads from the cluster. Throws OBJECT_MISSING. */
export async function lookAtRelease(target: HelmTarget, ctx: ReverterContext): Promise<HelmLook> {
  const history = await helmHistory(target, ctx);
  const live = history[0];
  if (live === undefined)
    throw new LastgoodError('OBJECT_MISSING', { what: `${releaseTitle(target)} has no revision` });
  const { manifest, hooks } = await revisionOf(target, live.revision, ctx);
  const workloads = await workloadsOf(target, manifest, ctx);
  const candidates = await candidatesOf(target, history, ctx);
  const seen = observationOf(target, live, manifest, workloads, candidates);
  return { history, live, manifest, hooks, workloads, seen };
}

/** One revision of a release, read out of Helm. Throws ARTIFACT_MISSING. */
export async function revisionOf(
  target: HelmTarget,
  revision: number,
  ctx: ReverterContext,
): Promise<{ readonly manifest: ReleaseManifest; readonly hooks: readonly HelmHook[] }> {
  const { manifest, hooks } = await helmRecord(target, revision, ctx);
  return { manifest: await readRelease(target, manifest, ctx), hooks };
}

/** A revision that was live once and could be gone back to; one that failed never was. */
export function isGood({ status }: HelmRevision): boolean {
  return status === 'deployed' || status === 'superseded';
}

/** What a revision says it is, by the setting of the target; its manifest is needed for an image only. */
export function versionOf(target: HelmTarget, revision: HelmRevision, manifest?: ReleaseManifest): string | undefined {
  if (target.version === 'chart') return /-(v?\d+\.\d+\.\d+.*)$/.exec(revision.chart)?.[1];
  if (target.version === 'app') return revision.appVersion === '' ? undefined : revision.appVersion;
  return manifest === undefined ? undefined : imageOf(target, manifest).version;
}

/** Version and digest by the image of the first workload that has the container. */
export function imageOf(
  { container }: HelmTarget,
  { objects }: ReleaseManifest,
): { readonly version?: string; readonly digest?: string } {
  const releases = objects
    .map(({ body }) => asObject(asObject(body['spec'])['template']))
    .map((template) => releaseOf(template, { container, versionLabel: '' }));
  return releases.find(({ version, digest }) => version !== undefined || digest !== undefined) ?? {};
}

function observationOf(
  target: HelmTarget,
  live: HelmRevision,
  manifest: ReleaseManifest,
  workloads: readonly LiveWorkload[],
  candidates: readonly LayerCandidate[],
): Observation {
  const edits = workloads.flatMap((workload) => workload.edits);
  const isRolledOut = workloads.every(({ rollout }) => rollout.complete);
  const settled = live.status === 'deployed' && isRolledOut && edits.length === 0;
  const isBad = live.status === 'failed' || workloads.some(({ rollout }) => rollout.timedOut);
  const version = versionOf(target, live, manifest);
  const { digest } = imageOf(target, manifest);
  const owner = workloads.find((workload) => workload.owner !== undefined)?.owner?.name;
  const state: HelmState = {
    revision: live.revision,
    status: live.status,
    manifest: manifest.fingerprint,
    complete: isRolledOut,
  };
  return {
    // What somebody changed past Helm is not Helm's; it must not be overwritten without a word.
    fingerprint: edits.length === 0 ? manifest.fingerprint : digestOf([manifest.fingerprint, edits]),
    settled,
    ...(version === undefined ? {} : { version }),
    ...(digest === undefined ? {} : { digest }),
    ...(owner === undefined || owner.startsWith('Helm') ? {} : { owner }),
    health: settled ? 'healthy' : isBad ? 'unhealthy' : 'unknown',
    summary: [
      `${releaseTitle(target)} ${version ?? '?'} (${live.chart}), revision ${live.revision} ${live.status}`,
      ...workloads.map(({ title, rollout }) => `${title} ${rollout.progress}`).slice(0, 3),
      ...(edits.length === 0 ? [] : [`changed past Helm: ${edits.join(', ')}`]),
    ].join(', '),
    state: { ...state },
    candidates,
  };
}

/** The good revisions behind the newest. Their manifests are read where only those tell the version, or `isIdentified`. */
async function candidatesOf(
  target: HelmTarget,
  history: readonly HelmRevision[],
  ctx: ReverterContext,
  isIdentified = target.version === 'image',
): Promise<readonly LayerCandidate[]> {
  const candidates: LayerCandidate[] = [];
  for (const one of history.slice(1).filter(isGood).slice(0, mostCandidates)) {
    const { manifest } = isIdentified ? await revisionOf(target, one.revision, ctx) : {};
    const version = versionOf(target, one, manifest);
    const digest = manifest && (imageOf(target, manifest).digest ?? manifest.fingerprint);
    const source = `revision ${one.revision} (${one.chart})`;
    if (version !== undefined) candidates.push({ version, ...(digest && { digest }), source, atMs: one.updatedMs });
  }
  return candidates;
}

/** What Helm keeps, each known by its image or else by all that it holds. */
export async function identifyRevisions(target: HelmTarget, ctx: ReverterContext): Promise<readonly LayerCandidate[]> {
  return candidatesOf(target, await helmHistory(target, ctx), ctx, true);
}

/** Helm keeps ten revisions unless it is told otherwise. */
const mostCandidates = 10;
