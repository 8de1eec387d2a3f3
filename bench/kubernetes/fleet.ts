import { AppsV1Api, CoreV1Api, type V1Deployment } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../test/servers/kubernetes/kubeconfig';
import { artifactDigest } from '../../test/fakes/instant-layer';

/** Deployments in a namespace of their own, each of `pods` pods, whose images tell version and digest. */
export class Fleet {
  private readonly apps: AppsV1Api;

  constructor(
    readonly kubeconfig: string,
    readonly namespace: string,
    private readonly pods: number,
  ) {
    this.apps = connect(kubeconfig).makeApiClient(AppsV1Api);
  }

  async open(): Promise<this> {
    const body = { metadata: { name: this.namespace } };
    await connect(this.kubeconfig).makeApiClient(CoreV1Api).createNamespace({ body });
    return this;
  }

  /** Makes or changes all of them, as pipelines would, and waits until every pod was replaced. */
  async deploy(versions: Readonly<Record<string, string>>): Promise<void> {
    const { namespace } = this;
    const { items } = await this.apps.listNamespacedDeployment({ namespace });
    const known = new Set(items.map(({ metadata }) => metadata?.name));
    for (const [name, version] of Object.entries(versions)) {
      const body = this.manifest(name, version);
      if (known.has(name)) await this.apps.replaceNamespacedDeployment({ name, namespace, body });
      else await this.apps.createNamespacedDeployment({ namespace, body });
    }
    while (!(await this.isSettled())) await delay(200);
  }

  private async isSettled(): Promise<boolean> {
    const { items } = await this.apps.listNamespacedDeployment({ namespace: this.namespace });
    return items.every(({ metadata, status }) => {
      const { observedGeneration = 0, replicas, updatedReplicas, availableReplicas } = status ?? {};
      const isSeen = observedGeneration >= (metadata?.generation ?? 0);
      return isSeen && [replicas, updatedReplicas, availableReplicas].every((count) => count === this.pods);
    });
  }

  private manifest(name: string, version: string): V1Deployment {
    const labels = { app: name };
    const image = `bench/${name}:${version}@${artifactDigest(name, version)}`;
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } };
    return { metadata: { name }, spec: { replicas: this.pods, selector: { matchLabels: labels }, template } };
  }
}
