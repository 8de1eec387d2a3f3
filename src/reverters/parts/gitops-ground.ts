import { LastgoodError } from '../../domain/errors';
import type { Json } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { refused, type RefusedPlan } from './git-assess';
import type { GitOpsLook } from './gitops-look';
import { nameOf, placeOf, repositoryOf, type GitOpsTarget } from './gitops-target';
import { updatersOf } from './gitops-updaters';
import { asList, asObject } from './pod-template';

/** Why a commit in this repository would not come back into the cluster and last; undefined when it would. */
export async function whyNotGround(
  target: GitOpsTarget,
  look: GitOpsLook,
  ctx: ReverterContext,
): Promise<RefusedPlan | undefined> {
  return (
    suspendedElsewhere(target, look) ??
    (await anotherSource(target, look, ctx)) ??
    (await generated(target, look, ctx)) ??
    activeUpdater(target, look, ctx)
  );
}

/** Updaters that stand still now and would go on from the bad image. */
export async function risksOfUpdaters(
  target: GitOpsTarget,
  look: GitOpsLook,
  ctx: ReverterContext,
): Promise<readonly string[]> {
  return (await updatersOf(target, look, ctx))
    .filter(({ isActive }) => !isActive)
    .map(({ name }) => `${name} is suspended; exclude the bad version in its policy before it is resumed`);
}

function suspendedElsewhere(target: GitOpsTarget, { following }: GitOpsLook): RefusedPlan | undefined {
  if (following !== 'suspended') return undefined;
  const { name, namespace } = target;
  const why = `${placeOf(target)} is suspended by somebody: a commit would not be deployed`;
  const merge = `--type merge --patch '{"spec":{"suspend":false}}'`;
  const resume = `kubectl patch kustomizations.kustomize.toolkit.fluxcd.io ${name} --namespace ${namespace} ${merge}`;
  return refused('OWNED_ELSEWHERE', why, `ask who suspended it, then: ${resume}`);
}

async function activeUpdater(
  target: GitOpsTarget,
  look: GitOpsLook,
  ctx: ReverterContext,
): Promise<RefusedPlan | undefined> {
  const active = (await updatersOf(target, look, ctx)).find(({ isActive }) => isActive);
  if (active === undefined) return undefined;
  const why = `${active.name} would put the bad release back: it commits newer images into the same paths by itself`;
  return refused('UPDATER_ACTIVE', why, active.stop);
}

/** A commit in one repository does not change what is deployed from another one. */
async function anotherSource(
  target: GitOpsTarget,
  { object }: GitOpsLook,
  ctx: ReverterContext,
): Promise<RefusedPlan | undefined> {
  const { repository, branch } = target.source;
  const correct = 'correct `source` in the catalog, then: lastgood catalog check PATH';
  if (asList(asObject(object.spec)['sources']).length > 0) {
    const why = `${placeOf(target)} is deployed from several sources, which is not supported yet`;
    return refused('OWNED_ELSEWHERE', why, 'revert with a layer git-revert, and synchronise by hand');
  }
  const { url, revision } = await deployedFrom(target, object, ctx);
  if (url !== undefined && sameRepository(url, repository) && (revision === 'HEAD' || revision === branch))
    return undefined;
  const why = `${placeOf(target)} is deployed from ${url ?? 'no git repository'} at ${revision}, and the catalog names ${repository} at ${branch}`;
  return refused('CATALOG_INVALID', why, correct);
}

interface Deployed {
  readonly url: string | undefined;
  readonly revision: string;
}

async function deployedFrom(target: GitOpsTarget, object: KubernetesObject, ctx: ReverterContext): Promise<Deployed> {
  const spec = asObject(object.spec);
  if (target.tool === 'argo-cd') {
    const { repoURL, targetRevision = 'HEAD' } = asObject(spec['source']);
    return { url: text(repoURL), revision: text(targetRevision) ?? 'HEAD' };
  }
  const place = repositoryOf(target, object);
  if (place === undefined) return { url: undefined, revision: 'none' };
  const repository = asObject((await ctx.world.kubernetes.read(place, ctx.signal))?.spec);
  const { branch, tag, semver, commit } = asObject(repository['ref']);
  return { url: text(repository['url']), revision: text(commit ?? tag ?? semver ?? branch) ?? 'master' };
}

/** Host and path: `git@host:shop/deploy.git` and `ssh://git@host/shop/deploy` are the same. */
function sameRepository(left: string, right: string): boolean {
  const plain = (url: string): string =>
    url
      .replace(/^\w+:\/\//, '')
      .replace(/^[^/@]*@/, '')
      .replace(/^([^/:]+):(?!\d)/, '$1/')
      .replace(/(\.git)?\/*$/, '')
      .toLowerCase();
  return plain(left) === plain(right);
}

/** An ApplicationSet puts the spec of its Applications back, and with it the automation that we hold. */
async function generated(
  target: GitOpsTarget,
  { object, following }: GitOpsLook,
  ctx: ReverterContext,
): Promise<RefusedPlan | undefined> {
  const maker = object.metadata.ownerReferences?.find(({ kind }) => kind === 'ApplicationSet');
  if (maker?.name === undefined || !target.suspend || following !== 'automatic') return undefined;
  const set = asObject((await readSet(target, maker.name, ctx))?.spec);
  const writes = asObject(set['syncPolicy'])['applicationsSync'];
  if (writes === 'create-only' || writes === 'create-delete') return undefined;
  const why = `ApplicationSet ${target.namespace}/${maker.name} made ${placeOf(target)} and would put its synchronisation back while it is held`;
  return refused(
    'OWNED_ELSEWHERE',
    why,
    'write `suspend: false` in the target: the commit alone, which automatic synchronisation then follows',
  );
}

async function readSet(
  target: GitOpsTarget,
  name: string,
  { world, signal }: ReverterContext,
): Promise<KubernetesObject | undefined> {
  try {
    return await world.kubernetes.read({ ...nameOf(target), kind: 'ApplicationSet', name }, signal);
  } catch (thrown) {
    if (thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_UNKNOWN_KIND') return undefined;
    throw thrown;
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
