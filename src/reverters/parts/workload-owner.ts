import type { Json, JsonObject } from '../../domain/json';
import type { KubernetesObject } from '../../domain/ports';
import { asObject } from './pod-template';

/** A tool that puts its own state back over ours. */
export interface Owner {
  /** For people: `Argo CD (shop)`. */
  readonly name: string;
  /** True: it writes again by itself, so that an undo in the cluster does not last. */
  readonly reapplies: boolean;
  /** How its objects are reverted instead, each a complete sentence. */
  readonly route: readonly string[];
}

/**
 * Who manages an object besides us: by the well-known labels and annotations of each tool, by the controller that made it,
 * and by the server's own record of who wrote its template (or, without one, its content).
 */
export function ownerOf(object: KubernetesObject): Owner | undefined {
  return (
    gitOpsOwner(object) ?? operatorOf(object) ?? writerOf(object, true) ?? helmOwner(object) ?? writerOf(object, false)
  );
}

function gitOpsOwner({ metadata }: KubernetesObject): Owner | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const argo = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (argo !== undefined) return argoCd(argo);
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined) return flux(kustomization, labels['kustomize.toolkit.fluxcd.io/namespace']);
  const release = labels['helm.toolkit.fluxcd.io/name'];
  return release === undefined ? undefined : fluxHelm(release);
}

/** An application in a namespace of its own is tracked as `namespace_name`. */
function argoCd(tracked?: string): Owner {
  const [namespace = 'argocd', name = tracked] = tracked?.includes('_') === true ? tracked.split('_', 2) : [];
  return { name: named('Argo CD', tracked), reapplies: true, route: gitOpsRoute('argo-cd', namespace, name) };
}

function flux(name?: string, namespace = 'flux-system'): Owner {
  return { name: named('Flux', name), reapplies: true, route: gitOpsRoute('flux', namespace, name) };
}

function fluxHelm(name?: string): Owner {
  const route = [revertTheCommit, "or let Lastgood do it: a layer git-revert over the paths of the release's manifest"];
  return { name: named('Flux', name), reapplies: true, route };
}

function named(tool: string, name: string | undefined): string {
  return name === undefined ? tool : `${tool} (${name})`;
}

const revertTheCommit = 'revert the commit in the repository that it is deployed from';

function gitOpsRoute(tool: 'argo-cd' | 'flux', namespace: string, name = 'NAME'): readonly string[] {
  const source = 'source: { repository: URL, branch: BRANCH, paths: [PATH] }';
  const target = `{ tool: ${tool}, namespace: ${namespace}, name: ${name}, ${source} }`;
  return [
    revertTheCommit,
    `or let Lastgood do it: write in the catalog, in place of this layer, { id: workload, layer: gitops-workload, target: ${target} }`,
  ];
}

/** A controller that is none of Kubernetes' own keeps what it made as its own object says. */
function operatorOf({ metadata }: KubernetesObject): Owner | undefined {
  const maker = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (maker?.kind === undefined || builtIn.includes(maker.kind)) return undefined;
  const name = `${maker.kind} ${maker.name ?? ''}`.trim();
  const route = [`revert the spec of ${name}: its operator makes this object from it`];
  return { name: `the operator of ${name}`, reapplies: true, route };
}

const builtIn = ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'Node', 'ReplicaSet', 'Rollout', 'StatefulSet'];

function helmOwner({ metadata }: KubernetesObject): Owner | undefined {
  const { labels = {}, annotations = {} } = metadata;
  if (labels['app.kubernetes.io/managed-by'] !== 'Helm') return undefined;
  return helm(annotations['meta.helm.sh/release-name']);
}

function helm(release = 'unknown'): Owner {
  const route = ['revert the release with a layer helm-release, so that Helm knows'];
  return { name: `Helm (release ${release})`, reapplies: false, route };
}

/** Field managers of known tools, as each names itself. */
const managers: Readonly<Record<string, Owner>> = {
  'argocd-application-controller': argoCd(),
  'argocd-controller': argoCd(),
  'helm-controller': fluxHelm(),
  'kustomize-controller': flux(),
  fleetagent: { name: 'Rancher Fleet', reapplies: true, route: [revertTheCommit] },
  helm: helm(),
  'kapp-controller': { name: 'kapp-controller', reapplies: true, route: [revertTheCommit] },
};

/** The known tool that was the last to write, when a person's kubectl and our own writes are left out. */
function writerOf(object: KubernetesObject, reapplies: boolean): Owner | undefined {
  const isTemplated = asObject(object.spec)['template'] !== undefined;
  const writers = (object.metadata.managedFields ?? [])
    .filter(({ manager, subresource, fieldsV1 }) => {
      const isPerson =
        manager === 'lastgood' || (manager?.startsWith('kubectl') === true && !manager.endsWith('apply'));
      return subresource === undefined && !isPerson && writes(fieldsV1, isTemplated);
    })
    .toSorted((left, right) => Date.parse(right.time ?? '') - Date.parse(left.time ?? ''));
  const known = managers[writers[0]?.manager ?? ''];
  return known?.reapplies === reapplies ? known : undefined;
}

function writes(fields: JsonObject | undefined, isTemplated: boolean): boolean {
  const has = (value: Json | undefined): boolean => value !== undefined;
  if (isTemplated) return has(asObject(asObject(fields)['f:spec'])['f:template']);
  return has(fields?.['f:spec']) || has(fields?.['f:data']);
}
