import { LastgoodError } from '../../domain/errors';
import type { ReverterContext } from '../../domain/reverter';
import { gitSaid } from './git-command';
import { contentOfCommit, type Content } from './git-content';
import { shortCommit, sourceName, type GitGoal, type GitSource } from './git-source';
import { treeWith } from './git-tree';

/** Makes the commit that puts the paths back on top of `parent`, in the mirror only; answers its id. */
export async function commitOn(
  source: GitSource,
  goal: GitGoal,
  parent: string,
  ctx: ReverterContext,
): Promise<string> {
  const tree = await treeWith(source, parent, await goalContent(source, goal, ctx), ctx);
  const { name, email } = source.author;
  const date = `@${Math.floor(ctx.now() / 1_000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
  const text = messageOf(source, goal, ctx);
  return (await gitSaid(source, ['commit-tree', tree, '-p', parent, '-F', '-'], ctx, { text, env })).trim();
}

/** What the commit and its pull request are called: `Put deploy/payments on main back to 2.0.4`. */
export function titleOf(source: GitSource, { version }: GitGoal): string {
  return `Put ${sourceName(source)} back to ${version}`;
}

/** The content that a step writes. Throws ARTIFACT_MISSING, ARTIFACT_CHANGED. */
async function goalContent(source: GitSource, goal: GitGoal, ctx: ReverterContext): Promise<Content> {
  const name = `commit ${shortCommit(goal.commit)} of ${source.repository}`;
  const content = await contentOfCommit(source, goal.commit, ctx);
  if (content === undefined) {
    const why = 'no branch that the server shows reaches it any more';
    throw new LastgoodError('ARTIFACT_MISSING', { what: `${name} is gone`, why });
  }
  if (content.digest === goal.content.to) return content;
  throw new LastgoodError('ARTIFACT_CHANGED', {
    what: `${name} does not hold what was planned for ${sourceName(source)}`,
  });
}

function messageOf(source: GitSource, goal: GitGoal, { operation }: ReverterContext): string {
  const { name, email } = source.author;
  return [
    titleOf(source, goal),
    '',
    `The paths below have the content of ${goal.commit}; nothing else is changed.`,
    '',
    ...source.paths.map((path) => `- ${path}`),
    '',
    `Lastgood-Operation: ${operation}`,
    `Signed-off-by: ${name} <${email}>`,
    '',
  ].join('\n');
}
