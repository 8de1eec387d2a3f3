import { LastgoodError } from '../../domain/errors';
import type { ReverterContext } from '../../domain/reverter';
import { git, gitFault, gitSaid, isNoRepository } from './git-command';
import type { GitSource } from './git-source';

/** What the server has now. */
export interface Heads {
  /** The commit of the branch. */
  readonly commit: string;
  /** Branches under `lastgood/`: reverts that wait for their merge. */
  readonly proposals: readonly string[];
}

/** Asks the server where the branch stands, and fetches what is new. Throws OBJECT_MISSING without such a branch. */
export async function fetchHeads(source: GitSource, ctx: ReverterContext): Promise<Heads> {
  const { branch, pullRequests } = source;
  const proposals = pullRequests === undefined ? [] : ['+refs/heads/lastgood/*:refs/proposals/*'];
  await fetchRefs(source, [`+refs/heads/${branch}:refs/branches/${branch}`, ...proposals], ctx);
  const format = '--format=%(objectname) %(refname)';
  const refs = await gitSaid(source, ['for-each-ref', format, `refs/branches/${branch}`, 'refs/proposals'], ctx);
  const known = refs.split('\n').map((line) => line.split(' '));
  const commit = known.find(([, name]) => name === `refs/branches/${branch}`)?.[0];
  if (commit === undefined) throw noBranch(source);
  return {
    commit,
    proposals: known.flatMap(([, name = '']) =>
      name.startsWith('refs/proposals/') ? [name.replace('refs/proposals', 'lastgood')] : [],
    ),
  };
}

/** True when the mirror has the commit, or could fetch it: servers give out commits that a branch still reaches. */
export async function hasCommit(source: GitSource, commit: string, ctx: ReverterContext): Promise<boolean> {
  const isHere = ['cat-file', '-e', `${commit}^{commit}`];
  if ((await git(source, isHere, ctx)).exitCode === 0) return true;
  await git(source, [...fetching, source.repository, commit], ctx);
  return (await git(source, isHere, ctx)).exitCode === 0;
}

const fetching = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];

/** Two workers may fetch at once: who lost the race for a ref asks again. */
async function fetchRefs(source: GitSource, refs: readonly string[], ctx: ReverterContext): Promise<void> {
  const args = [...fetching, '--prune', source.repository, ...refs];
  for (let tries = 1; ; tries += 1) {
    const result = await git(source, args, ctx);
    if (result.exitCode === 0) return;
    if (isNoRepository(result)) await gitSaid(source, ['init', '--bare', '--quiet', '--template=', '.'], ctx);
    else if (result.stderr.includes("couldn't find remote ref")) throw noBranch(source);
    else if (!/cannot lock ref|unable to update local ref/.test(result.stderr)) throw gitFault(source, args, result);
    if (tries === triesOfFetch) throw gitFault(source, args, result);
  }
}

const triesOfFetch = 4;

function noBranch({ branch, repository }: GitSource): LastgoodError {
  return new LastgoodError('OBJECT_MISSING', { what: `there is no branch ${branch} in ${repository}` });
}
