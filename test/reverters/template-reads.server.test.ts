import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createWorld } from '../../src/adapters/world';
import type { JsonObject } from '../../src/domain/json';
import type { LayerPlan, Reverter, ReverterContext } from '../../src/domain/reverter';
import { argoRollout } from '../../src/reverters/argo-rollout';
import { kubernetesWorkload } from '../../src/reverters/kubernetes-workload';
import { ArgoScene, pausedCanary } from '../conformance/argo-scene';
import { VersionScene } from '../conformance/version-scene';
import { contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';

const ctx = (): ReverterContext => contextIn(createWorld());

async function planTo<Target>(reverter: Reverter<Target>, written: JsonObject, version: string): Promise<LayerPlan> {
  const parsed = reverter.target.parse(written);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return reverter.assess(parsed.target, await reverter.observe(parsed.target, ctx()), { version }, ctx());
}

describeWithServer('kubernetes', 'a template that brings its ConfigMap or Secret back with it', (kubeconfig = '') => {
  let scene: VersionScene;
  let target: JsonObject;

  const open = async (kind: 'ConfigMap' | 'Secret'): Promise<void> => {
    scene = await VersionScene.open(kubeconfig, kind);
    target = { namespace: scene.space.namespace, name: 'payments', kubeconfig };
    await scene.deploy('2.0.4', 'shop/payments:2.0.4');
    await scene.deploy('2.1.0', 'shop/payments:2.1.0');
  };
  afterEach(() => scene.close());
  const kubectl = (...args: readonly string[]): Promise<unknown> =>
    promisify(execFile)('kubectl', [`--kubeconfig=${kubeconfig}`, `--namespace=${scene.space.namespace}`, ...args]);

  it('is refused when that is gone, where `kubectl rollout undo` has the pods wait for it', async () => {
    await open('ConfigMap');
    expect(await planTo(kubernetesWorkload, target, '2.0.4')).toMatchObject({ kind: 'steps', risks: [] });
    await kubectl('delete', 'configmap/settings-2.0.4');
    const { namespace } = scene.space;
    expect(await planTo(kubernetesWorkload, target, '2.0.4')).toMatchObject({
      kind: 'refused',
      code: 'ARTIFACT_MISSING',
      why: `ConfigMap ${namespace}/settings-2.0.4 is not there, and Deployment ${namespace}/payments as of 2.0.4 reads it (envFrom of payments, volume settings): its pods would not start`,
    });
    await kubectl('rollout', 'undo', 'deployment/payments');
    expect(JSON.stringify(await scene.read())).toContain('settings-2.0.4');
  });

  it('is refused when that is a Secret that was revoked', async () => {
    await open('Secret');
    expect(await planTo(kubernetesWorkload, target, '2.0.4')).toMatchObject({ kind: 'steps', risks: [] });
    await kubectl('annotate', 'secret/settings-2.0.4', 'lastgood.dev/revoked=true');
    expect(await planTo(kubernetesWorkload, target, '2.0.4')).toMatchObject({
      kind: 'refused',
      code: 'SECRET_ROTATED',
      why: expect.stringContaining('it is annotated lastgood.dev/revoked: "true"') as string,
    });
  });
});

describeWithServer(
  ['kubernetes', 'argo-rollouts'],
  'a Rollout that brings its ConfigMap back with it',
  (kubeconfig) => {
    it('is refused when that is gone', async () => {
      const reading = (name: string): JsonObject => ({ envFrom: [{ configMapRef: { name } }] });
      const pod = { container: reading('settings-2.0.4') };
      const scene = await new ArgoScene(kubeconfig ?? '', pausedCanary, pod).open();
      try {
        const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings-2.0.4' }, data: {} };
        await scene.place.apply(settings);
        await scene.deploy('2.0.4');
        pod.container = reading('settings-2.1.0');
        await scene.deploy('2.1.0');
        expect(await planTo(argoRollout, scene.target, '2.0.4')).toMatchObject({ kind: 'steps', risks: [] });
        const { namespace } = scene.place;
        await scene.place.core.deleteNamespacedConfigMap({ name: 'settings-2.0.4', namespace });
        expect(await planTo(argoRollout, scene.target, '2.0.4')).toMatchObject({
          kind: 'refused',
          code: 'ARTIFACT_MISSING',
          why: `ConfigMap ${namespace}/settings-2.0.4 is not there, and Rollout ${namespace}/payments as of 2.0.4 reads it (envFrom of payments): its pods would not start`,
        });
      } finally {
        await scene.place.close();
      }
    });
  },
);
