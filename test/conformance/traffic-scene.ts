import { CustomObjectsApi, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../src/domain/json';
import type { Scene } from './conformance';
import { NamespaceScene, written, type Live, type Manifest } from './namespace-scene';
import { installTrafficKinds } from './traffic-kinds';

/** Kinds of objects that divide traffic. */
export type TrafficKindName = 'Service' | 'HTTPRoute' | 'VirtualService' | 'Ingress';

const apiVersions: Readonly<Record<TrafficKindName, string>> = {
  Service: 'v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  VirtualService: 'networking.istio.io/v1',
  Ingress: 'networking.k8s.io/v1',
};

const plurals: Readonly<Record<TrafficKindName, string>> = {
  Service: 'services',
  HTTPRoute: 'httproutes',
  VirtualService: 'virtualservices',
  Ingress: 'ingresses',
};

/** Two sides, `blue` and `green`, and an object on the real API server that divides the traffic between them. */
export class TrafficScene {
  readonly target: JsonObject;

  private constructor(
    readonly space: NamespaceScene,
    readonly kind: TrafficKindName,
  ) {
    const { namespace, kubeconfig } = space;
    this.target = { kind, namespace, name: 'payments', kubeconfig, settle: '10s' };
  }

  static async open(kubeconfig: string, kind: TrafficKindName): Promise<TrafficScene> {
    const scene = new TrafficScene(await new NamespaceScene(kubeconfig).open(), kind);
    const { space } = scene;
    await installTrafficKinds(space.config);
    for (const slot of ['blue', 'green']) {
      await space.apply(deployment(slot, 1));
      await space.apply(service(`payments-${slot}`, { app: 'payments', slot }));
    }
    if (kind === 'VirtualService') {
      await space.apply(service('payments-all', { app: 'payments' }));
      await space.apply(subsets);
    }
    await scene.untilReady('blue', 1);
    await scene.untilReady('green', 1);
    const root = kind === 'Service' ? 'api/v1' : `apis/${apiVersions[kind]}`;
    await space.record(`/${root}/namespaces/NAMESPACE/${plurals[kind]}`, (object) => {
      if (object.metadata.name !== 'payments') return undefined;
      if (kind === 'HTTPRoute') void scene.accept(object).catch(() => undefined);
      return scene.stateOf(object);
    });
    return scene;
  }

  /** Applies the object as a pipeline does: this many percent go to green. */
  async send(green: number, more: Partial<Manifest> = {}): Promise<void> {
    await this.space.apply({ ...this.manifest(green), ...more });
    if (this.kind === 'Service') await this.untilFollowed(green === 100 ? 'green' : green === 0 ? 'blue' : 'none');
    if (this.kind === 'HTTPRoute') await this.untilAccepted();
  }

  /** Pods of one side. */
  async scale(slot: 'blue' | 'green', replicas: number, image?: string): Promise<void> {
    await this.space.apply(deployment(slot, replicas, image));
  }

  async untilReady(slot: string, wanted: number): Promise<void> {
    await until(`${wanted} ready pods of ${slot}`, async () => {
      const { items } = await this.space.core.listNamespacedPod({
        namespace: this.space.namespace,
        labelSelector: `slot=${slot}`,
      });
      const ready = items.filter(({ status }) =>
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      );
      return ready.length === wanted && items.length === wanted;
    });
  }

  read(): Promise<Live | undefined> {
    return this.space.read(apiVersions[this.kind], this.kind, 'payments');
  }

  journal(): Promise<readonly string[]> {
    return this.space.journal(async () => this.stateOf((await this.read())!));
  }

  /** `70/30`: blue and green, in percent. */
  private stateOf(object: Live): string {
    const { spec, metadata } = object as Live & { readonly spec: Spec };
    switch (this.kind) {
      case 'Service':
        return spec.selector?.['slot'] === 'green' ? '0/100' : spec.selector?.['slot'] === 'blue' ? '100/0' : 'none';
      case 'HTTPRoute':
        return shares((spec.rules?.[0]?.backendRefs ?? []).map(({ name, weight }) => [name, weight]));
      case 'VirtualService':
        return shares((spec.http?.[0]?.route ?? []).map((one) => [one.destination.subset, one.weight]));
      case 'Ingress': {
        const green = Number(metadata.annotations?.[`${nginx}-weight`] ?? 0);
        return `${100 - green}/${green}`;
      }
      default:
        return this.kind;
    }
  }

  private manifest(green: number): Manifest {
    const weights = [
      ['blue', 100 - green],
      ['green', green],
    ] as const;
    const metadata = { name: 'payments', annotations: { team: 'payments' } };
    const base = { apiVersion: apiVersions[this.kind], kind: this.kind, metadata };
    switch (this.kind) {
      case 'Service': {
        const slot = green === 100 ? 'green' : green === 0 ? 'blue' : 'none';
        return service('payments', { app: 'payments', slot });
      }
      case 'HTTPRoute': {
        const backendRefs = weights.map(([slot, weight]) => ({ name: `payments-${slot}`, port: 80, weight }));
        const matches = [{ path: { type: 'PathPrefix', value: '/' } }];
        return { ...base, spec: { parentRefs: [{ name: 'shop' }], rules: [{ matches, backendRefs }] } };
      }
      case 'VirtualService': {
        const route = weights.map(([subset, weight]) => ({ destination: { host: 'payments-all', subset }, weight }));
        return { ...base, spec: { hosts: ['payments'], http: [{ route }] } };
      }
      case 'Ingress': {
        const annotations = { team: 'payments', [nginx]: 'true', [`${nginx}-weight`]: String(green) };
        const backend = { service: { name: 'payments-green', port: { number: 80 } } };
        const rules = [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
        return { ...base, metadata: { name: 'payments', annotations }, spec: { ingressClassName: 'nginx', rules } };
      }
      default:
        return this.kind;
    }
  }

  /** Plays a gateway: says of every generation that it was accepted. */
  private async accept({ metadata }: Live): Promise<void> {
    const condition = (type: string): object => ({
      type,
      status: 'True',
      observedGeneration: metadata.generation,
      reason: type,
      message: '',
      lastTransitionTime: new Date().toISOString(),
    });
    const conditions = ['Accepted', 'ResolvedRefs'].map(condition);
    const parents = [{ parentRef: { name: 'shop' }, controllerName: 'example.com/test', conditions }];
    const known = (metadata as { readonly generation?: number }).generation ?? 0;
    if (this.accepted >= known) return;
    this.accepted = known;
    await this.space.config.makeApiClient(CustomObjectsApi).patchNamespacedCustomObjectStatus(
      {
        group: 'gateway.networking.k8s.io',
        version: 'v1',
        namespace: this.space.namespace,
        plural: 'httproutes',
        name: 'payments',
        body: { status: { parents } },
      },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }

  private accepted = 0;

  private untilAccepted(): Promise<void> {
    return until('the route to be accepted', async () => {
      const { metadata, status } = (await this.read()) as Live & { readonly status?: JsonObject };
      return JSON.stringify(status ?? {}).includes(`"observedGeneration":${metadata.generation ?? 0},`);
    });
  }

  private untilFollowed(slot: string): Promise<void> {
    return until(`endpoints of ${slot}`, async () => {
      const slices = await this.space.config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
        group: 'discovery.k8s.io',
        version: 'v1',
        namespace: this.space.namespace,
        plural: 'endpointslices',
        labelSelector: 'kubernetes.io/service-name=payments',
      });
      const pods = [...JSON.stringify(slices).matchAll(/"name":"payments-(blue|green)-/g)].map(([, found]) => found);
      return slot === 'none' ? pods.length === 0 : pods.length > 0 && pods.every((found) => found === slot);
    });
  }

  close(): Promise<void> {
    return this.space.close();
  }
}

/** The scene of the suite: blue is good, green is bad, and somebody else sends the traffic elsewhere. */
export async function trafficScene(
  kubeconfig: string,
  kind: TrafficKindName,
  { more = {}, via }: { readonly more?: JsonObject; readonly via?: readonly string[] } = {},
): Promise<Scene> {
  const scene = await TrafficScene.open(kubeconfig, kind);
  return {
    target: { ...scene.target, ...more },
    good: '100/0',
    bad: '0/100',
    deploy: (state) => scene.send(state === 'good' ? 0 : 100),
    meddle: () => scene.send(30),
    snapshot: async () => JSON.stringify(written(await scene.read())),
    journal: () => scene.journal(),
    close: () => scene.close(),
    ...(via === undefined ? {} : { via }),
  };
}

const nginx = 'nginx.ingress.kubernetes.io/canary';

const subsets: Manifest = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'payments' },
  spec: {
    host: 'payments-all',
    subsets: ['blue', 'green'].map((slot) => ({ name: slot, labels: { slot } })),
  },
};

function deployment(slot: string, replicas: number, image = 'shop/payments:1'): Manifest {
  const labels = { app: 'payments', slot };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'payments', image }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `payments-${slot}` }, spec };
}

function service(name: string, selector: Readonly<Record<string, string>>): Manifest {
  const metadata = { name, annotations: { team: 'payments' } };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: 'None', selector, ports: [{ port: 80 }] } };
}

function shares(weights: readonly (readonly [string | undefined, number | undefined])[]): string {
  const of = (side: string): number => weights.find(([name]) => name?.endsWith(side))?.[1] ?? 0;
  return `${of('blue')}/${of('green')}`;
}

async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isThere()) return;
    await delay(30);
  }
  throw new Error(`waited in vain for ${what}`);
}

interface Spec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly rules?: readonly { readonly backendRefs?: readonly { readonly name: string; readonly weight: number }[] }[];
  readonly http?: readonly {
    readonly route?: readonly { readonly destination: { readonly subset?: string }; readonly weight?: number }[];
  }[];
}
