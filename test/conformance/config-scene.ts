import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/domain/json';
import type { Scene } from './conformance';
import { NamespaceScene, written, type Live, type Manifest } from './namespace-scene';

type ConfigKind = 'ConfigMap' | 'Secret';

/** A ConfigMap or Secret of its own on the real API server. */
export class ConfigScene {
  readonly target: JsonObject;
  private readonly keys = mkdtempSync(join(tmpdir(), 'lastgood-key-'));

  private constructor(
    readonly space: NamespaceScene,
    private readonly kind: ConfigKind,
  ) {
    const keyFile = join(this.keys, 'key');
    writeFileSync(keyFile, Buffer.alloc(32, 7).toString('base64'));
    const { namespace, kubeconfig } = space;
    const key = kind === 'Secret' ? { fingerprintKey: { secretRef: `file:${keyFile}` } } : {};
    this.target = { kind, namespace, name: 'payments', kubeconfig, ...key };
  }

  static async open(kubeconfig: string, kind: ConfigKind): Promise<ConfigScene> {
    const scene = new ConfigScene(await new NamespaceScene(kubeconfig).open(), kind);
    const path = `/api/v1/namespaces/NAMESPACE/${kind === 'Secret' ? 'secrets' : 'configmaps'}`;
    await scene.space.record(path, (object, phase) =>
      object.metadata.name !== 'payments' ? undefined : phase === 'DELETED' ? 'none' : scene.stateOf(object),
    );
    return scene;
  }

  /** Applies what a pipeline would: a version, and whatever else a test wants in it. */
  async apply(version: string, more: Partial<Manifest> = {}, by?: string): Promise<void> {
    await this.space.apply(this.manifest(version, more), by);
  }

  async remove(): Promise<void> {
    await this.space.remove(this.manifest(''));
  }

  read(): Promise<Live | undefined> {
    return this.space.read('v1', this.kind, 'payments');
  }

  journal(): Promise<readonly string[]> {
    return this.space.journal(async () => {
      const object = await this.read();
      return object === undefined ? 'none' : this.stateOf(object);
    });
  }

  async close(): Promise<void> {
    rmSync(this.keys, { recursive: true });
    await this.space.close();
  }

  private manifest(version: string, more: Partial<Manifest> = {}): Manifest {
    const encoded = (text: string): string => (this.kind === 'Secret' ? Buffer.from(text).toString('base64') : text);
    const data = { VERSION: encoded(version), TOKEN: encoded(`canary-token-of-${version}`) };
    return { apiVersion: 'v1', kind: this.kind, metadata: { name: 'payments', annotations: {} }, data, ...more };
  }

  private stateOf({ data = {} }: Live): string {
    const value = data['VERSION'] ?? '';
    return this.kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value;
  }
}

/** The scene of the suite: content 2.0.4 is good, 2.1.0 is bad, and somebody else edits it to 3.0.0. */
export async function configScene(kubeconfig: string, kind: ConfigKind): Promise<Scene> {
  const scene = await ConfigScene.open(kubeconfig, kind);
  return {
    target: scene.target,
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) => scene.apply(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => scene.apply('3.0.0'),
    snapshot: async () => JSON.stringify(written(await scene.read())),
    journal: () => scene.journal(),
    close: () => scene.close(),
  };
}

/** The scene of the suite in which the good state has no object at all, or the bad one has none. */
export async function absenceScene(
  kubeconfig: string,
  absent: 'good' | 'bad',
  kind: ConfigKind = 'ConfigMap',
): Promise<Scene> {
  const scene = await ConfigScene.open(kubeconfig, kind);
  const name = (state: 'good' | 'bad'): string => (state === absent ? 'none' : '2.0.4');
  return {
    target: scene.target,
    good: name('good'),
    bad: name('bad'),
    deploy: async (state) => {
      if (state !== absent) await scene.apply('2.0.4');
      else if ((await scene.read()) !== undefined) await scene.remove();
    },
    meddle: () => scene.apply('3.0.0'),
    snapshot: async () => JSON.stringify(written(await scene.read())),
    journal: () => scene.journal(),
    close: () => scene.close(),
  };
}
