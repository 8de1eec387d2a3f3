import { createWorld } from '../../src/adapters/world';
import type { JsonObject } from '../../src/domain/json';
import type { CaptureRef, LayerPlan, LayerStep } from '../../src/domain/reverter';
import { kubernetesTraffic } from '../../src/reverters/kubernetes-traffic';
import type { Traffic } from '../../src/reverters/parts/traffic';
import type { Live } from '../conformance/namespace-scene';
import { TrafficScene, type TrafficKindName } from '../conformance/traffic-scene';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';

const reverter = asWorker(kubernetesTraffic);

describeWithServer('kubernetes', 'kubernetes-traffic beside other hands', (kubeconfig = '') => {
  const world = createWorld();
  const captures = new CaptureMemory();
  const ctx = (): ReturnType<typeof contextIn> => contextIn(world, { captures });
  let scene: TrafficScene;
  afterEach(() => scene.close());

  const open = async (kind: TrafficKindName, more: JsonObject = {}): Promise<Traffic> => {
    scene = await TrafficScene.open(kubeconfig, kind);
    const parsed = reverter.target.parse({ ...scene.target, ...more });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return parsed.target;
  };
  const captureOf = async (target: Traffic): Promise<CaptureRef> => {
    const seen = await reverter.observe(target, ctx());
    return captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx()));
  };
  const assess = async (target: Traffic, capture?: CaptureRef): Promise<LayerPlan> => {
    const goal = { version: '2.0.4', ...(capture === undefined ? {} : { capture }) };
    return reverter.assess(target, await reverter.observe(target, ctx()), goal, ctx());
  };
  const stepsOf = (plan: LayerPlan): readonly LayerStep[] => {
    if (plan.kind !== 'steps') throw new Error(JSON.stringify(plan));
    return plan.steps;
  };
  const carryOut = async (target: Traffic, step: LayerStep): Promise<void> => {
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
  };
  const specOf = async (): Promise<JsonObject> => ((await scene.read()) as Live & { readonly spec: JsonObject }).spec;

  describe('a Service', () => {
    it('is not sent back to a side with fewer ready pods than the other has; the pods and the way out are named', async () => {
      const target = await open('Service');
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(100);
      await scene.scale('green', 2);
      await scene.untilReady('green', 2);
      await scene.scale('blue', 0);
      await scene.untilReady('blue', 0);
      await scene.scale('blue', 2, 'shop/payments:1-broken');
      const { namespace } = scene.space;
      const why = new RegExp(
        `^Service ${namespace}/payments can not send its traffic back: app=payments,slot=blue has 0 of 2 wanted ready pods \\(payments-blue-[^:]+: ImagePullBackOff`,
      );
      await until(async () => {
        const plan = await assess(target, capture);
        return plan.kind === 'refused' && why.test(plan.why);
      });
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        code: 'SIDE_NOT_READY',
        compensation: [`kubectl scale deployment/payments-blue --replicas 2 --namespace ${namespace}`],
      });
      await scene.scale('blue', 1);
      await scene.untilReady('blue', 1);
      expect(await assess(target, capture)).toMatchObject({ why: expect.stringContaining('1 of 2 wanted') });
      expect(await assess({ ...target, ready: 1 }, capture)).toMatchObject({ kind: 'steps' });
    });

    it('stays where it is when the pods of the other side vanish after the plan, and goes on when they are back', async () => {
      const target = await open('Service');
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(100);
      const [step] = stepsOf(await assess(target, capture));
      expect(step).toMatchObject({
        guard: 'atomic',
        impact: expect.stringMatching(/^new connections .* open ones stay/),
      });
      await scene.scale('blue', 0);
      await scene.untilReady('blue', 0);
      await expect(reverter.revert(target, step!, ctx())).rejects.toMatchObject({
        code: 'SIDE_NOT_READY',
        isRetryable: true,
      });
      expect((await specOf())['selector']).toMatchObject({ slot: 'green' });
      await scene.scale('blue', 1);
      await scene.untilReady('blue', 1);
      await carryOut(target, step!);
      expect((await specOf())['selector']).toMatchObject({ slot: 'blue' });
    });

    it('is not overwritten when somebody is faster', async () => {
      const target = await open('Service');
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(100);
      const [step] = stepsOf(await assess(target, capture));
      const { kubernetes } = world;
      const late: typeof kubernetes.patch = async (...call) => {
        await scene.send(30);
        return kubernetes.patch(...call);
      };
      const racing = contextIn({ ...world, kubernetes: { ...kubernetes, patch: late } }, { captures });
      await expect(kubernetesTraffic.revert(target, step!, racing)).rejects.toMatchObject({
        code: 'KUBERNETES_CONFLICT',
      });
      expect((await specOf())['selector']).toMatchObject({ slot: 'none' });
      expect(await reverter.revert(target, step!, ctx())).toMatchObject({ kind: 'drift', writes: 0 });
    });
  });

  describe('an HTTPRoute', () => {
    it('goes back in steps, each rehearsed before the first, with a look at the checks after all but the last', async () => {
      const target = await open('HTTPRoute', { mode: 'gradual', weights: [10, 50, 100], hold: '2m' });
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(100);
      const steps = stepsOf(await assess(target, capture));
      const place = `HTTPRoute ${scene.space.namespace}/payments`;
      expect(steps.map(({ summary, checkAfterMs }) => [summary, checkAfterMs])).toEqual([
        [`${place}: payments-blue 0 %, payments-green 100 % → payments-blue 10 %, payments-green 90 %`, 120_000],
        [`${place}: payments-blue 10 %, payments-green 90 % → payments-blue 50 %, payments-green 50 %`, 120_000],
        [`${place}: payments-blue 50 %, payments-green 50 % → payments-blue 100 %, payments-green 0 %`, undefined],
      ]);
      for (const step of steps) expect(await reverter.dryRun(target, step, ctx())).toMatchObject({ result: 'passed' });
      for (const step of steps) await carryOut(target, step);
      const again = await assess(target, capture);
      expect(again).toEqual({ kind: 'at-target', fingerprint: capture.fingerprint });
    });

    it('that was stopped half-way goes on from where it stands', async () => {
      const target = await open('HTTPRoute', { mode: 'gradual', weights: [50, 100] });
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(100);
      await carryOut(target, stepsOf(await assess(target, capture))[0]!);
      const rest = stepsOf(await assess(target, capture));
      expect(rest.map(({ summary }) => summary.split(' → ')[1])).toEqual([
        'payments-blue 75 %, payments-green 25 %',
        'payments-blue 100 %, payments-green 0 %',
      ]);
    });

    it('keeps the filters of its backends, and is at its target however the weights are written', async () => {
      const target = await open('HTTPRoute');
      const rules = (blue: number, green: number): JsonObject => {
        const set = [{ name: 'x-side', value: 'blue' }];
        const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set } }];
        const backends = [
          { name: 'payments-blue', port: 80, weight: blue, filters },
          { name: 'payments-green', port: 80, weight: green },
        ];
        return { parentRefs: [{ name: 'shop' }], rules: [{ backendRefs: backends }] };
      };
      await scene.send(0, { spec: rules(9, 1) });
      const capture = await captureOf(target);
      await scene.send(0, { spec: rules(90, 10) });
      expect(await assess(target, capture)).toMatchObject({ kind: 'at-target' });
      await scene.send(0, { spec: rules(0, 1) });
      const [step] = stepsOf(await assess(target, capture));
      await carryOut(target, step!);
      expect(JSON.stringify(await specOf())).toContain('"weight":9');
      expect(JSON.stringify(await specOf())).toContain('x-side');
    });

    it('whose rules are others than captured is refused', async () => {
      const target = await open('HTTPRoute');
      await scene.send(0);
      const capture = await captureOf(target);
      const matches = [{ path: { type: 'PathPrefix', value: '/v2' } }];
      await scene.send(100, { spec: { rules: [{ matches, backendRefs: [{ name: 'payments-green', port: 80 }] }] } });
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        code: 'ROUTE_CHANGED',
        why: expect.stringContaining('its rules are others than those that were captured'),
      });
    });
  });

  describe('a VirtualService', () => {
    it('looks at the pods of the subset, not of the whole host', async () => {
      const target = await open('VirtualService');
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(100);
      await scene.scale('blue', 0);
      await scene.untilReady('blue', 0);
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        code: 'SIDE_NOT_READY',
        why: expect.stringContaining('payments-all/blue has 0 of 1 wanted ready pods'),
      });
    });

    it('gets the whole list of destinations back when the bad release dropped one', async () => {
      const target = await open('VirtualService');
      await scene.send(10);
      const capture = await captureOf(target);
      const green = { host: `payments-all.${scene.space.namespace}.svc.cluster.local`, subset: 'green' };
      await scene.send(100, { spec: { hosts: ['payments'], http: [{ route: [{ destination: green }] }] } });
      const [step] = stepsOf(await assess(target, capture));
      await carryOut(target, step!);
      expect((await specOf())['http']).toEqual([
        {
          route: [
            { destination: { host: 'payments-all', subset: 'blue' }, weight: 90 },
            { destination: { host: 'payments-all', subset: 'green' }, weight: 10 },
          ],
        },
      ]);
    });
  });

  describe('a canary of ingress-nginx', () => {
    const canary = 'nginx.ingress.kubernetes.io/canary';
    const annotate = (annotations: Readonly<Record<string, string>>) => ({
      metadata: { name: 'payments', annotations: { [canary]: 'true', ...annotations } },
    });

    it('goes to nothing in steps, stays a canary, and loses the header that leads to it at the end', async () => {
      const target = await open('Ingress', { mode: 'gradual', weights: [50, 100] });
      await scene.send(0);
      const capture = await captureOf(target);
      await scene.send(0, annotate({ [`${canary}-weight`]: '40', [`${canary}-by-header`]: 'x-canary' }));
      const plan = await assess(target, capture);
      expect(plan).toMatchObject({ risks: [expect.stringContaining('the Ingress beside the canary')] });
      const [first, last] = stepsOf(plan);
      await carryOut(target, first!);
      expect((await scene.read())?.metadata.annotations).toMatchObject({
        [canary]: 'true',
        [`${canary}-weight`]: '20',
        [`${canary}-by-header`]: 'x-canary',
      });
      await carryOut(target, last!);
      const { annotations = {} } = (await scene.read())?.metadata ?? {};
      expect(annotations).toMatchObject({ [canary]: 'true', [`${canary}-weight`]: '0' });
      expect(annotations).not.toHaveProperty([`${canary}-by-header`]);
    });

    it('that did not exist when all was well goes to nothing, and is not deleted', async () => {
      const target = await open('Ingress');
      const capture = await captureOf(target);
      await scene.send(0, annotate({ [`${canary}-weight`]: '300', [`${canary}-weight-total`]: '1000' }));
      const [step] = stepsOf(await assess(target, capture));
      expect(step?.summary).toMatch(/canary 30 % → canary 0 %$/);
      await carryOut(target, step!);
      expect((await scene.read())?.metadata.annotations).toMatchObject({ [canary]: 'true', [`${canary}-weight`]: '0' });
    });

    it('is refused when it is none, or is gone', async () => {
      const target = await open('Ingress');
      await scene.send(30);
      const capture = await captureOf(target);
      await scene.send(0, { metadata: { name: 'payments' } });
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        why: expect.stringContaining(`it is not annotated ${canary}: "true", so that it is no canary`),
      });
      await scene.space.remove({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'payments' } });
      expect(await assess(target, capture)).toMatchObject({ kind: 'refused', code: 'OBJECT_MISSING' });
    });
  });

  it('does not write over Argo CD, not even when it came after the plan', async () => {
    const target = await open('HTTPRoute');
    await scene.send(0);
    const capture = await captureOf(target);
    await scene.send(100);
    const [step] = stepsOf(await assess(target, capture));
    const labels = { 'argocd.argoproj.io/instance': 'shop' };
    await scene.send(100, { metadata: { name: 'payments', labels } });
    expect(await assess(target, capture)).toMatchObject({ kind: 'refused', code: 'OWNED_ELSEWHERE' });
    await expect(reverter.revert(target, step!, ctx())).rejects.toMatchObject({ code: 'OWNED_ELSEWHERE' });
  });

  it('refuses what was never captured, and names what is not there', async () => {
    const target = await open('Service');
    await scene.send(0);
    expect(await assess(target)).toMatchObject({ kind: 'refused', code: 'CAPTURE_MISSING' });
    await expect(reverter.observe({ ...target, name: 'orders' }, ctx())).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });
});

async function until(isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300 && !(await isThere()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 30));
}
