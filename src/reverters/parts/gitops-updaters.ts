import { LastgoodError } from '../../domain/errors';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { git } from './git-command';
import type { GitOpsLook } from './gitops-look';
import { nameOf, repositoryOf, type GitOpsTarget } from './gitops-target';
import { asObject } from './pod-template';

/** Something that commits newer images by itself, and so would put the bad release back. */
export interface Updater {
  /** `ImageUpdateAutomation flux-system/shop`. */
  readonly name: string;
  readonly isActive: boolean;
  /** The complete command that stops it. */
  readonly stop: string;
}

/** Image updaters that write into the declared paths, active and suspended ones. */
export async function updatersOf(
  target: GitOpsTarget,
  look: GitOpsLook,
  ctx: ReverterContext,
): Promise<readonly Updater[]> {
  return target.tool === 'flux' ? automationsOf(target, look, ctx) : annotatedUpdater(target, look);
}

/** Throws UPDATER_ACTIVE when a commit would not last. */
export async function requireNoUpdater(target: GitOpsTarget, look: GitOpsLook, ctx: ReverterContext): Promise<void> {
  const active = (await updatersOf(target, look, ctx)).find(({ isActive }) => isActive);
  if (active === undefined) return;
  throw new LastgoodError('UPDATER_ACTIVE', {
    what: `${active.name} would put the bad release back`,
    why: 'it commits newer images into the same paths by itself',
    next: `stop it: ${active.stop}`,
  });
}

/** The Image Updater of Argo CD is told by annotations, and has no switch but to take them away. */
function annotatedUpdater({ name, namespace }: GitOpsTarget, { object }: GitOpsLook): readonly Updater[] {
  const key = 'argocd-image-updater.argoproj.io/image-list';
  if (object.metadata.annotations?.[key] === undefined) return [];
  const stop = `kubectl annotate applications.argoproj.io ${name} --namespace ${namespace} ${key}-`;
  return [{ name: `the Image Updater of Application ${namespace}/${name}`, isActive: true, stop }];
}

async function automationsOf(
  target: GitOpsTarget,
  { object, source }: GitOpsLook,
  ctx: ReverterContext,
): Promise<readonly Updater[]> {
  const repository = repositoryOf(target, object);
  if (repository === undefined) return [];
  const { name, namespace } = repository;
  const fits = ({ spec }: KubernetesObject): boolean => {
    const { sourceRef, update } = asObject(spec);
    const ref = asObject(sourceRef);
    const isSame = ref['name'] === name && (ref['namespace'] ?? namespace) === namespace;
    return isSame && reaches(target.source.paths, asObject(update)['path']);
  };
  const found = (await automationsIn(target, namespace, ctx)).filter(fits);
  if (found.length === 0 || !(await hasMarkers(target, source.commit, ctx))) return [];
  return found.map(({ metadata, spec }) => {
    const merge = `--type merge --patch '{"spec":{"suspend":true}}'`;
    return {
      name: `ImageUpdateAutomation ${namespace}/${metadata.name}`,
      isActive: asObject(spec)['suspend'] !== true,
      stop: `kubectl patch imageupdateautomations.image.toolkit.fluxcd.io ${metadata.name} --namespace ${namespace} ${merge}`,
    };
  });
}

/** A cluster without image automation has no such kind, and then nobody bumps anything. */
async function automationsIn(
  target: GitOpsTarget,
  namespace: string,
  { world, signal }: ReverterContext,
): Promise<readonly KubernetesObject[]> {
  try {
    return await world.kubernetes.list({ ...nameOf(target), kind: 'ImageUpdateAutomation', namespace }, {}, signal);
  } catch (thrown) {
    if (thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_UNKNOWN_KIND') return [];
    throw thrown;
  }
}

/** Without a path an automation writes everywhere. */
function reaches(paths: readonly string[], updated: unknown): boolean {
  const root = typeof updated === 'string' ? updated.replace(/^\.\/|^\.$|\/+$/g, '') : '';
  return root === '' || paths.some((path) => `${path}/`.startsWith(`${root}/`) || `${root}/`.startsWith(`${path}/`));
}

/** An automation changes marked lines only. */
async function hasMarkers({ source }: GitOpsTarget, commit: string, ctx: ReverterContext): Promise<boolean> {
  const args = ['grep', '--quiet', '-F', '-e', '$imagepolicy', commit, '--', ...source.paths];
  return (await git(source, args, ctx)).exitCode === 0;
}
