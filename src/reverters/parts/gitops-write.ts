import type { Json, JsonObject } from '../../domain/json';
import type { JsonPatch, KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { repositoryOf, type GitOpsTarget } from './gitops-target';
import { automatedPolicy, heldBy, heldPolicy } from './gitops-tool';
import { annotationPath, unchangedSince } from './object-stamp';
import { asObject } from './pod-template';

/** Stops the tool from following, and writes down on the object who did and how it followed before. */
export function holdPatch(target: GitOpsTarget, object: KubernetesObject, ctx: ReverterContext): readonly JsonPatch[] {
  const spec = asObject(object.spec);
  const was: Json = target.tool === 'flux' ? (spec['suspend'] ?? null) : (automatedPolicy(object) ?? null);
  const stop: readonly JsonPatch[] =
    target.tool === 'flux'
      ? [unchangedSince(object), { op: 'add', path: '/spec/suspend', value: true }]
      : [
          { op: 'test', path: '/spec/syncPolicy/automated', value: was },
          { op: 'remove', path: '/spec/syncPolicy/automated' },
        ];
  return [...stop, ...annotate(object, { [heldBy]: ctx.operation, [heldPolicy]: JSON.stringify(was) })];
}

/** Lets the tool follow as it did before it was held, and asks it to look now. */
export function releasePatch(
  target: GitOpsTarget,
  object: KubernetesObject,
  ctx: ReverterContext,
): readonly JsonPatch[] {
  const { annotations = {} } = object.metadata;
  const was = parsed(annotations[heldPolicy]);
  const follow = target.tool === 'flux' ? followKustomization(was) : followApplication(object, was);
  const ours = [heldBy, heldPolicy].filter((key) => annotations[key] !== undefined);
  return [
    { op: 'test', path: annotationPath(heldBy), value: annotations[heldBy] ?? '' },
    follow,
    ...ours.map((key) => ({ op: 'remove' as const, path: annotationPath(key) })),
    ...annotate(object, lookNow(target, ctx)),
  ];
}

/** Asks the tool to look at its branch now instead of at its next interval. */
export function lookNowPatch(
  target: GitOpsTarget,
  object: KubernetesObject,
  ctx: ReverterContext,
): readonly JsonPatch[] {
  return annotate(object, lookNow(target, ctx));
}

/** Tells Argo CD to bring one commit into the cluster once, as its own automation would. */
export function syncPatch(object: KubernetesObject, revision: string, ctx: ReverterContext): readonly JsonPatch[] {
  const policy = asObject(parsed(object.metadata.annotations?.[heldPolicy]) ?? null);
  const options = asObject(asObject(object.spec)['syncPolicy'])['syncOptions'];
  const operation: JsonObject = {
    initiatedBy: { username: 'lastgood' },
    info: [{ name: 'lastgood.dev/operation', value: ctx.operation }],
    sync: {
      revision,
      ...(policy['prune'] === true ? { prune: true } : {}),
      ...(options === undefined ? {} : { syncOptions: options }),
    },
  };
  return [unchangedSince(object), { op: 'add', path: '/operation', value: operation }];
}

/** Flux fetches by an object of its own: it is asked to look as well. Answers how many writes that took. */
export async function lookAtRepository(
  target: GitOpsTarget,
  object: KubernetesObject,
  ctx: ReverterContext,
): Promise<number> {
  const name = target.tool === 'flux' ? repositoryOf(target, object) : undefined;
  if (name === undefined) return 0;
  const repository = await ctx.world.kubernetes.read(name, ctx.signal);
  if (repository === undefined) return 0;
  await ctx.world.kubernetes.patch(name, lookNowPatch(target, repository, ctx), { signal: ctx.signal });
  return 1;
}

function lookNow({ tool }: GitOpsTarget, ctx: ReverterContext): Readonly<Record<string, string>> {
  return tool === 'flux'
    ? { 'reconcile.fluxcd.io/requestedAt': new Date(ctx.now()).toISOString() }
    : { 'argocd.argoproj.io/refresh': 'normal' };
}

function followApplication(object: KubernetesObject, was: Json | undefined): JsonPatch {
  const automated = was ?? {};
  return asObject(object.spec)['syncPolicy'] === undefined
    ? { op: 'add', path: '/spec/syncPolicy', value: { automated } }
    : { op: 'add', path: '/spec/syncPolicy/automated', value: automated };
}

function followKustomization(was: Json | undefined): JsonPatch {
  return was === null || was === undefined
    ? { op: 'remove', path: '/spec/suspend' }
    : { op: 'replace', path: '/spec/suspend', value: was };
}

function annotate(object: KubernetesObject, values: Readonly<Record<string, string>>): readonly JsonPatch[] {
  if (object.metadata.annotations === undefined)
    return [unchangedSince(object), { op: 'add', path: '/metadata/annotations', value: values }];
  return Object.entries(values).map(([key, value]) => ({ op: 'add', path: annotationPath(key), value }));
}

/** Somebody may have edited the annotation: what can not be read counts as empty. */
function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
