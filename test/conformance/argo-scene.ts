import { CustomObjectsApi, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../src/domain/json';
import type { Scene } from './conformance';
import { NamespaceScene, type Live, type Manifest } from './namespace-scene';

const rollouts = { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', name: 'payments' };

/** How a Rollout of a scene goes live, and whatever else its spec holds. */
export interface RolloutSpec {
  readonly strategy: JsonObject;
  readonly [part: string]: unknown;
}

/** A namespace on the real API server with one Rollout, which the real controller of Argo Rollouts rolls out. */
export class ArgoScene {
  readonly place: NamespaceScene;
  readonly target: JsonObject;
  private readonly custom: CustomObjectsApi;

  constructor(
    kubeconfig: string,
    private readonly spec: RolloutSpec,
    private readonly podSpec: JsonObject = {},
  ) {
    this.place = new NamespaceScene(kubeconfig);
    this.custom = this.place.config.makeApiClient(CustomObjectsApi);
    this.target = { namespace: this.place.namespace, name: 'payments', kubeconfig, settle: '30s' };
  }

  async open(): Promise<this> {
    await this.place.open();
    for (const name of ['active', 'preview']) {
      const spec = { selector: { app: 'payments' }, ports: [{ port: 80 }] };
      await this.place.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
    }
    await this.place.record('/apis/argoproj.io/v1alpha1/namespaces/NAMESPACE/rollouts', (object) => tagOf(object));
    return this;
  }

  /** Applies a template with this image tag, as a pipeline does, and waits until the controller comes no further. */
  async deploy(version: string): Promise<void> {
    await this.change(() => this.manifest(version));
    await this.until(({ phase }) => phase !== 'Progressing');
  }

  /** Deploys and promotes in full, so that this is the stable release. */
  async release(version: string): Promise<void> {
    await this.deploy(version);
    await this.switch({ promoteFull: true });
    await this.until(
      ({ phase, stableRS, currentPodHash, promoteFull }) =>
        phase === 'Healthy' && stableRS === currentPodHash && promoteFull !== true,
    );
  }

  /** Writes the status, as the plugin of Argo Rollouts does. */
  async switch(status: JsonObject): Promise<void> {
    const { namespace } = this.place;
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await this.custom.patchNamespacedCustomObjectStatus({ ...rollouts, namespace, body: { status } }, merge);
  }

  /** Waits until the controller has seen what is configured and its status is as wanted. */
  async until(isThere: (status: RolloutStatus) => boolean): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { metadata, status } = (await this.read()) ?? {};
      const isSeen = Number(status?.observedGeneration ?? 0) >= (metadata?.generation ?? 1);
      if (status !== undefined && isSeen && isThere(status)) return;
      if (tries % 20 === 19) await this.nudge();
      await delay(50);
    }
    throw new Error(`the Rollout did not get there: ${JSON.stringify((await this.read())?.status)}`);
  }

  /** The controller loses what is written while it is at work, until something changes again. */
  private async nudge(): Promise<void> {
    const { namespace } = this.place;
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    const body = { metadata: { annotations: { nudge: String(Date.now()) } } };
    await this.custom.patchNamespacedCustomObject({ ...rollouts, namespace, body }, merge);
  }

  async read(): Promise<RolloutObject | undefined> {
    return this.place.read('argoproj.io/v1alpha1', 'Rollout', 'payments');
  }

  /** Replaces the Rollout; the controller may have written it in between. */
  async change(make: (live: RolloutObject | undefined) => Manifest): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const live = await this.read();
      const manifest = make(live);
      const version = live === undefined ? {} : { resourceVersion: live.metadata.resourceVersion };
      try {
        return await this.place.apply({ ...manifest, metadata: { ...manifest.metadata, ...version } });
      } catch (thrown) {
        if ((thrown as { readonly code?: number }).code !== 409 || tries > 20) throw thrown;
      }
    }
  }

  /** Tags of the images that pods run now. */
  async tags(): Promise<readonly string[]> {
    const { items } = await this.place.core.listNamespacedPod({ namespace: this.place.namespace });
    return items.map(({ spec }) => spec?.containers[0]?.image?.split(':')[1] ?? '').sort();
  }

  async tag(): Promise<string | undefined> {
    return tagOf(await this.read());
  }

  /** What anybody besides the controller could have written. */
  async snapshot(): Promise<string> {
    const { metadata, spec, status } = (await this.read())!;
    const notes = Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.startsWith('rollout.argoproj.io/'));
    return JSON.stringify([spec, notes, metadata.labels, status?.abort, status?.promoteFull]);
  }

  private manifest(version: string): Manifest {
    const labels = { app: 'payments' };
    const container = { name: 'payments', image: `shop/payments:${version}`, ...(this.podSpec['container'] as object) };
    const { container: _container, ...pod } = this.podSpec;
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'payments' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container], ...pod } },
        ...this.spec,
      },
    };
  }
}

/** A canary that waits for a person half-way. */
export const pausedCanary: RolloutSpec = { strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } };

/** The scenes of the suite: 2.0.4 is good, 2.1.0 is bad, and somebody else deploys 3.0.0. */
export async function argoScene(
  kubeconfig: string,
  spec: RolloutSpec,
  bad: 'on its way' | 'promoted',
  target: JsonObject = {},
): Promise<Scene> {
  const scene = await new ArgoScene(kubeconfig, spec).open();
  return {
    target: { ...scene.target, ...target },
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) =>
      state === 'bad' && bad === 'on its way'
        ? scene.deploy('2.1.0')
        : scene.release(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => scene.deploy('3.0.0'),
    snapshot: () => scene.snapshot(),
    journal: () => scene.place.journal(() => scene.tag()),
    crashEvery: 4,
    close: () => scene.place.close(),
  };
}

interface RolloutStatus {
  readonly phase?: string;
  readonly observedGeneration?: string;
  readonly stableRS?: string;
  readonly currentPodHash?: string;
  readonly abort?: boolean;
  readonly promoteFull?: boolean;
}

interface RolloutObject extends Live {
  readonly status?: RolloutStatus;
}

function tagOf(object: unknown): string | undefined {
  const { spec } = (object ?? {}) as {
    readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly { image: string }[] } } };
  };
  return spec?.template?.spec.containers[0]?.image.split(':')[1];
}
