import {
  AdmissionregistrationV1Api,
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorld } from '../../src/adapters/world';
import type { World } from '../../src/domain/ports';
import type { LayerStep, ReverterContext } from '../../src/domain/reverter';
import { kubernetesWorkload } from '../../src/reverters/kubernetes-workload';
import type { Workload } from '../../src/reverters/parts/workload';
import { WorkloadScene } from '../conformance/workload-scene';
import { documentedRights } from '../deploy/rights';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { TcpProxy } from '../fakes/tcp-proxy';
import { describeWithServer } from '../servers/describe-with-server';
import { accountWith } from '../servers/kubernetes/account';
import { connect } from '../servers/kubernetes/kubeconfig';
import { scratchDirectory } from '../servers/run';

const reverter = asWorker(kubernetesWorkload);

const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

describeWithServer('kubernetes', 'kubernetes-workload when something comes between', (kubeconfig = '') => {
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let policies: AdmissionregistrationV1Api;
  let scene: WorkloadScene;
  let captures: CaptureMemory;
  beforeAll(() => {
    const config = connect(kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    policies = config.makeApiClient(AdmissionregistrationV1Api);
  });
  beforeEach(async () => {
    captures = new CaptureMemory();
    scene = await new WorkloadScene(kubeconfig, 'Deployment', 1).open();
    await scene.deploy('2.0.4');
  });
  afterEach(() => scene.close());

  const ctx = (world: World = createWorld()): ReverterContext => contextIn(world, { captures });

  /** The bad release live, and the step of a plan that leads back. */
  const planned = async (through = kubeconfig): Promise<{ readonly target: Workload; readonly step: LayerStep }> => {
    const parsed = reverter.target.parse({ ...scene.target, kubeconfig: through });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const { target } = parsed;
    const seen = await reverter.observe(target, ctx());
    const capture = captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx()));
    await scene.deploy('2.1.0');
    const bad = await reverter.observe(target, ctx());
    const plan = await reverter.assess(target, bad, { version: '2.0.4', capture }, ctx());
    const step = plan.kind === 'steps' ? plan.steps[0] : undefined;
    if (step === undefined) throw new Error(JSON.stringify(plan));
    return { target, step };
  };
  const configured = async (): Promise<string | undefined> =>
    (await scene.read()).spec.template.spec.containers[0]?.image;
  const patchLive = (body: object): Promise<unknown> =>
    apps.patchNamespacedDeployment({ name: 'payments', namespace: scene.namespace, body }, mergePatch);
  const deleteLive = (): Promise<unknown> =>
    apps.deleteNamespacedDeployment({ name: 'payments', namespace: scene.namespace });

  it.each([
    [
      'was deleted',
      deleteLive,
      { code: 'OBJECT_MISSING', what: /^there is no Deployment scene-\w+\/payments in the current context$/ },
    ],
    [
      'is being deleted with its namespace',
      async () => {
        await patchLive({ metadata: { finalizers: ['lastgood.dev/test'] } });
        await core.deleteNamespace({ name: scene.namespace });
        while ((await reverter.observe(asTarget(scene), ctx()).catch(() => undefined)) !== undefined) await delay(50);
      },
      { code: 'OBJECT_MISSING', why: /^it is being deleted$/ },
    ],
    [
      'was taken over by Argo CD',
      () =>
        patchLive({
          metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:x/payments' } },
        }),
      { code: 'OWNED_ELSEWHERE', what: /^Deployment scene-\w+\/payments is owned by Argo CD \(shop\) now/ },
    ],
    [
      'was taken over by Flux',
      () => patchLive({ metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } } }),
      { code: 'OWNED_ELSEWHERE', what: /is owned by Flux \(shop\) now/ },
    ],
  ] as const)('touches nothing and names the object when it %s after the plan', async (_title, between, expected) => {
    const { target, step } = await planned();
    await between();
    const before = await scene.read().catch(() => undefined);
    await expect(reverter.revert(target, step, ctx())).rejects.toMatchObject(asError(expected));
    const after = await scene.read().catch(() => undefined);
    expect(after?.spec).toEqual(before?.spec);
    if (after !== undefined) await patchLive({ metadata: { finalizers: null } }).catch(() => undefined);
  });

  it('never writes over what somebody else deployed after the plan, be it in the last moment', async () => {
    const { target, step } = await planned();
    const world = createWorld();
    const racing: World = {
      ...world,
      kubernetes: {
        ...world.kubernetes,
        patch: async (...call) => {
          await scene.deploy('3.0.0');
          return world.kubernetes.patch(...call);
        },
      },
    };
    await expect(kubernetesWorkload.revert(target, step, ctx(racing))).rejects.toMatchObject({
      code: 'KUBERNETES_CONFLICT',
      text: { what: `Deployment ${scene.namespace}/payments was changed while it was being reverted` },
    });
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'drift', writes: 0 });
    expect(await configured()).toBe('shop/payments:3.0.0');
  });

  it('quotes the admission policy that refuses the change, in the rehearsal and in the write', async () => {
    const { target, step } = await planned();
    const metadata = { name: scene.namespace };
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': scene.namespace } };
    const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] };
    await policies.createValidatingAdmissionPolicy({
      body: {
        metadata,
        spec: {
          matchConstraints: { namespaceSelector, resourceRules: [rule] },
          validations: [{ expression: 'false', message: 'deployments are frozen until Monday' }],
        },
      },
    });
    await policies.createValidatingAdmissionPolicyBinding({
      body: { metadata, spec: { policyName: metadata.name, validationActions: ['Deny'] } },
    });
    try {
      let rehearsal = await reverter.dryRun(target, step, ctx());
      for (let tries = 0; rehearsal.result === 'passed' && tries < 100; tries += 1) {
        await delay(100);
        rehearsal = await reverter.dryRun(target, step, ctx());
      }
      expect(rehearsal).toMatchObject({
        result: 'failed',
        why: expect.stringContaining('frozen until Monday') as string,
      });
      await expect(reverter.revert(target, step, ctx())).rejects.toMatchObject(
        asError({ code: 'KUBERNETES_REFUSED', why: /deployments are frozen until Monday/ }),
      );
      expect(await configured()).toBe('shop/payments:2.1.0');
    } finally {
      await policies.deleteValidatingAdmissionPolicyBinding(metadata);
      await policies.deleteValidatingAdmissionPolicy(metadata);
    }
  });

  it('says that a quota keeps the pods from being made', async () => {
    const { target, step } = await planned();
    const { namespace } = scene;
    const quota = { metadata: { name: 'small' }, spec: { hard: { pods: '1' } } };
    const made = await core.createNamespacedResourceQuota({ namespace, body: quota });
    // The controller that counts does not run here.
    made.status = { hard: { pods: '1' }, used: { pods: '1' } };
    await core.replaceNamespacedResourceQuotaStatus({ name: 'small', namespace, body: made });
    await reverter.revert(target, step, ctx());
    const [, rollout] = await reverter.verify({ ...target, settle: 1_500 }, step, ctx());
    expect(rollout).toMatchObject({ ok: false, why: expect.stringContaining('exceeded quota: small') as string });
  });

  it('waits out an API server that is away for a while, and names it when it stays away', async () => {
    const { server = '' } = connect(kubeconfig).getCurrentCluster() ?? {};
    const proxy = new TcpProxy(new URL(server).host);
    await proxy.mend();
    try {
      const { target, step } = await planned(copyOf(kubeconfig, server, `https://${proxy.address}`));
      await reverter.revert(target, step, ctx());
      await proxy.cut();
      const verdict = reverter.verify(target, step, ctx());
      await delay(1_200);
      await proxy.mend();
      expect((await verdict).every(({ ok }) => ok)).toBe(true);
      await proxy.cut();
      const what = `https://${proxy.address} did not answer for Deployment ${scene.namespace}/payments`;
      await expect(reverter.verify({ ...target, settle: 200 }, step, ctx())).rejects.toMatchObject({
        code: 'KUBERNETES_UNREACHABLE',
        text: { what },
      });
    } finally {
      await proxy.cut();
    }
  });

  it('goes on with the renewed token when the old one was revoked half-way', async () => {
    const rights = documentedRights().filter(({ layer }) => layer === 'kubernetes-workload');
    const [first, second] = await Promise.all([
      accountWith(kubeconfig, scene.namespace, rights),
      accountWith(kubeconfig, scene.namespace, rights),
    ]);
    const { target, step } = await planned(first);
    const world = createWorld();
    await reverter.observe(target, ctx(world));
    const { items } = await core.listNamespacedServiceAccount({ namespace: scene.namespace });
    const token = connect(first).getCurrentUser()?.token ?? '';
    const name = accountIn(token);
    expect(items.map(({ metadata }) => metadata?.name)).toContain(name);
    await core.deleteNamespacedServiceAccount({ name, namespace: scene.namespace });
    let thrown: unknown;
    for (let tries = 0; thrown === undefined && tries < 300; tries += 1) {
      thrown = await reverter.observe(target, ctx(world)).then(
        () => delay(50),
        (reason: unknown) => reason,
      );
    }
    expect(thrown).toMatchObject(
      asError({
        code: 'KUBERNETES_DENIED',
        what: /^Deployment scene-\w+\/payments: the API server does not accept the credentials of the worker$/,
      }),
    );
    expect((thrown as Error).message).not.toContain(token);
    writeFileSync(first, readFileSync(second));
    expect(await reverter.revert(target, step, ctx(world))).toMatchObject({ kind: 'reverted' });
  });
});

interface ExpectedError {
  readonly code: string;
  readonly what?: RegExp;
  readonly why?: RegExp;
}

function asError({ code, what, why }: ExpectedError): object {
  const text = {
    ...(what === undefined ? {} : { what: expect.stringMatching(what) as string }),
    ...(why === undefined ? {} : { why: expect.stringMatching(why) as string }),
  };
  return { code, text };
}

function asTarget(scene: WorkloadScene): Workload {
  const parsed = reverter.target.parse(scene.target);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.target;
}

/** The same kubeconfig for another address of the server. */
function copyOf(kubeconfig: string, server: string, other: string): string {
  const copy = join(scratchDirectory(), 'kubeconfig');
  writeFileSync(copy, readFileSync(kubeconfig, 'utf8').replace(server, other));
  return copy;
}

/** The name in a token: `system:serviceaccount:NAMESPACE:NAME`. */
function accountIn(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly sub: string };
  return claims.sub.split(':')[3] ?? '';
}
