import type { JsonObject } from '../../src/domain/json';
import type { KubernetesObject } from '../../src/domain/ports';
import { ownerOf } from '../../src/reverters/parts/workload-owner';

type Metadata = Partial<KubernetesObject['metadata']>;

const owner = (metadata: Metadata, spec: JsonObject = { template: {} }) =>
  ownerOf({ metadata: { name: 'payments', uid: 'uid-1', resourceVersion: '1', ...metadata }, spec });

const wrote = (manager: string, time: string, field = 'f:template') => ({
  manager,
  time: `2026-11-21T${time}:00Z`,
  fieldsV1: { 'f:spec': { [field]: {} } },
});

describe('who owns an object', () => {
  it.each<[string, Metadata, string | undefined, boolean | undefined]>([
    [
      'the tracking id of Argo CD',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/payments' } },
      'Argo CD (shop)',
      true,
    ],
    ['the label of Argo CD', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD (shop)', true],
    ['the label of a Kustomization', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux (apps)', true],
    [
      'a HelmRelease of Flux, and not Helm',
      { labels: { 'helm.toolkit.fluxcd.io/name': 'shop', 'app.kubernetes.io/managed-by': 'Helm' } },
      'Flux (shop)',
      true,
    ],
    [
      'an operator',
      { ownerReferences: [{ uid: 'u', controller: true, kind: 'PostgresCluster', name: 'orders-db' }] },
      'the operator of PostgresCluster orders-db',
      true,
    ],
    [
      'a controller of Kubernetes, which is nobody',
      { ownerReferences: [{ uid: 'u', controller: true, kind: 'ReplicaSet', name: 'payments-1' }] },
      undefined,
      undefined,
    ],
    [
      'a label of Helm that Argo CD wrote out of a chart',
      {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        managedFields: [wrote('argocd-controller', '10:00')],
      },
      'Argo CD',
      true,
    ],
    [
      'Helm itself',
      {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
        managedFields: [wrote('helm', '10:00')],
      },
      'Helm (release shop)',
      false,
    ],
    [
      'the tool that wrote the template last',
      { managedFields: [wrote('helm', '09:00'), wrote('kustomize-controller', '10:00')] },
      'Flux',
      true,
    ],
    [
      'a tool that wrote before a person and before us',
      {
        managedFields: [
          wrote('argocd-controller', '09:00'),
          wrote('kubectl-edit', '10:00'),
          wrote('lastgood', '11:00'),
        ],
      },
      'Argo CD',
      true,
    ],
    [
      'nobody, when a pipeline took the template over from the tool',
      { managedFields: [wrote('argocd-controller', '09:00'), wrote('deploy-pipeline', '10:00')] },
      undefined,
      undefined,
    ],
    [
      'nobody, when the tool wrote something else than the template',
      { managedFields: [wrote('argocd-controller', '09:00', 'f:replicas')] },
      undefined,
      undefined,
    ],
  ])('is told by %s', (_, metadata, name, reapplies) => {
    const found = owner(metadata);
    expect([found?.name, found?.reapplies]).toEqual([name, reapplies]);
  });

  it('comes with the lines that the catalog needs instead', () => {
    expect(
      owner({ annotations: { 'argocd.argoproj.io/tracking-id': 'teams_shop:apps/Deployment:shop/x' } })?.route,
    ).toEqual([
      'revert the commit in the repository that it is deployed from',
      'or let Lastgood do it: write in the catalog, in place of this layer, { id: workload, layer: gitops-workload, target: { tool: argo-cd, namespace: teams, name: shop, source: { repository: URL, branch: BRANCH, paths: [PATH] } } }',
    ]);
  });

  it('is told by the writer of the content for what has no template', () => {
    const managedFields = [
      { manager: 'kustomize-controller', time: '2026-11-21T10:00:00Z', fieldsV1: { 'f:data': {} } },
    ];
    expect(owner({ managedFields }, {})?.name).toBe('Flux');
  });
});
