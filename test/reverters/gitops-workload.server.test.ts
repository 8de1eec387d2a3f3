import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { join } from 'node:path';
import type { JsonObject } from '../../src/domain/json';
import type { LayerGoal, LayerPlan, LayerStep } from '../../src/domain/reverter';
import { GitOpsScene, deployedFile } from '../conformance/gitops-scene';
import { Bench } from '../fakes/bench';
import { caught } from '../fakes/caught';
import { PullRequestService } from '../fakes/pull-request-service';
import { describeWithServer } from '../servers/describe-with-server';
import { accountWith } from '../servers/kubernetes/account';

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

describeWithServer('kubernetes', 'gitops-workload', (kubeconfig = '') => {
  let scene: GitOpsScene;
  const open = async (tool: 'argo-cd' | 'flux'): Promise<void> => {
    scene = await new GitOpsScene(kubeconfig, tool).open();
  };
  afterEach(() => scene.close());

  const bench = (more: JsonObject = {}, source: JsonObject = {}): Bench => {
    const target = { ...scene.target, ...more, source: { ...(scene.target['source'] as JsonObject), ...source } };
    return new Bench('gitops-workload', target, { XDG_CACHE_HOME: join(scene.host.directory, 'cache') });
  };
  /** 2.0.4 is captured, 2.1.0 is live. */
  const badRelease = async (layer: Bench): Promise<LayerGoal> => {
    await scene.deploy('2.0.4');
    const goal = await layer.captured('2.0.4');
    await scene.deploy('2.1.0');
    return goal;
  };
  const stepsTo = async (layer: Bench, goal: LayerGoal): Promise<readonly LayerStep[]> =>
    stepsIn(await layer.assess(goal));
  const carryOut = async (layer: Bench, steps: readonly LayerStep[]): Promise<void> => {
    for (const step of steps) {
      await layer.revert(step);
      expect(await layer.verify(step)).toMatchObject([{ ok: true }]);
    }
  };
  const edit = async (body: JsonObject): Promise<void> => {
    await scene.objects.patchNamespacedCustomObject({ ...scene.kept, body }, merge);
  };

  describe('Argo CD', () => {
    it('is held, gets the commit by one synchronisation, and follows again exactly as before', async () => {
      await open('argo-cd');
      const layer = bench();
      const goal = await badRelease(layer);
      const before = await scene.controller.read();
      const steps = await stepsTo(layer, goal);
      const place = `Application ${scene.namespace}/payments`;
      expect(steps.map(({ summary }) => summary)).toEqual([
        `hold ${place}: it stops following main`,
        expect.stringMatching(/^deploy\/payments\/version on main back to 2\.0\.4 \(commit \w{10}\)$/),
        `let ${place} follow main again, as it did before`,
      ]);
      const [hold, commit, release] = steps as [LayerStep, LayerStep, LayerStep];
      await carryOut(layer, [hold]);
      expect(await scene.controller.read()).toMatchObject({
        metadata: {
          annotations: {
            'lastgood.dev/held-by': 'rb-test-1:layer/1',
            'lastgood.dev/held-policy': JSON.stringify(before.spec.syncPolicy?.automated),
          },
        },
        spec: { syncPolicy: { syncOptions: ['CreateNamespace=true'] } },
      });
      expect((await layer.observe()).summary).toContain('held by Lastgood');
      await carryOut(layer, [commit]);
      expect(scene.controller.deployed.slice(-2)).toEqual(['2.1.0', '2.0.4']);
      expect((await scene.controller.read()).spec.syncPolicy?.automated).toBeUndefined();
      await carryOut(layer, [release]);
      const after = await scene.controller.read();
      expect(after.spec).toEqual(before.spec);
      expect(Object.keys(after.metadata.annotations ?? {}).filter((key) => key.startsWith('lastgood.dev'))).toEqual([]);
    });

    it('is let go by the next plan when an earlier rollback left it held', async () => {
      await open('argo-cd');
      const layer = bench();
      const goal = await badRelease(layer);
      const before = await scene.controller.read();
      const [hold] = await stepsTo(layer, goal);
      await carryOut(layer, [hold!]);
      const again = await stepsTo(layer, goal);
      expect(again).toHaveLength(2);
      await carryOut(layer, again);
      expect((await scene.controller.read()).spec).toEqual(before.spec);
    });

    it('is synchronised by one operation where people synchronise by hand', async () => {
      await open('argo-cd');
      await edit({ spec: { syncPolicy: { automated: null } } });
      const layer = bench();
      const put = async (version: string): Promise<void> => {
        scene.host.commit({ [deployedFile]: `${version}\n` });
        await edit({ operation: { sync: { revision: scene.host.head() } } });
        await scene.controller.settled();
      };
      await put('2.0.4');
      const goal = await layer.captured('2.0.4');
      await put('2.1.0');
      const steps = await stepsTo(layer, goal);
      expect(steps).toHaveLength(1);
      await carryOut(layer, steps);
      expect(scene.controller.deployed.at(-1)).toBe('2.0.4');
    });

    it('is not waited for when it gave up, and its reason is told', async () => {
      await open('argo-cd');
      const layer = bench();
      const [hold, commit] = await stepsTo(layer, await badRelease(layer));
      await carryOut(layer, [hold!]);
      scene.controller.failsWith = 'one or more objects failed to apply: quota exceeded';
      await layer.revert(commit!);
      expect(await layer.verify(commit!)).toMatchObject([
        { ok: false, why: 'synchronisation Failed: one or more objects failed to apply: quota exceeded' },
      ]);
      scene.controller.failsWith = undefined;
      await carryOut(layer, [commit!]);
    });

    it('is left alone, and the files are named, when somebody commits to the paths while it is held', async () => {
      await open('argo-cd');
      const layer = bench();
      const [hold, commit] = await stepsTo(layer, await badRelease(layer));
      await carryOut(layer, [hold!]);
      const eves = scene.host.commit({ [deployedFile]: '3.0.0\n' }, 'eve', 'Hotfix');
      expect(await layer.dryRun(commit!)).toMatchObject({
        result: 'failed',
        why: expect.stringContaining(`${deployedFile} changed since the plan was made`),
      });
      expect(await layer.revert(commit!)).toMatchObject({ kind: 'drift', writes: 0 });
      expect(scene.host.head()).toBe(eves);
    });

    it('is not committed over when somebody let it follow again in the meantime', async () => {
      await open('argo-cd');
      const layer = bench();
      const [hold, commit] = await stepsTo(layer, await badRelease(layer));
      await carryOut(layer, [hold!]);
      await edit({ spec: { syncPolicy: { automated: {} } } });
      expect(await layer.revert(commit!)).toMatchObject({ kind: 'drift', writes: 0 });
    });

    it('is not held while a pull request waits for its merge, and follows the merge by itself', async () => {
      await open('argo-cd');
      const service = new PullRequestService(scene.host);
      const pullRequests = { api: await service.start(), repository: 'shop/shop', merge: '1s' };
      const layer = bench({ settle: '3s' }, { pullRequests });
      const steps = await stepsTo(layer, await badRelease(layer));
      expect(steps).toMatchObject([{ impact: expect.stringMatching(/^opens a pull request to main/) }]);
      await layer.revert(steps[0]!);
      expect(await layer.relate(steps[0]!)).toBe('between');
      expect(await layer.verify(steps[0]!)).toMatchObject([
        { ok: false, why: 'pull request #1 (https://git.shop.example/shop/shop/pull/1) waits for its merge' },
      ]);
      service.merge(1);
      expect(await layer.verify(steps[0]!)).toMatchObject([{ ok: true }]);
      await service.stop();
      expect(scene.controller.deployed.at(-1)).toBe('2.0.4');
    });

    it('is refused while its Image Updater would commit the bad image again', async () => {
      await open('argo-cd');
      const layer = bench();
      const goal = await badRelease(layer);
      const steps = await stepsTo(layer, goal);
      const key = 'argocd-image-updater.argoproj.io/image-list';
      await edit({ metadata: { annotations: { [key]: 'shop/payments' } } });
      const stop = `kubectl annotate applications.argoproj.io payments --namespace ${scene.namespace} ${key}-`;
      expect(await layer.assess(goal)).toMatchObject({ code: 'UPDATER_ACTIVE', compensation: [stop] });
      await layer.revert(steps[0]!);
      expect(await layer.dryRun(steps[1]!)).toMatchObject({ result: 'failed', level: 'updaters looked at' });
      const fault = await caught(layer.revert(steps[1]!));
      expect([fault.code, fault.text.next]).toEqual(['UPDATER_ACTIVE', `stop it: ${stop}`]);
      await edit({ metadata: { annotations: { [key]: null } } });
      await carryOut(layer, steps.slice(1));
    });

    it('is not held under an ApplicationSet, which would put its automation back: the commit alone goes', async () => {
      await open('argo-cd');
      const layer = bench();
      const goal = await badRelease(layer);
      const following = bench({ suspend: false });
      following.captures.put('', await layer.captures.get(goal.capture!));
      const [apiVersion, kind, name] = ['argoproj.io/v1alpha1', 'ApplicationSet', 'shops'];
      const { uid } = (await scene.create(apiVersion, kind, 'applicationsets', name, {})).metadata;
      await edit({ metadata: { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] } });
      expect(await layer.assess(goal)).toMatchObject({
        code: 'OWNED_ELSEWHERE',
        compensation: [
          'write `suspend: false` in the target: the commit alone, which automatic synchronisation then follows',
        ],
      });
      const steps = await stepsTo(following, goal);
      expect(steps).toHaveLength(1);
      await carryOut(following, steps);
      expect(scene.controller.deployed.at(-1)).toBe('2.0.4');
    });

    it('is refused when it deploys from another repository or branch than the catalog says', async () => {
      await open('argo-cd');
      const layer = bench();
      const goal = await badRelease(layer);
      await edit({ spec: { source: { targetRevision: 'v2.1.0' } } });
      expect(await layer.assess(goal)).toMatchObject({
        code: 'CATALOG_INVALID',
        why: expect.stringContaining('at v2.1.0, and the catalog names'),
      });
    });
  });

  describe('Flux', () => {
    it('is held, and deploys the commit when it follows again', async () => {
      await open('flux');
      const layer = bench();
      const goal = await badRelease(layer);
      const before = await scene.controller.read();
      const [hold, commit, release] = await stepsTo(layer, goal);
      await carryOut(layer, [hold!, commit!]);
      expect((await scene.controller.read()).spec.suspend).toBe(true);
      expect(scene.controller.deployed.at(-1)).toBe('2.1.0');
      await carryOut(layer, [release!]);
      expect(scene.controller.deployed.at(-1)).toBe('2.0.4');
      expect((await scene.controller.read()).spec).toEqual(before.spec);
    });

    it('is refused when somebody else suspended it, with the command that resumes it', async () => {
      await open('flux');
      const layer = bench();
      const goal = await badRelease(layer);
      await edit({ spec: { suspend: true } });
      expect(await layer.assess(goal)).toMatchObject({
        code: 'OWNED_ELSEWHERE',
        compensation: [
          `ask who suspended it, then: kubectl patch kustomizations.kustomize.toolkit.fluxcd.io payments --namespace ${scene.namespace} --type merge --patch '{"spec":{"suspend":false}}'`,
        ],
      });
    });

    it('is refused while an image automation writes into the paths, and warns of one that is suspended', async () => {
      await open('flux');
      const layer = bench();
      scene.host.commit({ 'deploy/payments/image.yaml': 'newTag: 1 # {"$imagepolicy": "flux-system:payments:tag"}\n' });
      const goal = await badRelease(layer);
      const spec = { sourceRef: { kind: 'GitRepository', name: 'shop' }, update: { path: './deploy' } };
      const kept = { group: 'image.toolkit.fluxcd.io', version: 'v1beta2', plural: 'imageupdateautomations' };
      await scene.create('image.toolkit.fluxcd.io/v1beta2', 'ImageUpdateAutomation', kept.plural, 'shop', spec);
      expect(await layer.assess(goal)).toMatchObject({
        code: 'UPDATER_ACTIVE',
        compensation: [
          `kubectl patch imageupdateautomations.image.toolkit.fluxcd.io shop --namespace ${scene.namespace} --type merge --patch '{"spec":{"suspend":true}}'`,
        ],
      });
      const call = { ...kept, namespace: scene.namespace, name: 'shop', body: { spec: { suspend: true } } };
      await scene.objects.patchNamespacedCustomObject(call, merge);
      expect(await layer.assess(goal)).toMatchObject({
        kind: 'steps',
        risks: [
          `ImageUpdateAutomation ${scene.namespace}/shop is suspended; exclude the bad version in its policy before it is resumed`,
        ],
      });
    });
  });

  describe('the rights of the worker', () => {
    const flux = 'toolkit.fluxcd.io';
    const noUpdater = `imageupdateautomations.image.${flux}`;

    it.each<['argo-cd' | 'flux', readonly (readonly [resource: string, verb: string, without: string])[]]>([
      [
        'argo-cd',
        [
          ['applications.argoproj.io', 'get', 'stops at the look'],
          ['applications.argoproj.io', 'patch', 'stops at the rehearsal'],
          ['applications.argoproj.io', 'watch', 'goes on'],
        ],
      ],
      [
        'flux',
        [
          [`kustomizations.kustomize.${flux}`, 'get', 'stops at the look'],
          [`kustomizations.kustomize.${flux}`, 'patch', 'stops at the rehearsal'],
          [`gitrepositories.source.${flux}`, 'get', 'stops at the look'],
          [noUpdater, 'list', 'stops at the look'],
          [`kustomizations.kustomize.${flux}`, 'watch', 'goes on'],
          [`gitrepositories.source.${flux}`, 'patch', 'stops at the write'],
        ],
      ],
    ])(
      'for %s: exactly the documented ones are enough, and each one less is named or done without',
      async (tool, rights) => {
        await open(tool);
        const goal = await badRelease(bench());
        const endWithout = async (missing?: string): Promise<string> => {
          await scene.deploy('2.1.0');
          const left = rights.filter(([resource, verb]) => `${verb} ${resource}` !== missing);
          const granted = left.map(([resource, verb]) => ({ resource, verb }));
          const layer = bench({ kubeconfig: await accountWith(kubeconfig, scene.namespace, granted) });
          layer.captures.put('', {
            commit: goodCommit(),
            digest: scene.host.digestOf(['deploy/payments'], goodCommit()),
          });
          return endOf(layer, goal, missing ?? '');
        };
        expect(await endWithout()).toBe('goes on');
        for (const [resource, verb, without] of rights)
          expect([verb, resource, await endWithout(`${verb} ${resource}`)]).toEqual([verb, resource, without]);
      },
      // A rollback for every right, each of dozens of git processes.
      180_000,
    );

    const goodCommit = (): string =>
      scene.host.commits().find((commit) => scene.host.read(deployedFile, commit) === '2.0.4\n') ?? '';

    async function endOf(layer: Bench, goal: LayerGoal, missing: string): Promise<string> {
      let at = 'look';
      try {
        const steps = await stepsTo(layer, goal);
        at = 'rehearsal';
        for (const step of steps) {
          const { result, why = '' } = await layer.dryRun(step);
          if (result !== 'passed') throw new Error(why);
        }
        at = 'write';
        await carryOut(layer, steps);
        return 'goes on';
      } catch (thrown) {
        const said = (thrown as Error).message;
        const [verb = '', resource = ''] = missing.split(' ');
        return said.includes(`cannot ${verb} resource "${resource.split('.')[0]}"`) ? `stops at the ${at}` : said;
      }
    }
  });
});

function stepsIn(plan: LayerPlan): readonly LayerStep[] {
  if (plan.kind === 'steps') return plan.steps;
  throw new Error(`expected steps: ${JSON.stringify(plan)}`);
}
