import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorld } from '../../src/adapters/world';
import type { JsonObject } from '../../src/domain/json';
import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../src/domain/reverter';
import { argoRollout } from '../../src/reverters/argo-rollout';
import type { ArgoRollout } from '../../src/reverters/parts/argo-target';
import { ArgoScene, pausedCanary, type RolloutSpec } from '../conformance/argo-scene';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';

const reverter = asWorker(argoRollout);

const longCanary = { canary: { steps: [{ setWeight: 50 }, { pause: { duration: '30m' } }] } };

describeWithServer(['kubernetes', 'argo-rollouts'], 'argo-rollout beside abort and undo', (kubeconfig = '') => {
  const world = createWorld();
  const captures = new CaptureMemory();
  const ctx = (): ReverterContext => contextIn(world, { captures });
  let scene: ArgoScene;

  const open = async (spec: RolloutSpec, more: JsonObject = {}, pod: JsonObject = {}): Promise<ArgoRollout> => {
    scene = await new ArgoScene(kubeconfig, spec, pod).open();
    const parsed = reverter.target.parse({ ...scene.target, ...more });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return parsed.target;
  };
  afterEach(() => scene.place.close());

  const planTo = async (target: ArgoRollout, goal: LayerGoal): Promise<LayerPlan> =>
    reverter.assess(target, await reverter.observe(target, ctx()), goal, ctx());
  const stepTo = async (target: ArgoRollout, version: string): Promise<LayerStep> => {
    const plan = await planTo(target, { version });
    const step = plan.kind === 'steps' ? plan.steps[0] : undefined;
    if (step === undefined) throw new Error(JSON.stringify(plan));
    return step;
  };
  /** Creation times of ReplicaSets have seconds only, and the controller tells older from newer by them. */
  const releaseInTurn = async (...versions: readonly string[]): Promise<void> => {
    for (const version of versions) {
      await scene.release(version);
      await delay(1_100);
    }
  };

  it('leaves nothing that could bring the bad release up again, where `abort` alone does', async () => {
    const target = await open(pausedCanary);
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    await scene.switch({ abort: true });
    await scene.until(({ phase }) => phase === 'Degraded');
    await scene.switch({ abort: false });
    await scene.until(({ phase }) => phase === 'Paused');
    expect(await scene.tags()).toContain('2.1.0');

    const step = await stepTo(target, '2.0.4');
    expect(step).toMatchObject({
      summary: 'abort, then payments: image shop/payments:2.1.0 → :2.0.4',
      impact: 'the stable release takes the traffic back; open connections end with their pods',
      estimateMs: 30_000,
    });
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted' });
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect([await scene.tag(), await scene.tags()]).toEqual(['2.0.4', ['2.0.4', '2.0.4']]);
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'already-there', writes: 0 });
  });

  it.each<[string, RolloutSpec]>([
    ['a canary without steps', { strategy: { canary: {} } }],
    ['a canary with a pause', pausedCanary],
    ['blue/green', { strategy: { blueGreen: { activeService: 'active', autoPromotionEnabled: true } } }],
  ])('does not take the deadline that the bad release has missed for its own: %s', async (_name, spec) => {
    const target = await open({ ...spec, progressDeadlineSeconds: 2 });
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0-broken');
    await scene.until(({ phase }) => phase === 'Degraded');
    const step = await stepTo(target, '2.0.4');
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.tag()).toBe('2.0.4');
  });

  it('foretells that long canary steps run again, and that a rollback window skips them', async () => {
    const target = await open({ strategy: longCanary });
    await releaseInTurn('2.0.4', '2.1.0');
    const plan = await planTo(target, { version: '2.0.4' });
    expect(plan).toMatchObject({
      steps: [{ estimateMs: 1_830_000 }],
      risks: [
        'its 2 canary steps run again, with pauses of 30 min in all; it has no rollbackWindow, and `steps: skip` in the catalog would promote it in full',
        'its pauses are longer than `settle` (30 s), so that it would count as not settled',
      ],
    });
    await scene.change((live) => ({
      ...live!,
      spec: { ...(live!['spec'] as object), rollbackWindow: { revisions: 2 } },
    }));
    const step = await stepTo(target, '2.0.4');
    expect(step).toMatchObject({
      estimateMs: 30_000,
      impact: expect.stringContaining('inside rollbackWindow') as string,
    });
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.tags()).toEqual(['2.0.4', '2.0.4']);
  });

  it('says that it waits for a person, with the command that goes on', async () => {
    const target = { ...(await open(pausedCanary)), settle: 1_500 };
    await releaseInTurn('2.0.4', '2.1.0');
    const step = await stepTo(target, '2.0.4');
    await reverter.revert(target, step, ctx());
    await scene.until(({ phase }) => phase === 'Paused');
    const [template, rollout] = await reverter.verify(target, step, ctx());
    expect(template).toMatchObject({ ok: true, seen: '2.0.4' });
    expect(rollout).toMatchObject({
      ok: false,
      seen: 'Paused at step 2 of 2, 1 of 2 pods updated, 2 available',
      why: `it waits for a person: kubectl argo rollouts promote payments --namespace ${scene.place.namespace}`,
    });
  });

  it('reports what the analysis of the older release said', async () => {
    const service = createServer((_request, answer) => answer.end('{"rate":0.1}')).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    service.unref();
    const target = await open({
      strategy: { canary: { steps: [{ analysis: { templates: [{ templateName: 'rate' }] } }] } },
    });
    const web = { url: `http://127.0.0.1:${port}/`, jsonPath: '{$.rate}' };
    const metrics = [{ name: 'error-rate', successCondition: 'result < 0.5', provider: { web } }];
    const template = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: { name: 'rate' } };
    await scene.place.apply({ ...template, spec: { metrics } });
    await releaseInTurn('2.0.4', '2.1.0');
    const step = await stepTo(target, '2.0.4');
    await reverter.revert(target, step, ctx());
    const measured = await reverter.verify(target, step, ctx());
    service.close();
    expect(measured.filter(({ ok }) => !ok)).toEqual([]);
    expect(measured).toContainEqual(
      expect.objectContaining({
        name: expect.stringMatching(/^analysis payments-/) as string,
        seen: 'Successful (error-rate 1 of 1)',
      }),
    );
  });

  it('switches the active Service of blue/green back while the older pods are up, and waits for nobody', async () => {
    const target = await open({
      strategy: { blueGreen: { activeService: 'active', previewService: 'preview', autoPromotionEnabled: false } },
    });
    await releaseInTurn('2.0.4', '2.1.0');
    const step = await stepTo(target, '2.0.4');
    expect(step.impact).toBe(
      'its pods are still up; the active Service switches back; open connections end with their pods',
    );
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    const active = await scene.place.read('v1', 'Service', 'active');
    const { status } = (await scene.read())!;
    expect(active?.['spec']).toMatchObject({ selector: { 'rollouts-pod-template-hash': status?.stableRS } });
  });

  it('knows the template that people wrote in the copy that the controller keeps, whatever the server added to it', async () => {
    const probe = { httpGet: { path: '/ready', port: 8080 } };
    const container = {
      ports: [{ containerPort: 8080 }],
      readinessProbe: probe,
      env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      volumeMounts: [{ name: 'config', mountPath: '/config' }],
    };
    const volumes = [{ name: 'config', configMap: { name: 'payments' } }];
    const target = await open(pausedCanary, {}, { container, volumes, serviceAccountName: 'default' });
    await scene.deploy('2.0.4');
    const seen = await reverter.observe(target, ctx());
    await scene.deploy('2.1.0');
    const step = await stepTo(target, '2.0.4');
    expect(step.to).toBe(seen.fingerprint);
  });

  it('refuses a Rollout that is paused by hand and one whose template is elsewhere, each with the way that works', async () => {
    const target = await open(pausedCanary);
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    await scene.change((live) => ({ ...live!, spec: { ...(live!['spec'] as object), paused: true } }));
    expect(await planTo(target, { version: '2.0.4' })).toMatchObject({
      code: 'ROLLOUT_PAUSED',
      compensation: [`kubectl argo rollouts promote payments --namespace ${scene.place.namespace}`],
    });
    await scene.change((live) => {
      const { template: _template, ...spec } = live!['spec'] as JsonObject;
      const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'payments' };
      return { ...live!, spec: { ...spec, workloadRef } };
    });
    expect(await planTo(target, { version: '2.0.4' })).toMatchObject({
      code: 'TEMPLATE_ELSEWHERE',
      compensation: [
        `for the instant effect: kubectl argo rollouts abort payments --namespace ${scene.place.namespace}`,
        'describe Deployment payments as a layer kubernetes-workload of the component',
      ],
    });
  });
});
