import type { ReverterContext } from '../../domain/reverter';
import { gitSaid } from './git-command';
import { entriesOf, type Content, type TreeEntry } from './git-content';
import type { GitSource } from './git-source';

/** What happens to one name of a directory: it is replaced, it goes away, or something below it changes. */
type Edit = { readonly entry: TreeEntry | undefined } | { readonly below: Edits };
type Edits = Map<string, Edit>;

/**
 * Writes a tree that equals `base` in everything but the declared paths, which have this content; answers its id. Only
 * the directories on the way are written anew, so that the size of the repository does not matter.
 */
export async function treeWith(
  source: GitSource,
  base: string,
  content: Content,
  ctx: ReverterContext,
): Promise<string> {
  const edits: Edits = new Map();
  for (const path of source.paths)
    plan(
      edits,
      path.split('/'),
      content.entries.find((one) => one.path === path),
    );
  return written(source, await edited(source, base, edits, ctx), ctx);
}

function plan(edits: Edits, [name = '', ...rest]: readonly string[], entry: TreeEntry | undefined): void {
  if (rest.length === 0) {
    edits.set(name, { entry });
    return;
  }
  const known = edits.get(name);
  const below: Edits = known !== undefined && 'below' in known ? known.below : new Map<string, Edit>();
  edits.set(name, { below });
  plan(below, rest, entry);
}

/** Entries of a directory after its edits; of one that is not there, from nothing. */
async function edited(
  source: GitSource,
  tree: string | undefined,
  edits: Edits,
  ctx: ReverterContext,
): Promise<readonly TreeEntry[]> {
  const before = tree === undefined ? [] : await entriesOf(source, [tree], ctx);
  const entries = new Map(before.map((entry) => [entry.path, entry]));
  for (const [name, edit] of edits) {
    const old = entries.get(name);
    const next = 'below' in edit ? await directory(source, old, name, edit.below, ctx) : edit.entry;
    if (next === undefined) entries.delete(name);
    else entries.set(name, { ...next, path: name });
  }
  return [...entries.values()];
}

/** A directory that becomes empty goes away, as git has it; a file in its place stays unless a directory must be there. */
async function directory(
  source: GitSource,
  old: TreeEntry | undefined,
  name: string,
  edits: Edits,
  ctx: ReverterContext,
): Promise<TreeEntry | undefined> {
  const isTree = old?.type === 'tree';
  const entries = await edited(source, isTree ? old.id : undefined, edits, ctx);
  if (entries.length === 0) return isTree ? undefined : old;
  return { mode: '040000', type: 'tree', id: await written(source, entries, ctx), path: name };
}

async function written(source: GitSource, entries: readonly TreeEntry[], ctx: ReverterContext): Promise<string> {
  const text = entries.map(({ mode, type, id, path }) => `${mode} ${type} ${id}\t${path}\0`).join('');
  return (await gitSaid(source, ['mktree', '-z'], ctx, { text })).trim();
}
