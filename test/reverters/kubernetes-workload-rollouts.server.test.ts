import { AppsV1Api, CoreV1Api, PatchStrategy, PolicyV1Api, setHeaderOptions } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorld } from '../../src/adapters/world';
import type { CaptureRef, LayerPlan, LayerStep } from '../../src/domain/reverter';
import { kubernetesWorkload } from '../../src/reverters/kubernetes-workload';
import type { Workload } from '../../src/reverters/parts/workload';
import { missDeadline, WorkloadScene, type WorkloadKind } from '../conformance/workload-scene';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';
import { connect } from '../servers/kubernetes/kubeconfig';
import { refuseDryRunsIn } from './dry-run-webhook';

const reverter = asWorker(kubernetesWorkload);

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const strategicMerge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const gate = 'lastgood.dev/open';

describeWithServer('kubernetes', 'a rollout of kubernetes-workload', (kubeconfig = '') => {
  let apps: AppsV1Api;
  let core: CoreV1Api;
  const captures = new CaptureMemory();
  const ctx = (): ReturnType<typeof contextIn> => contextIn(createWorld(), { captures });
  let scene: WorkloadScene;
  let target: Workload;

  beforeAll(() => {
    apps = connect(kubeconfig).makeApiClient(AppsV1Api);
    core = connect(kubeconfig).makeApiClient(CoreV1Api);
  });

  async function open(kind: WorkloadKind, size?: number): Promise<void> {
    scene = await new WorkloadScene(kubeconfig, kind, size).open();
    const parsed = reverter.target.parse(scene.target);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    target = parsed.target;
  }
  afterEach(() => scene.close());

  const change = async (spec: object): Promise<void> => {
    const where = { name: 'payments', namespace: scene.namespace, body: { spec } };
    if (target.kind === 'Deployment') await apps.patchNamespacedDeployment(where, merge);
    if (target.kind === 'StatefulSet') await apps.patchNamespacedStatefulSet(where, merge);
    if (target.kind === 'DaemonSet') await apps.patchNamespacedDaemonSet(where, merge);
  };

  async function captured(): Promise<CaptureRef> {
    const seen = await reverter.observe(target, ctx());
    return captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx()));
  }

  const assess = async (capture?: CaptureRef, version = '2.0.4'): Promise<LayerPlan> => {
    const goal = capture === undefined ? { version } : { version, capture };
    return reverter.assess(target, await reverter.observe(target, ctx()), goal, ctx());
  };

  async function stepTo(version = '2.0.4', capture?: CaptureRef): Promise<LayerStep> {
    const plan = await assess(capture, version);
    const step = plan.kind === 'steps' ? plan.steps[0] : undefined;
    if (step === undefined) throw new Error(JSON.stringify(plan));
    return step;
  }

  const podsOf = async (image: string) =>
    (await core.listNamespacedPod({ namespace: scene.namespace })).items.filter(
      ({ spec, metadata }) => spec?.containers[0]?.image === image && metadata?.deletionTimestamp === undefined,
    );

  /** Lets pods behind the gate become ready. */
  async function openGates(): Promise<void> {
    for (const pod of await podsOf('shop/payments:2.0.4')) {
      const body = { status: { conditions: [{ type: gate, status: 'True' }] } };
      const name = pod.metadata?.name ?? '';
      await core.patchNamespacedPodStatus({ name, namespace: scene.namespace, body }, strategicMerge).catch(() => {});
    }
  }

  it('is between while 6 of 10 pods are replaced, says so, and is continued; replicas stay what the autoscaler made them', async () => {
    await open('Deployment', 10);
    await scene.deploy('2.1.0');
    const step = await gated();
    await change({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 6 } } });
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted', writes: 1 });
    let between = await reverter.observe(target, ctx());
    while (!between.summary.includes('6 of 10 pods updated, 4 available')) {
      await delay(50);
      between = await reverter.observe(target, ctx());
    }
    expect(reverter.relate(between, step)).toBe('between');
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted', writes: 0 });

    const heard: unknown[] = [];
    const measuring = reverter.verify(target, step, { ...ctx(), heartbeat: (detail) => void heard.push(detail) });
    while (heard.length === 0) await delay(20);
    for (let ready = 0; ready < 10; ready = (await podsOf('shop/payments:2.0.4')).length) await openGates();
    await openGates();
    expect((await measuring).every(({ ok }) => ok)).toBe(true);
    expect(heard[0]).toBe(`Deployment ${scene.namespace}/payments 2.0.4, 6 of 10 pods updated, 4 available`);
    expect((await apps.readNamespacedDeployment({ name: 'payments', namespace: scene.namespace })).spec?.replicas).toBe(
      10,
    );
  });

  /** A step to a good template whose pods wait behind the gate: out of a capture, because it never ran. */
  async function gated(): Promise<LayerStep> {
    const seen = await captured();
    const { template } = (await ctx().capture(seen)) as { template: { spec: { containers: object[] } } };
    const spec = {
      ...template.spec,
      readinessGates: [{ conditionType: gate }],
      containers: template.spec.containers.map((one) => ({ ...one, image: 'shop/payments:2.0.4' })),
    };
    return stepTo('2.0.4', captures.put('gated', { template: { ...template, spec } }));
  }

  it('comes back out of the capture when the history was pruned, to as many pods as the autoscaler wants', async () => {
    await open('Deployment');
    await scene.deploy('2.0.4');
    const capture = await captured();
    await change({ revisionHistoryLimit: 0 });
    await scene.deploy('2.1.0');
    await change({ revisionHistoryLimit: 0, replicas: 3 });
    const isPruned = async (): Promise<boolean> =>
      (await apps.listNamespacedReplicaSet({ namespace: scene.namespace })).items.length === 1;
    while (!(await isPruned())) await delay(50);

    expect(await assess()).toMatchObject({
      kind: 'refused',
      code: 'ARTIFACT_MISSING',
      why: expect.stringContaining('neither a capture nor the history') as string,
    });
    const step = await stepTo('2.0.4', capture);
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.imagesOfPods()).toEqual(Array(3).fill('shop/payments:2.0.4'));
  });

  it('refuses a template that the selector of a workload made anew would not find', async () => {
    await open('Deployment');
    await scene.deploy('2.0.4');
    const capture = await captured();
    const old = await apps.readNamespacedDeployment({ name: 'payments', namespace: scene.namespace });
    await apps.deleteNamespacedDeployment({ name: 'payments', namespace: scene.namespace });
    const labels = { app: 'payments', track: 'stable' };
    const template = { metadata: { labels }, spec: old.spec!.template.spec! };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    const body = { metadata: { name: 'payments' }, spec };
    await apps.createNamespacedDeployment({ namespace: scene.namespace, body });
    expect(await assess(capture)).toMatchObject({
      kind: 'refused',
      code: 'SELECTOR_CHANGED',
      why: expect.stringContaining('selects track=stable') as string,
      compensation: [expect.stringContaining('deploy the older release again') as string],
    });
  });

  it('tells how far a rollout may thin out the pods, and which disruption budget does not hold it back', async () => {
    await open('Deployment', 4);
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    await change({ strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: '50%' } } });
    const policy = connect(kubeconfig).makeApiClient(PolicyV1Api);
    const budget = { selector: { matchLabels: { app: 'payments' } }, maxUnavailable: 1 };
    const body = { metadata: { name: 'payments-budget' }, spec: budget };
    await policy.createNamespacedPodDisruptionBudget({ namespace: scene.namespace, body });
    expect(await assess()).toMatchObject({
      kind: 'steps',
      steps: [{ impact: expect.stringContaining('4 pods, at most 2 missing and 1 more at a time') as string }],
      risks: [
        'PodDisruptionBudget payments-budget wants 3 of 4 pods, and a rollout does not ask it: this one may leave 2',
      ],
    });
    await change({ strategy: { type: 'Recreate', rollingUpdate: null } });
    expect(await assess()).toMatchObject({
      steps: [{ impact: expect.stringMatching(/^stops 4 pods before/) as string }],
    });
  });

  it.each(['StatefulSet', 'DaemonSet'] as const)(
    'refuses a %s that replaces no pod by itself, with the command that changes it',
    async (kind) => {
      await open(kind);
      await scene.deploy('2.0.4');
      await scene.deploy('2.1.0');
      await change({ updateStrategy: { type: 'OnDelete', rollingUpdate: null } });
      const patch = `--type merge --patch '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'`;
      expect(await assess()).toMatchObject({
        kind: 'refused',
        code: 'ROLLOUT_BY_HAND',
        compensation: [`kubectl patch ${kind.toLowerCase()}/payments --namespace ${scene.namespace} ${patch}`],
      });
    },
  );

  it('reverts a canary by partition, and refuses where the partition would keep bad pods', async () => {
    await open('StatefulSet');
    await scene.deploy('2.0.4');
    await change({ updateStrategy: { rollingUpdate: { partition: 1 } } });
    const config = connect(kubeconfig).makeApiClient(AppsV1Api);
    const image = [{ name: 'payments', image: 'shop/payments:2.1.0' }];
    const body = { spec: { template: { spec: { containers: image } } } };
    const where = { name: 'payments', namespace: scene.namespace, body };
    await config.patchNamespacedStatefulSet(where, strategicMerge);
    await scene.untilPod('shop/payments:2.1.0');
    const step = await stepTo();
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.imagesOfPods()).toEqual(['shop/payments:2.0.4', 'shop/payments:2.0.4']);

    await change({ updateStrategy: { rollingUpdate: { partition: 0 } } });
    await scene.deploy('2.1.0');
    await change({ updateStrategy: { rollingUpdate: { partition: 1 } } });
    expect(await assess()).toMatchObject({
      kind: 'refused',
      code: 'ROLLOUT_PARTITIONED',
      why: expect.stringContaining('keeps its first 1 pod as they are') as string,
    });
  });

  it('gives up at the progress deadline of the workload, long before its own, and says why no pod starts', async () => {
    await open('Deployment', 1);
    await scene.deploy('2.0.4-broken');
    await change({ progressDeadlineSeconds: 2 });
    await scene.deploy('2.1.0');
    await change({ progressDeadlineSeconds: 2 });
    const step = await stepTo('2.0.4-broken');
    await reverter.revert(target, step, ctx());
    const [, rollout] = await reverter.verify({ ...target, settle: 600_000 }, step, ctx());
    expect(rollout).toMatchObject({
      ok: false,
      why: expect.stringMatching(
        /^no progress for 2 s, the progress deadline of the workload; payments-\w+-\w+: ImagePullBackOff/,
      ) as string,
    });
  });

  it('does not take the deadline that the bad release has missed for its own', async () => {
    await open('Deployment', 3);
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0-broken');
    await missDeadline(kubeconfig, scene.namespace, 2);
    await change({ progressDeadlineSeconds: 600 });
    const step = await stepTo();
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.imagesOfPods()).toEqual(Array(3).fill('shop/payments:2.0.4'));
  });

  it('tells the last log lines of a pod that crashes, without passwords and without the values of its variables', async () => {
    await open('Deployment', 1);
    const words = 'connecting to postgres://shop:hunter22@db with API_KEY=abc-123-def as Bearer eyJhbGciOi';
    const lastWords = Buffer.from(`${words} for canary-customer`).toString('base64');
    await scene.deploy('2.0.4-crashing', { LAST_WORDS: lastWords, CUSTOMER: 'canary-customer' });
    await scene.deploy('2.1.0');
    const step = await stepTo('2.0.4-crashing');
    await reverter.revert(target, step, ctx());
    const [, rollout] = await reverter.verify({ ...target, settle: 1_500 }, step, ctx());
    expect(rollout?.why).toMatch(/^payments-\w+-\w+: CrashLoopBackOff \(.*\), 5 restarts; it said: "/);
    expect(rollout?.why).toContain('"Error: no setting "currency""');
    expect(rollout?.why).toContain(
      'connecting to postgres://shop:[hidden]@db with API_KEY=[hidden] as Bearer [hidden] for [variable CUSTOMER]',
    );
    expect(rollout?.why).not.toMatch(/hunter22|abc-123|eyJ|canary/);

    const [, quiet] = await reverter.verify({ ...target, settle: 500, logLines: 0 }, step, ctx());
    expect(quiet?.why).not.toContain('it said');
  });

  it('calls a rehearsal unavailable, not failed, where an admission webhook with side effects refuses every dry run', async () => {
    await open('Deployment', 1);
    await scene.deploy('2.0.4');
    await scene.deploy('2.1.0');
    const step = await stepTo();
    const webhook = await refuseDryRunsIn(scene.namespace, kubeconfig);
    try {
      let rehearsal = await reverter.dryRun(target, step, ctx());
      for (let tries = 0; rehearsal.result === 'passed' && tries < 100; tries += 1) {
        await delay(100);
        rehearsal = await reverter.dryRun(target, step, ctx());
      }
      expect(rehearsal).toMatchObject({
        result: 'unavailable',
        level: 'nothing was tried',
        why: expect.stringContaining('does not support dry run') as string,
      });
    } finally {
      await webhook.remove();
    }
  });
});
