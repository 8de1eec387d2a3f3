import { z } from 'zod';
import { LastgoodError } from '../../domain/errors';
import type { Json } from '../../domain/json';
import type { HttpRequest } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { titleOf } from './git-commit';
import { proposalOf, type GitGoal, type GitSource } from './git-source';
import { jsonOf, shownRequest, successOf } from './http-answer';

/** One pull request of ours. */
export interface PullRequest {
  /** `#17 (https://…)`. */
  readonly name: string;
  readonly state: 'open' | 'merged' | 'closed';
}

/** True when the service says that nobody may push to the branch; false without a service to ask. */
export async function isProtected(source: GitSource, ctx: ReverterContext): Promise<boolean> {
  if (source.pullRequests === undefined) return false;
  const path = `branches/${encodeURIComponent(source.branch)}`;
  return (await ask(source, 'GET', path, z.object({ protected: z.boolean() }), ctx)).protected;
}

/** The pull request of a step, if it was opened. */
export async function findPullRequest(
  source: GitSource,
  goal: GitGoal,
  ctx: ReverterContext,
): Promise<PullRequest | undefined> {
  const [owner = ''] = source.pullRequests?.repository.split('/') ?? [];
  const query = new URLSearchParams({ state: 'all', head: `${owner}:${proposalOf(goal)}`, base: source.branch });
  const [found] = await ask(source, 'GET', `pulls?${query.toString()}`, z.array(pullRequest), ctx);
  return found === undefined ? undefined : pullRequestOf(found);
}

/** Opens the pull request of a step whose branch was pushed. */
export async function openPullRequest(source: GitSource, goal: GitGoal, ctx: ReverterContext): Promise<PullRequest> {
  const body = {
    title: titleOf(source, goal),
    head: proposalOf(goal),
    base: source.branch,
    body: `A rollback waits for the merge of this commit.\n\nLastgood-Operation: ${ctx.operation}`,
  };
  return pullRequestOf(await ask(source, 'POST', 'pulls', pullRequest, ctx, body));
}

const pullRequest = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  html_url: z.string().max(500),
});

function pullRequestOf({ number, state, merged_at, html_url }: z.output<typeof pullRequest>): PullRequest {
  const isMerged = merged_at !== undefined && merged_at !== null;
  return { name: `#${number} (${html_url})`, state: isMerged ? 'merged' : state };
}

async function ask<Schema extends z.ZodType>(
  { pullRequests, timeout }: GitSource,
  method: 'GET' | 'POST',
  path: string,
  schema: Schema,
  { world, signal }: ReverterContext,
  body?: Json,
): Promise<z.output<Schema>> {
  const { api = '', repository = '', headers = {} } = pullRequests ?? {};
  const request: HttpRequest = {
    method,
    url: `${api.replace(/\/+$/, '')}/repos/${repository}/${path}`,
    headers: { accept: 'application/vnd.github+json', ...headers },
    timeoutMs: timeout,
    signal,
    ...(body === undefined ? {} : { body }),
  };
  const { success, data } = schema.safeParse(jsonOf(request, await successOf(world, request)));
  if (success) return data;
  const what = `${shownRequest(request)} answered with something else than GitHub's API documents`;
  throw new LastgoodError('HTTP_BAD_ANSWER', {
    what,
    next: 'correct `pullRequests.api` and `repository` in the catalog',
  });
}
