import { execFileSync } from 'node:child_process';
import { createWorld } from '../../src/adapters/world';
import type { LayerStep } from '../../src/domain/reverter';
import { kubernetesWorkload } from '../../src/reverters/kubernetes-workload';
import type { Workload } from '../../src/reverters/parts/workload';
import { WorkloadScene, type WorkloadKind } from '../conformance/workload-scene';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';

const reverter = asWorker(kubernetesWorkload);

describeWithServer('kubernetes', 'kubernetes-workload beside kubectl', (kubeconfig = '') => {
  const world = createWorld();
  const captures = new CaptureMemory();
  const ctx = (): ReturnType<typeof contextIn> => contextIn(world, { captures });
  let scene: WorkloadScene;

  const open = async (kind: WorkloadKind): Promise<Workload> => {
    scene = await new WorkloadScene(kubeconfig, kind).open();
    const parsed = reverter.target.parse(scene.target);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return parsed.target;
  };
  afterEach(() => scene.close());

  const kubectl = (...args: readonly string[]): string =>
    execFileSync('kubectl', [`--kubeconfig=${kubeconfig}`, `--namespace=${scene.namespace}`, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  const stepTo = async (target: Workload, version: string): Promise<LayerStep> => {
    const plan = await reverter.assess(target, await reverter.observe(target, ctx()), { version }, ctx());
    const step = plan.kind === 'steps' ? plan.steps[0] : undefined;
    if (step === undefined) throw new Error(JSON.stringify(plan));
    return step;
  };

  it('comes back to the good template when it is retried, where a retried `kubectl rollout undo` returns to the bad one', async () => {
    const target = await open('Deployment');
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    kubectl('rollout', 'undo', 'deployment/payments');
    // The controller numbers the revisions anew; a retry before it has would not be one.
    await scene.settled();
    kubectl('rollout', 'undo', 'deployment/payments');
    await scene.settled();
    expect(await scene.imagesOfPods()).toEqual(['shop/payments:2.1.0', 'shop/payments:2.1.0']);

    const step = await stepTo(target, '2.0.4');
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ writes: 0 });
    expect((await reverter.verify(target, step, ctx())).every(({ ok }) => ok)).toBe(true);
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'already-there', writes: 0 });
    expect(await scene.imagesOfPods()).toEqual(['shop/payments:2.0.4', 'shop/payments:2.0.4']);
  });

  it('frees a StatefulSet from a pod that can not start, where `kubectl rollout undo` waits for ever', async () => {
    const target = await open('StatefulSet');
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0-broken');
    await scene.untilPod('shop/payments:2.1.0-broken');
    kubectl('rollout', 'undo', 'statefulset/payments');
    expect(() => kubectl('rollout', 'status', 'statefulset/payments', '--timeout=4s')).toThrow(/timed out/);
    expect(await scene.imagesOfPods()).toContain('shop/payments:2.1.0-broken');

    await scene.deploy('2.1.0-broken');
    const step = await stepTo(target, '2.0.4');
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted', writes: 2 });
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.imagesOfPods()).toEqual(['shop/payments:2.0.4', 'shop/payments:2.0.4']);
  });

  it('says which pod does not start and why', async () => {
    const target = { ...(await open('Deployment')), settle: 1_500 };
    await scene.deploy('2.0.4-broken');
    await scene.deploy('2.1.0');
    const step = await stepTo(target, '2.0.4-broken');
    await reverter.revert(target, step, ctx());
    const [template, rollout] = await reverter.verify(target, step, ctx());
    expect(template).toMatchObject({ ok: true });
    expect(rollout).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^payments-\w+-\w+: ImagePullBackOff/) as string,
    });
  });

  it('refuses to write over Argo CD, and says where to revert instead', async () => {
    const target = await open('Deployment');
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    kubectl('label', 'deployment/payments', 'argocd.argoproj.io/instance=shop');
    const seen = await reverter.observe(target, ctx());
    expect(seen.owner).toBe('Argo CD (shop)');
    expect(await reverter.assess(target, seen, { version: '2.0.4' }, ctx())).toMatchObject({
      kind: 'refused',
      code: 'OWNED_ELSEWHERE',
      compensation: [
        'revert the commit in the repository that it is deployed from',
        expect.stringContaining('layer: gitops-workload'),
      ],
    });
  });

  it('refuses a paused rollout with the command that resumes it', async () => {
    const target = await open('Deployment');
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    kubectl('rollout', 'pause', 'deployment/payments');
    expect(
      await reverter.assess(target, await reverter.observe(target, ctx()), { version: '2.0.4' }, ctx()),
    ).toMatchObject({
      kind: 'refused',
      code: 'ROLLOUT_PAUSED',
      compensation: [`kubectl rollout resume deployment/payments --namespace ${scene.namespace}`],
    });
  });

  it('restores the whole template, variables and all, and never shows their values', async () => {
    const target = await open('Deployment');
    await scene.deploy('2.0.4', { TOKEN: 'canary-old' });
    const seen = await reverter.observe(target, ctx());
    const capture = captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx()));
    await scene.deploy('2.1.0', { TOKEN: 'canary-new' });
    const live = await reverter.observe(target, ctx());
    const plan = await reverter.assess(target, live, { version: '2.0.4', capture }, ctx());
    const [step] = plan.kind === 'steps' ? plan.steps : [];
    if (step === undefined) throw new Error(JSON.stringify(plan));
    expect(step.summary).toBe(
      'payments: image shop/payments:2.1.0 → :2.0.4; changed back: payments env RELEASE, payments env TOKEN',
    );
    const rehearsal = await reverter.dryRun(target, step, ctx());
    expect(rehearsal).toMatchObject({ result: 'passed' });
    expect(JSON.stringify([live, plan, rehearsal])).not.toContain('canary');
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).every(({ ok }) => ok)).toBe(true);
    expect((await reverter.observe(target, ctx())).fingerprint).toBe(seen.fingerprint);
  });

  it('names the verb and the object that the account of the worker lacks', async () => {
    const target = { ...(await open('Deployment')), context: 'viewer' };
    await expect(reverter.observe(target, ctx())).rejects.toMatchObject({
      code: 'KUBERNETES_DENIED',
      text: { why: expect.stringContaining('cannot get resource "deployments"') as string },
    });
  });

  it('lists the contexts that there are when one is misspelt', async () => {
    const target = { ...(await open('Deployment')), context: 'vewer' };
    await expect(reverter.observe(target, ctx())).rejects.toMatchObject({
      code: 'KUBERNETES_DENIED',
      text: { what: 'the kubeconfig has no context "vewer"', why: 'it has: admin, controller-manager, viewer' },
    });
  });
});
