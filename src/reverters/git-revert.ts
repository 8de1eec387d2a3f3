import { z } from 'zod';
import type { JsonObject } from '../domain/json';
import type {
  LayerGoal,
  LayerPlan,
  LayerStep,
  Measurement,
  Observation,
  Relation,
  Reverter,
  ReverterContext,
  StepOutcome,
} from '../domain/reverter';
import { revertBy, targetSchema, watchUntil } from './define';
import { duration } from './parts/fields';
import { findContent, isRefused, wayTo } from './parts/git-assess';
import { keptContents } from './parts/git-history';
import { conflictText, lookAtSource, summaryOf, type SourceLook } from './parts/git-look';
import { findPullRequest, type PullRequest } from './parts/git-pull-requests';
import { gitFields, proposalOf, shortCommit, type GitGoal, type GitState } from './parts/git-source';
import { rehearseContent, writeContent } from './parts/git-write';

const gitTarget = z.strictObject({
  ...gitFields,
  settle: duration.prefault('30s').describe('How long the server may take until it shows what was pushed.'),
});

/** Declared paths of a branch, parsed. Times in ms. */
type GitTarget = z.output<typeof gitTarget>;

/**
 * Declared paths of one branch of a repository. The fingerprint is the digest of what the paths hold at the branch's head,
 * so that a commit on other paths is no drift, and a revert takes nothing back that belongs to others.
 */
export const gitRevert: Reverter<GitTarget> = {
  layer: 'git-revert',
  about: "Restores a component's declared paths on a branch of a git repository with one commit, pushed or proposed.",
  target: targetSchema(gitTarget),
  limits: ({ timeout, settle, pullRequests }) => ({
    attemptMs: 6 * timeout,
    heartbeatMs: timeout + 30_000,
    attempts: 5,
    settleMs: Math.max(settle, pullRequests?.merge ?? 0),
  }),
  observe,
  capture: (_target, seen) => Promise.resolve({ commit: stateOf(seen).commit, digest: seen.fingerprint }),
  assess,
  relate,
  dryRun: async (target, step, ctx) => rehearseContent(target, goalOf(step), await lookAtSource(target, ctx), ctx),
  revert,
  verify,
};

async function observe(target: GitTarget, ctx: ReverterContext): Promise<Observation> {
  const look = await lookAtSource(target, ctx);
  const seen = observationOf(target, look);
  if (target.version === undefined) return seen;
  const kept = await keptContents(target, look.commit, ctx);
  const candidates = kept
    .filter(({ digest }) => digest !== seen.fingerprint)
    .map(({ commit: _commit, ...candidate }) => candidate);
  return { ...seen, candidates };
}

function observationOf(target: GitTarget, look: SourceLook): Observation {
  const { commit, proposals, version, content } = look;
  const state: GitState = { commit, proposals };
  return {
    fingerprint: content.digest,
    settled: true,
    ...(version === undefined ? {} : { version }),
    digest: content.digest,
    health: 'unknown',
    summary: summaryOf(target, look),
    state: { ...state },
    candidates: [],
  };
}

async function assess(
  target: GitTarget,
  _seen: Observation,
  wanted: LayerGoal,
  ctx: ReverterContext,
): Promise<LayerPlan> {
  const look = await lookAtSource(target, ctx);
  const content = await findContent(target, look, wanted, ctx);
  if (isRefused(content)) return content;
  if (look.content.digest === content.digest) return { kind: 'at-target', fingerprint: content.digest };
  const way = await wayTo(target, look, content, ctx);
  if (isRefused(way)) return way;
  const { goal, risks, ...told } = way;
  const { from, to } = goal.content;
  const step: LayerStep = {
    from,
    to,
    goal: goal as unknown as JsonObject,
    guard: 'atomic',
    reversibility: 'reversible',
    ...told,
  };
  const sources = [{ kind: `commit ${shortCommit(goal.commit)}`, available: true }];
  return { kind: 'steps', steps: [step], loses: [], cannotUndo: [], risks, sources };
}

/** The content decides; a revert that is proposed and not merged yet is between. */
function relate(seen: Observation, step: LayerStep): Relation {
  if (seen.fingerprint === step.to) return 'target';
  if (seen.fingerprint !== step.from) return 'elsewhere';
  return stateOf(seen).proposals.includes(proposalOf(goalOf(step))) ? 'between' : 'from';
}

async function revert(target: GitTarget, step: LayerStep, ctx: ReverterContext): Promise<StepOutcome> {
  const look = async () => {
    const source = await lookAtSource(target, ctx);
    return { source, seen: observationOf(target, source) };
  };
  const goal = goalOf(step);
  const outcome = await revertBy(
    { look, relate, write: ({ source }) => writeContent(target, goal, source, ctx) },
    step,
  );
  if (outcome.kind !== 'drift') return outcome;
  const summary = await conflictText(target, goal.base, await lookAtSource(target, ctx), ctx);
  return { ...outcome, seen: { ...outcome.seen, summary } };
}

/** Waits until the branch has the content; where that needs a merge, as long as the catalog gives people for it. */
async function verify(target: GitTarget, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const goal = goalOf(step);
  const look = async (): Promise<Progress> => {
    const source = await lookAtSource(target, ctx);
    const isWaiting = source.content.digest === goal.content.from && source.proposals.includes(proposalOf(goal));
    return { source, pullRequest: isWaiting ? await findPullRequest(target, goal, ctx) : undefined };
  };
  const isOver = ({ source, pullRequest }: Progress): boolean =>
    source.content.digest !== goal.content.from || pullRequest?.state === 'closed';
  const first = await look();
  const isProposed = first.pullRequest !== undefined;
  const settleMs = isProposed ? (target.pullRequests?.merge ?? 0) : target.settle;
  const last = isOver(first)
    ? first
    : await watchUntil(ctx, settleMs, look, isOver, isProposed ? mergePollMs : undefined);
  return [await measured(target, goal, last, ctx)];
}

/** People take their time to merge, and services count requests. */
const mergePollMs = 10_000;

interface Progress {
  readonly source: SourceLook;
  readonly pullRequest: PullRequest | undefined;
}

async function measured(
  target: GitTarget,
  goal: GitGoal,
  { source, pullRequest }: Progress,
  ctx: ReverterContext,
): Promise<Measurement> {
  const ok = source.content.digest === goal.content.to;
  const about = { name: 'content', ok, seen: summaryOf(target, source), expected: goal.version };
  if (ok) return about;
  if (source.content.digest !== goal.content.from)
    return { ...about, why: await conflictText(target, goal.base, source, ctx) };
  if (pullRequest === undefined) return { ...about, why: 'the commit is not on the branch' };
  const says = pullRequest.state === 'open' ? 'waits for its merge' : 'was closed without a merge';
  return { ...about, why: `pull request ${pullRequest.name} ${says}` };
}

function stateOf(seen: Observation): GitState {
  return seen.state as unknown as GitState;
}

function goalOf(step: LayerStep): GitGoal {
  return step.goal as unknown as GitGoal;
}
