import { digestOfBytes } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { ReverterContext } from '../../domain/reverter';
import { git, gitSaid } from './git-command';
import { hasCommit } from './git-mirror';
import type { GitSource } from './git-source';

/** One file or directory of a tree, as `git ls-tree` says it. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  /** Of the declared paths: from the root; of a directory's entries: the name. */
  readonly path: string;
}

/** What the declared paths hold at one commit. */
export interface Content {
  readonly entries: readonly TreeEntry[];
  /** `sha256:…` of what `git ls-tree COMMIT -- PATHS` prints: a pipeline can compute it in one line. */
  readonly digest: string;
}

/** The declared paths at a commit; a path that is not there has no entry. */
export async function contentAt(source: GitSource, commit: string, ctx: ReverterContext): Promise<Content> {
  const entries = await entriesOf(source, [commit, '--', ...source.paths], ctx);
  const text = entries.map(({ mode, type, id, path }) => `${mode} ${type} ${id}\t${path}\n`).join('');
  return { entries, digest: digestOfBytes(text) };
}

/** The paths at a commit that need not be in the mirror yet; undefined when the server does not give it out either. */
export async function contentOfCommit(
  source: GitSource,
  commit: string,
  ctx: ReverterContext,
): Promise<Content | undefined> {
  try {
    return await contentAt(source, commit, ctx);
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || !(thrown.text.why ?? '').includes('ot a tree object')) throw thrown;
    return (await hasCommit(source, commit, ctx)) ? contentAt(source, commit, ctx) : undefined;
  }
}

/** Entries of a tree, by the arguments of `git ls-tree`. */
export async function entriesOf(
  source: GitSource,
  args: readonly string[],
  ctx: ReverterContext,
): Promise<readonly TreeEntry[]> {
  const said = await gitSaid(source, ['ls-tree', '-z', '--full-tree', ...args], ctx);
  return said.split('\0').flatMap((line) => {
    const [, mode, type, id, path] = /^(\d+) (\w+) ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    return mode === undefined || type === undefined || id === undefined || path === undefined
      ? []
      : [{ mode, type, id, path }];
  });
}

/** Files of the declared paths that differ between two commits. */
export async function changedFiles(
  source: GitSource,
  from: string,
  to: string,
  ctx: ReverterContext,
): Promise<readonly string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', from, to, '--', ...source.paths];
  return (await gitSaid(source, args, ctx)).split('\0').filter((name) => name !== '');
}

/** The version that the repository says at a commit; undefined when nothing is configured or nothing fits. */
export async function versionAt(source: GitSource, commit: string, ctx: ReverterContext): Promise<string | undefined> {
  if (source.version === undefined) return undefined;
  const { file, pattern } = source.version;
  const { exitCode, stdout } = await git(source, ['cat-file', 'blob', `${commit}:${file}`], ctx);
  if (exitCode !== 0) return undefined;
  const found = new RegExp(pattern, 'm').exec(stdout.slice(0, 262_144))?.[1]?.trim();
  return found === undefined || found === '' ? undefined : found.slice(0, 128);
}
