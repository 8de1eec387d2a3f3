import { CoreV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../src/domain/json';
import { GitHost } from '../fakes/git-host';
import { GitOpsController, type Kept } from '../fakes/gitops-controller';
import { connect } from '../servers/kubernetes/kubeconfig';
import type { Scene } from './conformance';
import { installGitOpsKinds } from './gitops-kinds';

/** What the controller deploys. */
export const deployedFile = 'deploy/payments/version';

/** A repository, a namespace of its own on the real API server, and a tiny controller that brings the one into the other. */
export class GitOpsScene {
  readonly namespace = `gitops-${randomUUID().slice(0, 8)}`;
  readonly host = new GitHost();
  readonly target: JsonObject;
  readonly controller: GitOpsController;
  readonly objects: CustomObjectsApi;
  private readonly config: KubeConfig;

  constructor(
    kubeconfig: string,
    readonly tool: 'argo-cd' | 'flux',
  ) {
    this.config = connect(kubeconfig);
    this.objects = this.config.makeApiClient(CustomObjectsApi);
    const source = { repository: this.host.url, paths: ['deploy/payments'], timeout: '20s' };
    const where = { tool, namespace: this.namespace, name: 'payments', kubeconfig };
    this.target = { ...where, source, settle: '20s' };
    this.controller = new GitOpsController(this.config, this.host, deployedFile, tool, this.kept);
  }

  /** Where the Application or Kustomization is kept. */
  get kept(): Kept {
    const at = { namespace: this.namespace, name: 'payments' };
    return this.tool === 'flux'
      ? { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations', ...at }
      : { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', ...at };
  }

  async open(): Promise<this> {
    await installGitOpsKinds(this.config);
    await this.config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: this.namespace } } });
    this.host.commit({ 'deploy/orders/version': '7.0.0\n', [deployedFile]: '1.0.0\n' });
    if (this.tool === 'flux') {
      const spec = { url: this.host.url, interval: '10m', ref: { branch: 'main' } };
      await this.create('source.toolkit.fluxcd.io/v1', 'GitRepository', 'gitrepositories', 'shop', spec);
      const sourceRef = { kind: 'GitRepository', name: 'shop' };
      const follow = { sourceRef, path: './deploy/payments', interval: '10m', prune: true };
      await this.create('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations', 'payments', follow);
    } else {
      const source = { repoURL: this.host.url, path: 'deploy/payments', targetRevision: 'HEAD' };
      const syncPolicy = { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] };
      const spec = { project: 'default', source, syncPolicy, destination: { name: 'in-cluster' } };
      await this.create('argoproj.io/v1alpha1', 'Application', 'applications', 'payments', spec);
    }
    this.controller.start();
    await this.controller.settled();
    return this;
  }

  /** Creates one object of these kinds. */
  async create(
    apiVersion: string,
    kind: string,
    plural: string,
    name: string,
    spec: JsonObject,
    more: JsonObject = {},
  ): Promise<{ readonly metadata: { readonly uid: string } }> {
    const [group = '', version = ''] = apiVersion.split('/');
    const { namespace } = this;
    const body = { apiVersion, kind, metadata: { name, namespace, ...more }, spec };
    return (await this.objects.createNamespacedCustomObject({ group, version, namespace, plural, body })) as {
      readonly metadata: { readonly uid: string };
    };
  }

  /** Commits a version, as a pipeline does, and waits until it is deployed. */
  async deploy(version: string, author: 'pipeline' | 'eve' = 'pipeline'): Promise<void> {
    this.host.commit({ [deployedFile]: `${version}\n` }, author);
    await this.controller.settled();
  }

  /** Everything that anybody could have written: the repository, and the object without its status. */
  async snapshot(): Promise<string> {
    const { metadata, spec, operation } = await this.controller.read();
    return JSON.stringify([this.host.snapshot(), metadata.annotations, spec, operation, this.controller.deployed]);
  }

  async close(): Promise<void> {
    await this.controller.stop();
    await this.config.makeApiClient(CoreV1Api).deleteNamespace({ name: this.namespace });
    this.host.remove();
  }
}

/** The scene of the suite: 2.0.4 is good, 2.1.0 is bad, and somebody else commits 3.0.0. */
export async function gitOpsScene(kubeconfig: string, tool: 'argo-cd' | 'flux', crashEvery: number): Promise<Scene> {
  const scene = await new GitOpsScene(kubeconfig, tool).open();
  return {
    target: scene.target,
    good: '2.0.4',
    bad: '2.1.0',
    crashEvery,
    writing: 'push',
    deploy: (state) => scene.deploy(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => scene.deploy('3.0.0', 'eve'),
    snapshot: () => scene.snapshot(),
    journal: () => [...scene.controller.deployed],
    close: () => scene.close(),
  };
}
