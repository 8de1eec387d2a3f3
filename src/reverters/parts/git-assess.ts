import { z } from 'zod';
import type { LayerGoal, LayerPlan, ReverterContext } from '../../domain/reverter';
import { changedFiles, contentOfCommit } from './git-content';
import { commitsIn, commitText, isDeclared, keptContents, type PathCommit } from './git-history';
import { listed, type SourceLook } from './git-look';
import { isProtected } from './git-pull-requests';
import { shortCommit, sourceName, type GitGoal, type GitSource } from './git-source';

/** What a capture of declared paths holds: git itself keeps the content. */
export const capturedPaths = z.object({ commit: z.string(), digest: z.string() });

/** The refusal of a layer. */
export type RefusedPlan = Extract<LayerPlan, { kind: 'refused' }>;

/** The content that is wanted: where git has it, and its digest. */
export interface WantedContent {
  readonly commit: string;
  readonly digest: string;
  readonly version: string;
}

/** What a commit that puts content back means. */
export interface GitWay {
  readonly goal: GitGoal;
  readonly summary: string;
  readonly impact: string;
  readonly risks: readonly string[];
  readonly estimateMs: number;
}

/**
 * Finds the content of a release: the captured commit, the commit at the end of the artifact's source, the artifact's
 * digest or the version among the last commits on the paths; in this order. Refused when none of them has it.
 */
export async function findContent(
  source: GitSource,
  look: SourceLook,
  wanted: LayerGoal,
  ctx: ReverterContext,
): Promise<WantedContent | RefusedPlan> {
  const { version, artifact, capture } = wanted;
  const captured = capture === undefined ? undefined : capturedPaths.parse(await ctx.capture(capture));
  const commit =
    captured !== undefined && (artifact === undefined || captured.digest === artifact.digest)
      ? captured.commit
      : /(?:^|[@#])([0-9a-f]{40})$/.exec(artifact?.source ?? '')?.[1];
  if (commit === undefined) return searched(source, look, wanted, ctx);
  const name = `commit ${shortCommit(commit)} of ${source.repository}`;
  const content = await contentOfCommit(source, commit, ctx);
  if (content === undefined)
    return refused('ARTIFACT_MISSING', `${name} is gone: no branch that the server shows reaches it any more`);
  const { digest } = content;
  if (artifact === undefined || artifact.digest === digest) return { commit, digest, version };
  const why = `${name} does not hold what was recorded for ${version}: recorded ${artifact.digest}, found ${digest}`;
  return refused('ARTIFACT_CHANGED', why);
}

async function searched(
  source: GitSource,
  look: SourceLook,
  { version, artifact }: LayerGoal,
  ctx: ReverterContext,
): Promise<WantedContent | RefusedPlan> {
  const kept = await keptContents(source, look.commit, ctx);
  const found = kept.find((one) => (artifact === undefined ? one.version === version : one.digest === artifact.digest));
  if (found !== undefined) return { commit: found.commit, digest: found.digest, version };
  const wanted = artifact === undefined ? `version ${version}` : `${version} (${artifact.digest})`;
  const why = `neither a capture nor the last ${kept.length} commits on ${sourceName(source)} hold ${wanted}`;
  return refused('ARTIFACT_MISSING', why);
}

/** The commit that leads from what was seen to the wanted content; refused when it would take back what others wrote. */
export async function wayTo(
  source: GitSource,
  look: SourceLook,
  { commit, digest, version }: WantedContent,
  ctx: ReverterContext,
): Promise<GitWay | RefusedPlan> {
  const taken = await commitsIn(source, `${commit}..${look.commit}`, 50, ctx);
  const conflict = conflictOf(source, taken);
  if (conflict !== undefined) return conflict;
  const files = await changedFiles(source, look.commit, commit, ctx);
  const route = (await isProtected(source, ctx)) ? 'pull-request' : 'push';
  const content = { from: look.content.digest, to: digest };
  return {
    goal: { version, commit, base: look.commit, content, route },
    summary: `${listed(files)} on ${source.branch} back to ${version} (commit ${shortCommit(commit)})`,
    impact: impactOf(source, route, taken),
    risks: risksOf(source, route, taken),
    estimateMs: route === 'push' ? 5_000 : 900_000,
  };
}

/** True for what must be handed on as the plan. */
export function isRefused(value: object): value is RefusedPlan {
  return 'kind' in value && value.kind === 'refused';
}

/** A refusal because something that is needed is missing or in the way. */
export function refused(code: string, why: string, ...compensation: readonly string[]): RefusedPlan {
  const wayOut = ['choose another release with --to', 'or restore the paths by hand and plan again'];
  return {
    kind: 'refused',
    reason: 'unavailable',
    code,
    why,
    compensation: compensation.length === 0 ? wayOut : compensation,
  };
}

/** Commits of people who do not commit releases: theirs must not be lost with the bad release. */
function conflictOf(source: GitSource, taken: readonly PathCommit[]): RefusedPlan | undefined {
  const { writtenBy, author } = source;
  if (writtenBy === undefined) return undefined;
  const foreign = taken.filter(({ email }) => !writtenBy.includes(email) && email !== author.email);
  if (foreign.length === 0) return undefined;
  const files = [...new Set(foreign.flatMap((one) => one.files.filter((file) => isDeclared(source, file))))];
  const why = `${listed(files, 10)} would lose what is part of no release: ${listed(foreign.map(commitText))}`;
  return refused(
    'GIT_CONFLICT',
    why,
    'choose a later release with --to',
    `or revert the bad release's commits by hand on ${source.branch}, keep theirs, and plan again`,
  );
}

function impactOf(source: GitSource, route: GitGoal['route'], taken: readonly PathCommit[]): string {
  const others = new Set(taken.flatMap(({ files }) => files.filter((file) => !isDeclared(source, file))));
  const stay = others.size === 0 ? '' : `; ${listed([...others])}, changed by the same commits, stay as they are`;
  return route === 'push'
    ? `one commit on ${source.branch}${stay}`
    : `opens a pull request to ${source.branch} and waits for its merge${stay}`;
}

function risksOf(source: GitSource, route: GitGoal['route'], taken: readonly PathCommit[]): readonly string[] {
  const { branch, pullRequests } = source;
  const several = `takes back ${taken.length} commits on ${sourceName(source)}: ${listed(taken.map(commitText))}`;
  const waits = `${branch} is protected: the bad release stays live until somebody merges the pull request`;
  const mayWait = `if the server refuses the push to ${branch}, a pull request is opened and its merge is waited for`;
  return [
    ...(taken.length > 1 ? [several] : []),
    ...(route === 'pull-request' ? [waits] : []),
    ...(route === 'push' && pullRequests !== undefined ? [mayWait] : []),
  ];
}
