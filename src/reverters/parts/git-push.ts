import { lastLinesOf } from '../../adapters/capped-output';
import type { ReverterContext } from '../../domain/reverter';
import { git, gitFault } from './git-command';
import type { GitSource } from './git-source';

/** How a push ended: on the server, overtaken by somebody else's commit, or refused by a rule of the server. */
export type Pushed = 'pushed' | 'overtaken' | { readonly refused: string };

/**
 * Pushes one commit to one branch, never with force: the server takes it only on top of what was fetched. With `dryRun`
 * it says whether the worker may push there and changes nothing; hooks and branch protection do not run then.
 */
export async function push(
  source: GitSource,
  commit: string,
  branch: string,
  ctx: ReverterContext,
  { dryRun = false } = {},
): Promise<Pushed> {
  const options = ['--porcelain', '--no-verify', ...(dryRun ? ['--dry-run'] : [])];
  const args = ['push', ...options, source.repository, `${commit}:refs/heads/${branch}`];
  const result = await git(source, args, ctx);
  if (result.exitCode === 0) return 'pushed';
  const line = result.stdout.split('\n').find((text) => text.startsWith('!'));
  if (line === undefined) throw gitFault(source, args, result);
  const reason = line.split('\t').at(-1) ?? '';
  if (overtaken.test(reason)) return 'overtaken';
  const said = result.stderr.split('\n').flatMap((text) => (text.startsWith('remote:') ? [text.slice(7).trim()] : []));
  return { refused: [reason, lastLinesOf(said.join('\n'))].filter((text) => text !== '').join('; ') };
}

/** What git says when the branch is not where it was fetched. */
const overtaken = /^\[rejected\]|\((cannot lock ref|failed to update ref|incorrect old value|reference already exists)/;
