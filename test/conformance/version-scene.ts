import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../src/domain/json';
import type { Scene } from './conformance';
import { NamespaceScene, written, type Live, type Manifest } from './namespace-scene';

/** A Deployment on the real API server that reads one of several immutable ConfigMaps or Secrets. */
export class VersionScene {
  readonly target: JsonObject;
  private readonly keys = mkdtempSync(join(tmpdir(), 'lastgood-key-'));

  private constructor(
    readonly space: NamespaceScene,
    private readonly kind: 'ConfigMap' | 'Secret',
  ) {
    const keyFile = join(this.keys, 'key');
    writeFileSync(keyFile, Buffer.alloc(32, 7).toString('base64'));
    const { namespace, kubeconfig } = space;
    const key = kind === 'Secret' ? { fingerprintKey: { secretRef: `file:${keyFile}` } } : {};
    this.target = {
      kind,
      namespace,
      name: 'settings-*',
      workload: { name: 'payments' },
      kubeconfig,
      settle: '30s',
      ...key,
    };
  }

  static async open(kubeconfig: string, kind: 'ConfigMap' | 'Secret'): Promise<VersionScene> {
    const scene = new VersionScene(await new NamespaceScene(kubeconfig).open(), kind);
    for (const version of ['2.0.4', '2.1.0', '3.0.0']) await scene.space.apply(scene.settings(version));
    await scene.space.record('/apis/apps/v1/namespaces/NAMESPACE/deployments', namedIn);
    return scene;
  }

  /** Applies the Deployment with this version of its settings, and waits for the rollout. */
  async deploy(version: string, image = 'shop/payments:1'): Promise<void> {
    await this.space.apply(this.workload(version, image));
    for (let tries = 0; tries < 600; tries += 1) {
      const { metadata, status } = (await this.read()) as Live & { readonly status?: Counts };
      const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
      if (isSeen && status?.updatedReplicas === 1 && status.availableReplicas === 1 && status.replicas === 1) return;
      await delay(30);
    }
    throw new Error('the Deployment did not settle');
  }

  /** One version of the settings, as a pipeline would make it. */
  settings(version: string, more: Partial<Manifest> = {}): Manifest {
    const token = `canary-token-of-${version}`;
    const data = { TOKEN: this.kind === 'Secret' ? Buffer.from(token).toString('base64') : token };
    const metadata = { name: `settings-${version}` };
    return { apiVersion: 'v1', kind: this.kind, metadata, data, immutable: true, ...more };
  }

  read(): Promise<Live | undefined> {
    return this.space.read('apps/v1', 'Deployment', 'payments');
  }

  async journal(): Promise<readonly string[]> {
    return this.space.journal(async () => namedIn((await this.read())!));
  }

  async close(): Promise<void> {
    rmSync(this.keys, { recursive: true });
    await this.space.close();
  }

  private workload(version: string, image: string): Manifest {
    const name = `settings-${version}`;
    const isMap = this.kind === 'ConfigMap';
    const container = {
      name: 'payments',
      image,
      envFrom: [isMap ? { configMapRef: { name } } : { secretRef: { name } }, { configMapRef: { name: 'unrelated' } }],
      volumeMounts: [{ name: 'settings', mountPath: '/settings' }],
    };
    const volume = {
      name: 'settings',
      projected: { sources: [isMap ? { configMap: { name } } : { secret: { name } }] },
    };
    const labels = { app: 'payments' };
    const template = { metadata: { labels }, spec: { containers: [container], volumes: [volume] } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'payments' }, spec };
  }
}

/** The scene of the suite: settings-2.0.4 is good, settings-2.1.0 is bad, and somebody else deploys settings-3.0.0. */
export async function versionScene(kubeconfig: string, kind: 'ConfigMap' | 'Secret'): Promise<Scene> {
  const scene = await VersionScene.open(kubeconfig, kind);
  return {
    target: scene.target,
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) => scene.deploy(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => scene.deploy('3.0.0'),
    snapshot: async () => JSON.stringify(written(await scene.read())),
    journal: () => scene.journal(),
    close: () => scene.close(),
  };
}

/** The version that every place of the Deployment names; several would be a switch by half. */
function namedIn({ spec }: Live): string {
  const text = JSON.stringify(spec);
  return [...new Set([...text.matchAll(/settings-(\d\.\d\.\d)/g)].map(([, version]) => version))].join('+');
}

interface Counts {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
}
