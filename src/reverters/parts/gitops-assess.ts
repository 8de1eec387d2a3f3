import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../domain/reverter';
import { findContent, isRefused, wayTo, type GitWay, type RefusedPlan, type WantedContent } from './git-assess';
import { shortCommit } from './git-source';
import { risksOfUpdaters, whyNotGround } from './gitops-ground';
import { lookAtGitOps, type GitOpsLook } from './gitops-look';
import { asGoal, fingerprintOf, placeOf, type Following, type GitOpsGoal, type GitOpsTarget } from './gitops-target';

/** The way from what is deployed to the wanted content: hold, commit, release; refused when a commit would not last. */
export async function assessGitOps(target: GitOpsTarget, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const look = await lookAtGitOps(target, ctx);
  const content = await findContent(target.source, look.source, wanted, ctx);
  if (isRefused(content)) return content;
  const isThere = look.source.content.digest === content.digest;
  if (isThere && look.synced && look.following !== 'held')
    return { kind: 'at-target', fingerprint: look.seen.fingerprint };
  const noGround = await whyNotGround(target, look, ctx);
  if (noGround !== undefined) return noGround;
  const way = await wayOf(target, look, content, ctx);
  if (isRefused(way)) return way;
  return {
    kind: 'steps',
    steps: stepsOf(target, look, way),
    loses: [],
    cannotUndo: [],
    risks: [...way.risks, ...(await risksOfUpdaters(target, look, ctx))],
    sources: [{ kind: `commit ${shortCommit(content.commit)}`, available: true }],
  };
}

/** Where the branch has the content already, nothing is committed: the tool only has to follow. */
async function wayOf(
  target: GitOpsTarget,
  look: GitOpsLook,
  wanted: WantedContent,
  ctx: ReverterContext,
): Promise<GitWay | RefusedPlan> {
  const { commit, digest, version } = wanted;
  if (look.source.content.digest !== digest) return wayTo(target.source, look.source, wanted, ctx);
  return {
    goal: { version, commit, base: look.source.commit, content: { from: digest, to: digest }, route: 'push' },
    summary: `the branch has ${version} already; wait until ${placeOf(target)} runs it`,
    impact: 'nothing is committed',
    risks: [],
    estimateMs: 60_000,
  };
}

/** A merge may take hours: nobody's automation is held for so long, and it follows the merge by itself. */
function stepsOf(target: GitOpsTarget, { source, following }: GitOpsLook, way: GitWay): readonly LayerStep[] {
  const { goal } = way;
  const { from, to } = goal.content;
  const isNew = from !== to;
  const holds = isNew && following === 'automatic' && target.suspend && goal.route === 'push';
  const working: Following = holds ? 'held' : following;
  const step = (act: GitOpsGoal['act'], start: string, end: string, told: Told): LayerStep => ({
    from: start,
    to: end,
    goal: asGoal({ ...goal, act, following: working, waits: act === 'release' || waitsAfter(target, working, act) }),
    guard: 'atomic',
    reversibility: 'reversible',
    ...told,
  });
  const place = placeOf(target);
  const hold = step('hold', fingerprintOf(from, 'automatic'), fingerprintOf(from, 'held'), {
    summary: `hold ${place}: it stops following ${target.source.branch}`,
    impact: 'nothing changes in the cluster',
    estimateMs: 500,
  });
  const { summary, impact, estimateMs } = way;
  const commit = step('commit', fingerprintOf(source.content.digest, working), fingerprintOf(to, working), {
    summary,
    impact: `${impact}; ${place} then deploys it by its own strategy`,
    estimateMs: estimateMs + 60_000,
  });
  const release = step('release', fingerprintOf(to, 'held'), fingerprintOf(to, 'automatic'), {
    summary: `let ${place} follow ${target.source.branch} again, as it did before`,
    impact: 'it deploys what the branch has',
    estimateMs: 60_000,
  });
  const needsCommit = isNew || waitsAfter(target, working, 'commit');
  return [...(holds ? [hold] : []), ...(needsCommit ? [commit] : []), ...(working === 'held' ? [release] : [])];
}

type Told = Pick<LayerStep, 'summary' | 'impact' | 'estimateMs'>;

/** Flux does nothing while it is held; Argo CD can be told to bring one commit in. */
function waitsAfter(target: GitOpsTarget, working: Following, act: GitOpsGoal['act']): boolean {
  return act === 'commit' && !(target.tool === 'flux' && working === 'held');
}
