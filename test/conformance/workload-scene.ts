import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  PatchStrategy,
  Watch,
  setHeaderOptions,
  type KubeConfig,
} from '@kubernetes/client-node';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../src/domain/json';
import { connect } from '../servers/kubernetes/kubeconfig';
import type { Scene } from './conformance';

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** Kinds of workloads that the suite runs on. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** A namespace of its own on the real API server, with one workload in it. */
export class WorkloadScene {
  readonly namespace = `scene-${randomUUID().slice(0, 8)}`;
  readonly target: JsonObject;
  private readonly objects: KubernetesObjectApi;
  private readonly core: CoreV1Api;
  private readonly apps: AppsV1Api;
  private readonly config: KubeConfig;
  private readonly states: string[] = [];
  private watch?: AbortController;

  constructor(
    kubeconfig: string,
    private readonly kind: WorkloadKind,
    private readonly size = kind === 'DaemonSet' ? 1 : 2,
  ) {
    this.config = connect(kubeconfig);
    this.objects = KubernetesObjectApi.makeApiClient(this.config);
    this.core = this.config.makeApiClient(CoreV1Api);
    this.apps = this.config.makeApiClient(AppsV1Api);
    this.target = { kind, namespace: this.namespace, name: 'payments', kubeconfig, settle: '30s' };
  }

  async open(): Promise<this> {
    await this.core.createNamespace({ body: { metadata: { name: this.namespace } } });
    this.watch = await new Watch(this.config).watch(
      `/apis/apps/v1/namespaces/${this.namespace}/${this.kind.toLowerCase()}s`,
      {},
      (_phase, object: Templated) => void this.states.push(versionOf(object)),
      () => undefined,
    );
    return this;
  }

  /** Applies a template with this image tag, as a pipeline does, and waits for the rollout unless the pods can not start. */
  async deploy(version: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const manifest = this.manifest(version, env);
    const exists = await this.read().catch(() => undefined);
    if (exists === undefined) await this.objects.create(manifest);
    else await this.objects.replace(manifest);
    if (!/broken|crashing/.test(version)) await this.settled();
  }

  /** The workload as the server has it. */
  async read(): Promise<Templated> {
    const object = {
      apiVersion: 'apps/v1',
      kind: this.kind,
      metadata: { name: 'payments', namespace: this.namespace },
    };
    return this.objects.read(object) as unknown as Promise<Templated>;
  }

  /** Names of the images that the pods run now. */
  async imagesOfPods(): Promise<readonly string[]> {
    const { items } = await this.core.listNamespacedPod({ namespace: this.namespace });
    return items.map(({ spec }) => spec?.containers[0]?.image ?? '').sort();
  }

  /** Waits until some pod was made from this image. */
  async untilPod(image: string): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if ((await this.imagesOfPods()).includes(image)) return;
      await delay(50);
    }
    throw new Error(`no pod was made from ${image}: ${(await this.imagesOfPods()).join(', ')}`);
  }

  /** Waits until every pod runs what is configured and nothing older is left. */
  async settled(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { metadata, status = {} } = await this.read();
      const isSeen = (status.observedGeneration ?? 0) >= metadata.generation;
      const updated = status.updatedReplicas ?? status.updatedNumberScheduled ?? 0;
      const available = status.availableReplicas ?? status.numberAvailable ?? 0;
      const all = status.replicas ?? status.currentNumberScheduled ?? 0;
      const isLevel = status.updateRevision === status.currentRevision;
      if (isSeen && isLevel && [updated, available, all].every((count) => count === this.size)) return;
      await delay(50);
    }
    throw new Error(`${this.kind} did not settle: ${JSON.stringify((await this.read()).status)}`);
  }

  /** Everything that anybody could have written: the workload without its status, and its history. */
  async snapshot(): Promise<string> {
    const { namespace } = this;
    const [workload, sets, revisions, pods] = await Promise.all([
      this.read(),
      this.apps.listNamespacedReplicaSet({ namespace }),
      this.apps.listNamespacedControllerRevision({ namespace }),
      this.core.listNamespacedPod({ namespace }),
    ]);
    const { resourceVersion: _version, ...metadata } = workload.metadata;
    const names = [...sets.items, ...revisions.items, ...pods.items].map((one) => one.metadata?.uid ?? '');
    return JSON.stringify([metadata, workload.spec, names.toSorted((left, right) => left.localeCompare(right))]);
  }

  get journal(): readonly string[] {
    return this.states.filter((state, index) => state !== this.states[index - 1]);
  }

  async close(): Promise<void> {
    this.watch?.abort();
    await this.core.deleteNamespace({ name: this.namespace });
  }

  private manifest(version: string, env: Readonly<Record<string, string>>) {
    const labels = { app: 'payments' };
    const metadata = { name: 'payments', namespace: this.namespace };
    const container = {
      name: 'payments',
      image: `shop/payments:${version}`,
      env: Object.entries({ RELEASE: version, ...env }).map(([name, value]) => ({ name, value })),
    };
    const spec = {
      ...(this.kind === 'DaemonSet' ? {} : { replicas: this.size }),
      ...(this.kind === 'StatefulSet' ? { serviceName: 'payments' } : {}),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    };
    return { apiVersion: 'apps/v1', kind: this.kind, metadata, spec };
  }
}

/** The scene of the suite: 2.0.4 is good, 2.1.0 is bad, and somebody else deploys 3.0.0. */
export async function workloadScene(kubeconfig: string, kind: WorkloadKind): Promise<Scene> {
  const scene = await new WorkloadScene(kubeconfig, kind, 1).open();
  return {
    target: scene.target,
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) => scene.deploy(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => scene.deploy('3.0.0'),
    snapshot: () => scene.snapshot(),
    journal: () => scene.journal,
    close: () => scene.close(),
  };
}

/**
 * Gives the Deployment `payments` a deadline of its own and waits until the controller says that it is over. Where the
 * controller has lost the moment at which the rollout began, it begins anew.
 */
export async function missDeadline(kubeconfig: string, namespace: string, seconds: number): Promise<void> {
  const apps = connect(kubeconfig).makeApiClient(AppsV1Api);
  const where = { name: 'payments', namespace };
  const change = (spec: object): Promise<unknown> =>
    apps.patchNamespacedDeployment({ ...where, body: { spec } }, merge);
  await change({ progressDeadlineSeconds: seconds });
  for (let tries = 1; tries < 600; tries += 1) {
    const { status } = await apps.readNamespacedDeployment(where);
    if (status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded') === true) return;
    if (tries % 100 === 0) await change({ template: { metadata: { annotations: { attempt: `${tries}` } } } });
    await delay(50);
  }
  throw new Error('the deadline of the rollout never ended');
}

interface Templated {
  readonly metadata: { readonly generation: number; readonly resourceVersion: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly updateRevision?: string;
    readonly currentRevision?: string;
  };
}

function versionOf({ spec }: Templated): string {
  return spec.template.spec.containers[0]?.image.split(':')[1] ?? '';
}
