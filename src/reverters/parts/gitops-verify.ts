import type { LayerStep, Measurement, Observation, Relation, ReverterContext } from '../../domain/reverter';
import { watchUntil } from '../define';
import { conflictText } from './git-look';
import { findPullRequest, type PullRequest } from './git-pull-requests';
import { proposalOf } from './git-source';
import { lookAtGitOps, type GitOpsLook } from './gitops-look';
import { goalOf, nameOf, placeOf, type GitOpsGoal, type GitOpsTarget } from './gitops-target';
import { watchObject } from './watch-object';

/**
 * Waits until a step is done: what it holds is held, what it commits runs and is healthy. Says what it saw. A merge that
 * people must make first has a time of its own.
 */
export async function verifyGitOps(
  target: GitOpsTarget,
  step: LayerStep,
  relate: (seen: Observation, step: LayerStep) => Relation,
  ctx: ReverterContext,
): Promise<readonly Measurement[]> {
  const goal = goalOf(step);
  const look = async (): Promise<Progress> => {
    const seen = await lookAtGitOps(target, ctx);
    return { ...seen, relation: relate(seen.seen, step), pending: await pendingOf(target, goal, seen, ctx) };
  };
  const isEnd = (now: Progress): boolean => isOver(goal, now);
  const first = await look();
  if (isEnd(first)) return measured(target, goal, first, ctx);
  const { merge = 0 } = target.source.pullRequests ?? {};
  const last =
    first.pending === undefined
      ? await watchObject(
          nameOf(target),
          target.settle,
          { look, isOver: isEnd, progressOf: ({ seen }) => seen.summary },
          ctx,
        )
      : await watchUntil(ctx, merge + target.settle, look, isEnd, mergePollMs);
  return measured(target, goal, last, ctx);
}

/** People take their time to merge, and services count requests. */
const mergePollMs = 10_000;

interface Progress extends GitOpsLook {
  readonly relation: Relation;
  /** The pull request that the step still waits for. */
  readonly pending: PullRequest | undefined;
}

function isOver(goal: GitOpsGoal, { relation, pending, sync, source }: Progress): boolean {
  if (relation === 'target' || relation === 'elsewhere' || pending?.state === 'closed') return true;
  return goal.waits && sync.gaveUpOn === source.commit;
}

async function pendingOf(
  target: GitOpsTarget,
  goal: GitOpsGoal,
  { source }: GitOpsLook,
  ctx: ReverterContext,
): Promise<PullRequest | undefined> {
  const isWaiting = goal.act === 'commit' && source.content.digest !== goal.content.to;
  return isWaiting && source.proposals.includes(proposalOf(goal))
    ? findPullRequest(target.source, goal, ctx)
    : undefined;
}

async function measured(
  target: GitOpsTarget,
  goal: GitOpsGoal,
  { seen, source, sync, relation, pending }: Progress,
  ctx: ReverterContext,
): Promise<readonly Measurement[]> {
  const ok = relation === 'target';
  const name = { hold: 'held', commit: 'committed', release: 'released' }[goal.act];
  const expected = goal.act === 'hold' ? `${placeOf(target)} held` : goal.version;
  const about = { name, ok, seen: seen.summary, expected };
  if (ok) return [about];
  const { from, to } = goal.content;
  const isMoved = ![from, to].includes(source.content.digest);
  if (isMoved) return [{ ...about, why: await conflictText(target.source, goal.base, source, ctx) }];
  if (pending === undefined) return [{ ...about, why: sync.stuck ?? 'it does not run what the branch has' }];
  const says = pending.state === 'closed' ? 'was closed without a merge' : 'waits for its merge';
  return [{ ...about, why: `pull request ${pending.name} ${says}` }];
}
