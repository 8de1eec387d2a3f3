import { createWorld } from '../../src/adapters/world';
import type { CaptureRef, LayerPlan, LayerStep } from '../../src/domain/reverter';
import { kubernetesConfig } from '../../src/reverters/kubernetes-config';
import type { Config } from '../../src/reverters/parts/config';
import { ConfigScene } from '../conformance/config-scene';
import type { Manifest } from '../conformance/namespace-scene';
import { VersionScene } from '../conformance/version-scene';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';

const reverter = asWorker(kubernetesConfig);

describeWithServer('kubernetes', 'kubernetes-config beside other hands', (kubeconfig = '') => {
  const world = createWorld();
  const captures = new CaptureMemory();
  const ctx = (): ReturnType<typeof contextIn> => contextIn(world, { captures });
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const scene of opened.splice(0)) await scene.close();
  });

  const targetOf = (value: unknown): Config => {
    const parsed = reverter.target.parse(value);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return parsed.target;
  };
  const open = async (kind: 'ConfigMap' | 'Secret', more: object = {}) => {
    const scene = await ConfigScene.open(kubeconfig, kind);
    opened.push(scene);
    return { scene, target: targetOf({ ...scene.target, ...more }) };
  };
  const openVersions = async (kind: 'ConfigMap' | 'Secret', more: object = {}) => {
    const scene = await VersionScene.open(kubeconfig, kind);
    opened.push(scene);
    return { scene, target: targetOf({ ...scene.target, ...more }) };
  };
  const captureOf = async (target: Config): Promise<CaptureRef> => {
    const seen = await reverter.observe(target, ctx());
    return captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx()));
  };
  const assess = async (target: Config, capture?: CaptureRef): Promise<LayerPlan> => {
    const goal = { version: '2.0.4', ...(capture === undefined ? {} : { capture }) };
    return reverter.assess(target, await reverter.observe(target, ctx()), goal, ctx());
  };
  const stepOf = (plan: LayerPlan): LayerStep => {
    const [step] = plan.kind === 'steps' ? plan.steps : [];
    if (step === undefined) throw new Error(JSON.stringify(plan));
    return step;
  };

  describe('a Secret', () => {
    it('comes back without its values appearing anywhere, not even in the refusal of an admission policy', async () => {
      const { scene, target } = await open('Secret');
      await scene.apply('2.0.4');
      const capture = await captureOf(target);
      await scene.apply('2.1.0');
      const seen = await reverter.observe(target, ctx());
      const plan = await assess(target, capture);
      const step = stepOf(plan);
      expect(step.summary).toBe(`Secret ${scene.space.namespace}/payments: TOKEN, VERSION changed back`);
      expect(seen.fingerprint).toMatch(/^hmac-sha256:/);
      await scene.space.refuseWrites('secrets', 'canary in your Secret: ');
      const said = await reverter.dryRun(target, step, ctx());
      expect(said).toMatchObject({ result: 'failed', why: expect.stringContaining('canary in your Secret: [secret') });
      const refused: unknown = await reverter.revert(target, step, ctx()).catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({ code: 'KUBERNETES_REFUSED' });
      await scene.space.acceptWrites();
      const outcome = await reverter.revert(target, step, ctx());
      const measured = await reverter.verify(target, step, ctx());
      expect(outcome).toMatchObject({ kind: 'reverted', writes: 1 });
      const shown = [seen, plan, said, outcome, measured, String(refused), refused];
      expect(JSON.stringify(shown)).not.toMatch(/canary-token|Y2FuYXJ5LXRva2Vu/);
      expect(String((refused as Error).cause)).not.toMatch(/canary-token|Y2FuYXJ5LXRva2Vu/);
    });

    it('keeps its current values when whoever rotated it has said so, and says why', async () => {
      const { scene, target } = await open('Secret');
      await scene.apply('2.0.4');
      const capture = await captureOf(target);
      const at = new Date(Date.now() + 1_000).toISOString();
      await scene.apply('2.1.0', { metadata: { name: 'payments', annotations: { 'lastgood.dev/rotated-at': at } } });
      const { fingerprint } = await reverter.observe(target, ctx());
      const place = `Secret ${scene.space.namespace}/payments`;
      const why = `${place} as of 2.0.4 is BLOCKED as a target: it was rotated or revoked since (it is annotated lastgood.dev/rotated-at: ${at})`;
      expect(await assess(target, capture)).toEqual({
        kind: 'at-target',
        fingerprint,
        keeps: [`${why}; the current values stay`],
      });
      expect(await assess({ ...target, rotated: 'refuse' }, capture)).toMatchObject({
        kind: 'refused',
        code: 'SECRET_ROTATED',
        why,
      });
      const restored = await assess({ ...target, rotated: 'restore' }, capture);
      expect(restored).toMatchObject({ kind: 'steps', risks: [expect.stringMatching(/^values come back that were/)] });
    });

    it('comes back when it was rotated before it was captured', async () => {
      const { scene, target } = await open('Secret');
      const metadata = { name: 'payments', annotations: { 'lastgood.dev/rotated-at': '2026-01-01T00:00:00Z' } };
      await scene.apply('2.0.4', { metadata });
      const capture = await captureOf(target);
      await scene.apply('2.1.0', { metadata });
      expect(await assess(target, capture)).toMatchObject({ kind: 'steps', risks: [] });
    });

    it('keeps values that another hand wrote since, but not those of the pipeline that wrote it before', async () => {
      const { scene, target } = await open('Secret');
      await scene.apply('2.0.4');
      const capture = await captureOf(target);
      await scene.apply('2.1.0');
      expect(await assess(target, capture)).toMatchObject({ kind: 'steps' });
      await scene.apply('2.2.0', {}, 'vault-rotator');
      expect(await assess(target, capture)).toMatchObject({
        kind: 'at-target',
        keeps: [expect.stringContaining('(vault-rotator has written it since)')],
      });
    });

    it('takes its own earlier restore for no rotation', async () => {
      const { scene, target } = await open('Secret');
      await scene.apply('2.1.0');
      const bad = await captureOf(target);
      await scene.apply('2.0.4');
      const good = await captureOf(target);
      await scene.apply('2.1.0');
      await reverter.revert(target, stepOf(await assess(target, good)), ctx());
      expect(await assess(target, bad)).toMatchObject({ kind: 'steps' });
    });

    it.each<[string, object]>([
      ['External Secrets keeps it', { annotations: { 'reconcile.external-secrets.io/data-hash': 'abc' } }],
      ['cert-manager keeps it', { annotations: { 'cert-manager.io/certificate-name': 'payments' } }],
      [
        'SealedSecret payments keeps it',
        {
          ownerReferences: [
            {
              apiVersion: 'bitnami.com/v1alpha1',
              kind: 'SealedSecret',
              name: 'payments',
              uid: 'u-1',
              controller: true,
            },
          ],
        },
      ],
    ])('is left to its keeper: %s', async (reason, more) => {
      const { scene, target } = await open('Secret');
      await scene.apply('2.0.4', { metadata: { name: 'payments', ...more } });
      const capture = await captureOf(target);
      await scene.apply('2.1.0', { metadata: { name: 'payments', ...more } });
      expect(await assess(target, capture)).toMatchObject({
        kind: 'at-target',
        keeps: [expect.stringContaining(`(${reason})`)],
      });
    });
  });

  describe('in place', () => {
    it('names the workloads that read it only when they start, with the command that restarts them', async () => {
      const { scene, target } = await open('ConfigMap');
      await scene.apply('2.0.4');
      const capture = await captureOf(target);
      await scene.apply('2.1.0');
      await scene.space.apply(reader('by-env', { env: [{ name: 'V', valueFrom: key('payments') }] }));
      await scene.space.apply(reader('by-volume', { volumeMounts: [{ name: 'v', mountPath: '/v' }] }));
      await scene.space.apply(
        reader('by-file', { volumeMounts: [{ name: 'v', mountPath: '/v/f', subPath: 'VERSION' }] }),
      );
      const plan = await assess(target, capture);
      const { namespace } = scene.space;
      const restart = `kubectl rollout restart deployment/by-env --namespace ${namespace}`;
      expect(plan).toMatchObject({
        steps: [{ impact: expect.stringMatching(/restart needed: Deployment by-env, Deployment by-file$/) }],
        risks: [
          `restart needed: Deployment by-env reads it only when its pods start (env V of app); unless its own layer replaces them after this one:  ${restart}`,
          expect.stringContaining('Deployment by-file reads it only when its pods start (volume v)'),
        ],
      });
    });

    it('does not overwrite a change that comes between its look and its write', async () => {
      const { scene, target } = await open('ConfigMap');
      await scene.apply('2.0.4');
      const capture = await captureOf(target);
      const more = { metadata: { name: 'payments', annotations: { team: 'payments' } } };
      await scene.apply('2.1.0', more);
      const step = stepOf(await assess(target, capture));
      const { kubernetes } = world;
      const late: typeof kubernetes.patch = async (...call) => {
        await scene.apply('3.0.0', more);
        return kubernetes.patch(...call);
      };
      const racing = contextIn({ ...world, kubernetes: { ...kubernetes, patch: late } }, { captures });
      await expect(kubernetesConfig.revert(target, step, racing)).rejects.toMatchObject({
        code: 'KUBERNETES_CONFLICT',
      });
      expect((await scene.read())?.data?.['VERSION']).toBe('3.0.0');
      expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'drift', writes: 0 });
    });

    it('refuses what is immutable with the command that makes way, and then makes it again as it was', async () => {
      const { scene, target } = await open('ConfigMap');
      const labels = { team: 'payments' };
      await scene.apply('2.0.4', { immutable: true, metadata: { name: 'payments', labels } });
      const capture = await captureOf(target);
      await scene.remove();
      await scene.apply('2.1.0', { immutable: true });
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        code: 'OBJECT_IMMUTABLE',
        compensation: [
          expect.stringContaining(`kubectl delete configmap/payments --namespace ${scene.space.namespace}`),
          expect.anything(),
        ],
      });
      await scene.remove();
      const step = stepOf(await assess(target, capture));
      expect(step.summary).toMatch(/created again with 2 keys$/);
      await reverter.revert(target, step, ctx());
      expect(await scene.read()).toMatchObject({ immutable: true, metadata: { labels }, data: { VERSION: '2.0.4' } });
    });

    it('refuses what was never captured, and what Argo CD would put back', async () => {
      const { scene, target } = await open('ConfigMap');
      await scene.apply('2.0.4');
      const capture = await captureOf(target);
      expect(await assess(target)).toMatchObject({ kind: 'refused', code: 'CAPTURE_MISSING' });
      await scene.apply('2.1.0');
      const step = stepOf(await assess(target, capture));
      await scene.apply('2.1.0', { metadata: { name: 'payments', labels: { 'argocd.argoproj.io/instance': 'shop' } } });
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        code: 'OWNED_ELSEWHERE',
        compensation: expect.arrayContaining(['revert the commit in the repository that it is deployed from']),
      });
      await expect(reverter.revert(target, step, ctx())).rejects.toMatchObject({ code: 'OWNED_ELSEWHERE' });
    });

    it('names the verb and the object that the account of the worker lacks', async () => {
      const { target } = await open('ConfigMap', { context: 'viewer' });
      await expect(reverter.observe(target, ctx())).rejects.toMatchObject({
        code: 'KUBERNETES_DENIED',
        text: { why: expect.stringContaining('cannot get resource "configmaps"') as string },
      });
    });
  });

  describe('by versions', () => {
    it('refuses a version that is gone, which the API server itself would accept', async () => {
      const { scene, target } = await openVersions('ConfigMap');
      await scene.deploy('2.0.4');
      const capture = await captureOf(target);
      await scene.deploy('2.1.0');
      await scene.space.remove(scene.settings('2.0.4'));
      const place = `ConfigMap ${scene.space.namespace}/settings-2.0.4`;
      expect(await assess(target, capture)).toMatchObject({
        kind: 'refused',
        reason: 'unavailable',
        code: 'ARTIFACT_MISSING',
        why: `${place} is not there: pods that name it would not start`,
      });
      await scene.deploy('2.0.4');
      expect((await reverter.observe(target, ctx())).version).toBe('2.0.4');
    });

    it('refuses a version that holds something else than when it was captured', async () => {
      const { scene, target } = await openVersions('ConfigMap');
      await scene.deploy('2.0.4');
      const capture = await captureOf(target);
      await scene.deploy('2.1.0');
      const step = stepOf(await assess(target, capture));
      await scene.space.remove(scene.settings('2.0.4'));
      await scene.space.apply(scene.settings('2.0.4', { data: { TOKEN: 'another' } }));
      expect(await assess(target, capture)).toMatchObject({ kind: 'refused', code: 'ARTIFACT_CHANGED' });
      await expect(reverter.revert(target, step, ctx())).rejects.toMatchObject({ code: 'ARTIFACT_CHANGED' });
    });

    it('finds the version that is named after the release when nothing was captured, and leaves the rest of the template', async () => {
      const { scene, target } = await openVersions('ConfigMap');
      await scene.deploy('2.1.0', 'shop/payments:7');
      const step = stepOf(await assess(target));
      expect(step.summary).toBe(
        `Deployment ${scene.space.namespace}/payments: ConfigMap settings-2.1.0 → settings-2.0.4 (envFrom of payments, volume settings)`,
      );
      expect(await reverter.dryRun(target, step, ctx())).toMatchObject({ result: 'passed' });
      await reverter.revert(target, step, ctx());
      expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
      const live = JSON.stringify(await scene.read());
      expect(live).toContain('shop/payments:7');
      expect(live).toContain('"unrelated"');
    });

    it('keeps the current version of a Secret when the older one was revoked', async () => {
      const { scene, target } = await openVersions('Secret');
      await scene.deploy('2.0.4');
      const capture = await captureOf(target);
      await scene.deploy('2.1.0');
      expect(await assess(target, capture)).toMatchObject({ kind: 'steps', risks: [] });
      const annotations = { 'lastgood.dev/revoked': 'true' };
      await scene.space.apply(scene.settings('2.0.4', { metadata: { name: 'settings-2.0.4', annotations } }));
      const place = `Secret ${scene.space.namespace}/settings-2.0.4`;
      expect(await assess(target, capture)).toMatchObject({
        kind: 'at-target',
        keeps: [expect.stringMatching(`^${place} as of 2.0.4 is BLOCKED as a target: .*lastgood.dev/revoked`)],
      });
    });
  });
});

function key(name: string): object {
  return { configMapKeyRef: { name, key: 'VERSION' } };
}

/** A Deployment without pods that reads the ConfigMap `payments` in its own way. */
function reader(name: string, container: { readonly volumeMounts?: unknown; readonly env?: unknown }): Manifest {
  const labels = { app: name };
  const volumes = container.volumeMounts === undefined ? [] : [{ name: 'v', configMap: { name: 'payments' } }];
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'x', ...container }], volumes } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}
