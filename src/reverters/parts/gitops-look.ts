import { LastgoodError } from '../../domain/errors';
import type { KubernetesObject } from '../../domain/ports';
import type { Observation, ReverterContext } from '../../domain/reverter';
import { contentOfCommit } from './git-content';
import { lookAtSource, summaryOf, type SourceLook } from './git-look';
import { fingerprintOf, nameOf, placeOf, type Following, type GitOpsState, type GitOpsTarget } from './gitops-target';
import { tools, type Sync } from './gitops-tool';

/** What the branch has, what the tool runs, and whether it follows. */
export interface GitOpsLook {
  readonly object: KubernetesObject;
  readonly source: SourceLook;
  readonly following: Following;
  readonly sync: Sync;
  /** What the branch has in the paths runs, and is healthy. */
  readonly synced: boolean;
  readonly seen: Observation;
}

/** Reads the branch and the Application or Kustomization. Throws OBJECT_MISSING, and what git and the API server say. */
export async function lookAtGitOps(target: GitOpsTarget, ctx: ReverterContext): Promise<GitOpsLook> {
  const source = await lookAtSource(target.source, ctx);
  const object = await readObject(target, ctx);
  const { following, sync } = tools[target.tool];
  const now = { object, source, following: following(object), sync: sync(object) };
  const runs = await runningContent(target, now.sync.revision, source, ctx);
  const synced = now.sync.healthy && runs === source.content.digest;
  return { ...now, synced, seen: observationOf(target, { ...now, synced }) };
}

/** The object itself. Throws OBJECT_MISSING with its full name. */
export async function readObject(target: GitOpsTarget, ctx: ReverterContext): Promise<KubernetesObject> {
  const object = await ctx.world.kubernetes.read(nameOf(target), ctx.signal);
  if (object !== undefined && object.metadata.deletionTimestamp === undefined) return object;
  throw new LastgoodError('OBJECT_MISSING', {
    what: `there is no ${placeOf(target)}`,
    ...(object === undefined ? {} : { why: 'it is being deleted' }),
  });
}

/** The revision that runs may be another commit than the head: what counts is what it has in the paths. */
async function runningContent(
  target: GitOpsTarget,
  revision: string | undefined,
  source: SourceLook,
  ctx: ReverterContext,
): Promise<string | undefined> {
  if (revision === undefined || !/^[0-9a-f]{40}$/.test(revision)) return undefined;
  if (revision === source.commit) return source.content.digest;
  return (await contentOfCommit(target.source, revision, ctx))?.digest;
}

function observationOf(target: GitOpsTarget, look: Omit<GitOpsLook, 'seen'>): Observation {
  const { source, following, sync, synced } = look;
  const { commit, proposals, content, version } = source;
  const state: GitOpsState = { commit, proposals, content: content.digest, following, synced };
  return {
    fingerprint: fingerprintOf(content.digest, following),
    settled: synced,
    ...(version === undefined ? {} : { version }),
    digest: content.digest,
    owner: target.tool === 'flux' ? `Flux (${target.name})` : `Argo CD (${target.name})`,
    health: synced ? 'healthy' : sync.stuck === undefined ? 'unknown' : 'unhealthy',
    summary: `${placeOf(target)} ${sync.progress}, ${followingText[following]}; ${summaryOf(target.source, source)}`,
    state: { ...state },
    candidates: [],
  };
}

const followingText: Readonly<Record<Following, string>> = {
  automatic: 'follows by itself',
  manual: 'follows when it is told to',
  held: 'held by Lastgood',
  suspended: 'suspended by somebody',
};
