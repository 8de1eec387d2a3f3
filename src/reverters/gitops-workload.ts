import { LastgoodError } from '../domain/errors';
import type { JsonPatch } from '../domain/ports';
import type { LayerStep, Observation, Rehearsal, Relation, Reverter, ReverterContext } from '../domain/reverter';
import { revertBy, targetSchema } from './define';
import { keptContents } from './parts/git-history';
import { conflictText } from './parts/git-look';
import { proposalOf } from './parts/git-source';
import { rehearseContent, writeContent } from './parts/git-write';
import { assessGitOps } from './parts/gitops-assess';
import { lookAtGitOps, type GitOpsLook } from './parts/gitops-look';
import { goalOf, gitOpsTarget, nameOf, stateOf, type GitOpsGoal, type GitOpsTarget } from './parts/gitops-target';
import { requireNoUpdater } from './parts/gitops-updaters';
import { verifyGitOps } from './parts/gitops-verify';
import { holdPatch, lookAtRepository, lookNowPatch, releasePatch, syncPatch } from './parts/gitops-write';
import { serverDryRun } from './parts/server-dry-run';

/**
 * What Argo CD or Flux deploys out of a repository. An undo in the cluster would not last under them, so the source is put
 * back: the tool is held, one commit restores the declared paths, the tool brings it into the cluster and follows again as
 * it did before. The fingerprint covers what the branch has in the paths and whether the tool follows it.
 */
export const gitopsWorkload: Reverter<GitOpsTarget> = {
  layer: 'gitops-workload',
  about:
    'Reverts what Argo CD or Flux deploys: holds the tool, restores the paths with one commit, lets it follow again.',
  target: targetSchema(gitOpsTarget),
  limits: ({ source, settle }) => ({
    attemptMs: 8 * source.timeout,
    heartbeatMs: source.timeout + 30_000,
    attempts: 5,
    settleMs: settle + (source.pullRequests?.merge ?? 0),
  }),
  observe,
  capture: (_target, seen) => {
    const { commit, content } = stateOf(seen);
    return Promise.resolve({ commit, digest: content });
  },
  assess: (target, _seen, wanted, ctx) => assessGitOps(target, wanted, ctx),
  relate,
  dryRun,
  revert: (target, step, ctx) => {
    const look = (): Promise<GitOpsLook> => lookAtGitOps(target, ctx);
    return revertBy({ look, relate, write: (seen) => write(target, goalOf(step), seen, ctx) }, step);
  },
  verify: (target, step, ctx) => verifyGitOps(target, step, relate, ctx),
};

async function observe(target: GitOpsTarget, ctx: ReverterContext): Promise<Observation> {
  const { seen, source } = await lookAtGitOps(target, ctx);
  if (target.source.version === undefined) return seen;
  const kept = await keptContents(target.source, source.commit, ctx);
  const older = kept.filter(({ digest }) => digest !== source.content.digest);
  return { ...seen, candidates: older.map(({ commit: _commit, ...candidate }) => candidate) };
}

/** Branch and following decide; what the tool does not run yet, or what is proposed and not merged, is between. */
function relate(seen: Observation, step: LayerStep): Relation {
  const { synced, proposals } = stateOf(seen);
  const goal = goalOf(step);
  if (seen.fingerprint === step.to) return !goal.waits || synced ? 'target' : 'between';
  if (seen.fingerprint !== step.from) return 'elsewhere';
  return goal.act === 'commit' && proposals.includes(proposalOf(goal)) ? 'between' : 'from';
}

/** Steps are rehearsed before the first of them is made: what an earlier one brings about is not there yet. */
async function dryRun(target: GitOpsTarget, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAtGitOps(target, ctx);
  const goal = goalOf(step);
  const why = await whyMoved(target, goal, look, ctx);
  if (why !== undefined) return { result: 'failed', level: 'observed', why: `it moved: ${why}` };
  const isHeld = look.following === 'held';
  switch (goal.act) {
    case 'hold':
      if (isHeld) return { result: 'passed', level: 'it is held already' };
      return rehearsedPatch('it would be held', holdPatch(target, look.object, ctx));
    case 'commit':
      return rehearsedCommit(target, goal, look, ctx);
    case 'release':
      if (!isHeld) return { result: 'passed', level: 'the same right on the same object as holding it' };
      return rehearsedPatch('it would follow again', releasePatch(target, look.object, ctx));
    default:
      return goal.act;
  }

  function rehearsedPatch(proves: string, patch: readonly JsonPatch[]): Promise<Rehearsal> {
    const options = { dryRun: true, signal: ctx.signal };
    return serverDryRun(() => ctx.world.kubernetes.patch(nameOf(target), patch, options).then(() => proves));
  }
}

async function whyMoved(
  target: GitOpsTarget,
  { content, following, base }: GitOpsGoal,
  look: GitOpsLook,
  ctx: ReverterContext,
): Promise<string | undefined> {
  if (![content.from, content.to].includes(look.source.content.digest))
    return conflictText(target.source, base, look.source, ctx);
  const expected = following === 'held' ? ['held', 'automatic'] : [following];
  return expected.includes(look.following) ? undefined : look.seen.summary;
}

async function rehearsedCommit(
  target: GitOpsTarget,
  goal: GitOpsGoal,
  look: GitOpsLook,
  ctx: ReverterContext,
): Promise<Rehearsal> {
  try {
    await requireNoUpdater(target, look, ctx);
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.code !== 'UPDATER_ACTIVE') throw thrown;
    return { result: 'failed', level: 'updaters looked at', why: thrown.text.what };
  }
  return rehearseContent(target.source, goal, look.source, ctx);
}

async function write(target: GitOpsTarget, goal: GitOpsGoal, look: GitOpsLook, ctx: ReverterContext): Promise<number> {
  switch (goal.act) {
    case 'hold':
      return patched(target, holdPatch(target, look.object, ctx), ctx);
    case 'commit':
      return commit(target, goal, look, ctx);
    case 'release': {
      if (look.following !== 'held') return 0;
      const asked = await lookAtRepository(target, look.object, ctx);
      return asked + (await patched(target, releasePatch(target, look.object, ctx), ctx));
    }
    default:
      return goal.act;
  }
}

/** Commits unless the branch has it, then brings it in where the tool does not do so by itself or only at its interval. */
async function commit(
  target: GitOpsTarget,
  goal: GitOpsGoal,
  first: GitOpsLook,
  ctx: ReverterContext,
): Promise<number> {
  let writes = 0;
  if (first.source.content.digest !== goal.content.to) {
    await requireNoUpdater(target, first, ctx);
    writes += await writeContent(target.source, goal, first.source, ctx);
  }
  const look = await lookAtGitOps(target, ctx);
  const isProposed = look.source.content.digest !== goal.content.to;
  if (isProposed || !goal.waits || look.synced) return writes;
  if (target.tool === 'argo-cd' && look.following !== 'automatic') {
    if (look.sync.isBusy) return writes;
    return writes + (await patched(target, syncPatch(look.object, look.source.commit, ctx), ctx));
  }
  const asked = await lookAtRepository(target, look.object, ctx);
  return writes + asked + (await patched(target, lookNowPatch(target, look.object, ctx), ctx));
}

async function patched(target: GitOpsTarget, patch: readonly JsonPatch[], ctx: ReverterContext): Promise<number> {
  await ctx.world.kubernetes.patch(nameOf(target), patch, { signal: ctx.signal });
  return 1;
}
