import type { ReverterContext } from '../../domain/reverter';
import { changedFiles, contentAt, versionAt, type Content } from './git-content';
import { commitsIn, commitText } from './git-history';
import { fetchHeads, type Heads } from './git-mirror';
import { shortCommit, sourceName, type GitSource } from './git-source';

/** The declared paths as the server has them now. */
export interface SourceLook extends Heads {
  readonly content: Content;
  readonly version: string | undefined;
}

/** Fetches the branch and reads the declared paths at its head. */
export async function lookAtSource(source: GitSource, ctx: ReverterContext): Promise<SourceLook> {
  const heads = await fetchHeads(source, ctx);
  const content = await contentAt(source, heads.commit, ctx);
  return { ...heads, content, version: await versionAt(source, heads.commit, ctx) };
}

/** `deploy/payments on main: 2.1.0, commit 3f2a1bc0de`. */
export function summaryOf(source: GitSource, { commit, version }: SourceLook): string {
  return `${sourceName(source)}: ${version === undefined ? '' : `${version}, `}commit ${shortCommit(commit)}`;
}

/** Which declared files somebody changed since a plan was made, and in which commit. */
export async function conflictText(
  source: GitSource,
  base: string,
  look: SourceLook,
  ctx: ReverterContext,
): Promise<string> {
  const [files, [last]] = await Promise.all([
    changedFiles(source, base, look.commit, ctx),
    commitsIn(source, `${base}..${look.commit}`, 1, ctx),
  ]);
  const by = last === undefined ? '' : `, last in ${commitText(last)}`;
  return `${listed(files)} changed since the plan was made${by}`;
}

/** The first few of many names. */
export function listed(names: readonly string[], atMost = 3): string {
  const more = names.length - atMost;
  return `${names.slice(0, atMost).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
