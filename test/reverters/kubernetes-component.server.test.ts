import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createWorld } from '../../src/adapters/world';
import type { CaptureRef, LayerStep, Reverter } from '../../src/domain/reverter';
import { kubernetesConfig } from '../../src/reverters/kubernetes-config';
import { kubernetesWorkload } from '../../src/reverters/kubernetes-workload';
import { NamespaceScene } from '../conformance/namespace-scene';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';

/** One layer of the component, with the reverter that knows it. */
interface Layer {
  readonly reverter: Reverter<unknown>;
  readonly target: unknown;
}

describeWithServer('kubernetes', 'a component of a workload, its ConfigMap and its autoscaler', (kubeconfig = '') => {
  const captures = new CaptureMemory();
  const ctx = (): ReturnType<typeof contextIn> => contextIn(createWorld(), { captures });
  let scene: NamespaceScene;
  let layers: readonly Layer[];

  beforeEach(async () => {
    scene = await new NamespaceScene(kubeconfig).open();
    const place = { namespace: scene.namespace, kubeconfig, settle: '30s' };
    // In the order of the catalog: what the pods read comes back before the pods.
    layers = [
      layer(kubernetesConfig, { ...place, name: 'payments-settings' }),
      layer(kubernetesWorkload, { ...place, name: 'payments' }),
    ];
    await scene.apply(autoscaler);
  });
  afterEach(() => scene.close());

  /** Not `execFileSync`: the kubelet of the server may live in this very process. */
  const kubectl = (...args: readonly string[]): Promise<unknown> =>
    promisify(execFile)('kubectl', [`--kubeconfig=${kubeconfig}`, `--namespace=${scene.namespace}`, ...args]);

  /** What the pipeline does: settings first, then the workload that reads them. */
  async function deploy(version: string): Promise<void> {
    await scene.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'payments-settings' },
      data: { CURRENCY: version === '2.0.4' ? 'EUR' : 'USD' },
    });
    await scene.apply(workload(version));
    await kubectl('rollout', 'status', 'deployment/payments', '--timeout=30s');
  }

  /** What runs and what it reads: `2.0.4 with EUR`. */
  async function live(): Promise<string> {
    const { items } = await scene.core.listNamespacedPod({ namespace: scene.namespace });
    const running = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    const versions = new Set(running.map(({ spec }) => spec?.containers[0]?.image?.split(':')[1]));
    const settings = await scene.core.readNamespacedConfigMap({
      name: 'payments-settings',
      namespace: scene.namespace,
    });
    return `${[...versions].join(' and ')} with ${settings.data?.['CURRENCY']}`;
  }

  async function captureAll(): Promise<readonly CaptureRef[]> {
    const refs: CaptureRef[] = [];
    for (const { reverter, target } of layers) {
      const seen = await reverter.observe(target, ctx());
      refs.push(captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx())));
    }
    return refs;
  }

  /** All layers are assessed and rehearsed before the first of them is written. */
  async function rehearsed(good: readonly CaptureRef[]): Promise<readonly LayerStep[]> {
    const steps: LayerStep[] = [];
    for (const [at, { reverter, target }] of layers.entries()) {
      const goal = { version: '2.0.4', capture: good[at]! };
      const plan = await reverter.assess(target, await reverter.observe(target, ctx()), goal, ctx());
      if (plan.kind !== 'steps') throw new Error(JSON.stringify(plan));
      for (const step of plan.steps) {
        expect(await reverter.dryRun(target, step, ctx())).toMatchObject({ result: 'passed' });
        steps.push(step);
      }
    }
    return steps;
  }

  it('comes back whole, where `kubectl rollout undo` brings back the pods and leaves them the bad settings', async () => {
    await deploy('2.0.4');
    const good = await captureAll();
    await deploy('2.1.0');
    await kubectl('rollout', 'undo', 'deployment/payments');
    await kubectl('rollout', 'status', 'deployment/payments', '--timeout=30s');
    expect(await live()).toBe('2.0.4 with USD');

    await deploy('2.1.0');
    await kubectl('scale', 'deployment/payments', '--replicas=3');
    await kubectl('rollout', 'status', 'deployment/payments', '--timeout=30s');
    const steps = await rehearsed(good);
    expect(steps.map(({ summary }) => summary)).toEqual([
      `ConfigMap ${scene.namespace}/payments-settings: CURRENCY changed back`,
      'payments: image shop/payments:2.1.0 → :2.0.4',
    ]);
    expect(await live()).toBe('2.1.0 with USD');

    for (const [at, { reverter, target }] of layers.entries()) {
      expect(await reverter.revert(target, steps[at]!, ctx())).toMatchObject({ kind: 'reverted' });
      expect((await reverter.verify(target, steps[at]!, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    }
    expect(await live()).toBe('2.0.4 with EUR');
    const scaled = await scene.read('apps/v1', 'Deployment', 'payments');
    expect(scaled?.['spec']).toMatchObject({ replicas: 3 });
    expect(await scene.read('autoscaling/v2', 'HorizontalPodAutoscaler', 'payments')).toMatchObject({
      spec: autoscaler.spec,
    });
  });
});

function layer(reverter: Reverter<unknown>, written: unknown): Layer {
  const parsed = reverter.target.parse(written);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return { reverter: asWorker(reverter), target: parsed.target };
}

const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'payments' },
  spec: {
    minReplicas: 2,
    maxReplicas: 5,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'payments' },
  },
};

function workload(version: string) {
  const labels = { app: 'payments' };
  const envFrom = [{ configMapRef: { name: 'payments-settings' } }];
  const containers = [{ name: 'payments', image: `shop/payments:${version}`, envFrom }];
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'payments' }, spec };
}
