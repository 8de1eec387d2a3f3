import { LastgoodError } from '../../domain/errors';
import type { Rehearsal, ReverterContext } from '../../domain/reverter';
import { commitOn } from './git-commit';
import { conflictText, lookAtSource, type SourceLook } from './git-look';
import { findPullRequest, openPullRequest } from './git-pull-requests';
import { push } from './git-push';
import { proposalOf, sourceName, type GitGoal, type GitSource } from './git-source';

/** How often one attempt goes on top of somebody else's newer commit. */
const races = 5;

/**
 * Gets the goal's content onto the branch, or proposed where it may not be pushed. Answers how many outside writes that
 * took. A commit of somebody else on other paths is taken as the new ground; one on these paths is a lost race
 * (PRECONDITION_FAILED), which the next attempt sees as drift. Throws GIT_REFUSED.
 */
export async function writeContent(
  source: GitSource,
  goal: GitGoal,
  first: SourceLook,
  ctx: ReverterContext,
): Promise<number> {
  if (goal.route === 'pull-request' || first.proposals.includes(proposalOf(goal)))
    return propose(source, goal, first, ctx);
  let look = first;
  for (let race = 1; ; race += 1) {
    const pushed = await push(source, await commitOn(source, goal, look.commit, ctx), source.branch, ctx);
    if (pushed === 'pushed') return 1;
    if (pushed !== 'overtaken') {
      if (source.pullRequests === undefined) throw refused(source, source.branch, pushed.refused);
      return propose(source, goal, look, ctx);
    }
    look = await lookAtSource(source, ctx);
    if (look.content.digest === goal.content.to) return 0;
    if (look.content.digest !== goal.content.from || race === races) throw await lostRace(source, goal, look, ctx);
  }
}

/** The commit is made and offered to the server, which changes nothing. */
export async function rehearseContent(
  source: GitSource,
  goal: GitGoal,
  look: SourceLook,
  ctx: ReverterContext,
): Promise<Rehearsal> {
  const { from, to } = goal.content;
  if (look.content.digest === to) return { result: 'passed', level: 'the content is there already' };
  if (look.content.digest !== from) {
    const why = `it moved: ${await conflictText(source, goal.base, look, ctx)}`;
    return { result: 'failed', level: 'observed', why };
  }
  if (look.proposals.includes(proposalOf(goal))) return { result: 'passed', level: 'it is proposed already' };
  const branch = goal.route === 'push' ? source.branch : proposalOf(goal);
  const pushed = await push(source, await commitOn(source, goal, look.commit, ctx), branch, ctx, { dryRun: true });
  if (pushed === 'overtaken') throw await lostRace(source, goal, look, ctx);
  if (pushed !== 'pushed') return { result: 'failed', level: 'push --dry-run', why: pushed.refused };
  const level = `the commit is made, and push --dry-run to ${branch} passed; hooks and branch protection are not rehearsed`;
  return { result: 'passed', level };
}

async function propose(source: GitSource, goal: GitGoal, look: SourceLook, ctx: ReverterContext): Promise<number> {
  const branch = proposalOf(goal);
  let writes = 0;
  if (!look.proposals.includes(branch)) {
    const pushed = await push(source, await commitOn(source, goal, look.commit, ctx), branch, ctx);
    if (pushed === 'pushed') writes += 1;
    else if (pushed !== 'overtaken') throw refused(source, branch, pushed.refused);
  }
  const known = await findPullRequest(source, goal, ctx);
  if (known !== undefined) return writes;
  await openPullRequest(source, goal, ctx);
  return writes + 1;
}

function refused({ repository }: GitSource, branch: string, why: string): LastgoodError {
  return new LastgoodError('GIT_REFUSED', { what: `${repository} refused the commit on ${branch}`, why });
}

async function lostRace(
  source: GitSource,
  goal: GitGoal,
  look: SourceLook,
  ctx: ReverterContext,
): Promise<LastgoodError> {
  const why = look.content.digest === goal.content.from ? undefined : await conflictText(source, goal.base, look, ctx);
  const what = `${sourceName(source)} was changed while it was being reverted`;
  return new LastgoodError('PRECONDITION_FAILED', { what, ...(why === undefined ? {} : { why }) });
}
