import type { LayerCandidate, ReverterContext } from '../../domain/reverter';
import { gitSaid } from './git-command';
import { contentAt, versionAt } from './git-content';
import { shortCommit, type GitSource } from './git-source';

/** One commit that changed declared paths. */
export interface PathCommit {
  readonly commit: string;
  readonly email: string;
  readonly author: string;
  readonly subject: string;
  readonly atMs: number;
  /** All files that it changed, in the declared paths and elsewhere. */
  readonly files: readonly string[];
}

/** Commits on the declared paths, newest first: `range` is a commit, or `from..to`. */
export async function commitsIn(
  source: GitSource,
  range: string,
  atMost: number,
  ctx: ReverterContext,
): Promise<readonly PathCommit[]> {
  const format = '--format=%x01%H%x02%ae%x02%an%x02%ct%x02%s%x02';
  const args = ['log', '--full-diff', '--name-only', format, '-n', String(atMost), range, '--', ...source.paths];
  const said = await gitSaid(source, args, ctx);
  return said
    .split('\x01')
    .slice(1)
    .map((text) => {
      const [commit = '', email = '', author = '', seconds = '', subject = '', files = ''] = text.split('\x02');
      const names = files.split('\n').filter((name) => name !== '');
      return { commit, email, author, subject, atMs: Number(seconds) * 1_000, files: names };
    });
}

/** A commit for people: `3f2a1bc0de "Bump payments" by Eve`. */
export function commitText({ commit, subject, author }: PathCommit): string {
  return `${shortCommit(commit)} "${subject.slice(0, 80)}" by ${author}`;
}

/** True when a file lies in the declared paths. */
export function isDeclared({ paths }: GitSource, file: string): boolean {
  return paths.some((path) => `${file}/`.startsWith(`${path}/`));
}

/** One older content of the paths. */
interface KeptContent extends LayerCandidate {
  readonly commit: string;
  readonly digest: string;
}

/** How many commits are looked at for older contents. */
const kept = 10;

/** Older contents of the paths with the version that the repository says, newest first. */
export async function keptContents(
  source: GitSource,
  head: string,
  ctx: ReverterContext,
): Promise<readonly KeptContent[]> {
  const found: KeptContent[] = [];
  for (const { commit, atMs } of await commitsIn(source, head, kept, ctx)) {
    const { digest } = await contentAt(source, commit, ctx);
    const version = (await versionAt(source, commit, ctx)) ?? shortCommit(commit);
    found.push({ commit, digest, version, source: `commit ${shortCommit(commit)}`, atMs });
  }
  return found;
}
