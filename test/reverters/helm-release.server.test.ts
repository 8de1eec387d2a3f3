import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorld } from '../../src/adapters/world';
import type { JsonObject } from '../../src/domain/json';
import type { CommandRequest, CommandResult, World } from '../../src/domain/ports';
import type { LayerGoal, LayerPlan, LayerStep, ReverterContext } from '../../src/domain/reverter';
import { helmRelease as reverter } from '../../src/reverters/helm-release';
import type { HelmTarget } from '../../src/reverters/parts/helm-target';
import { HelmScene } from '../conformance/helm-scene';
import { missDeadline } from '../conformance/workload-scene';
import { CaptureMemory, contextIn } from '../fakes/context';
import { Crash } from '../fakes/crashing-world';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';

describeWithServer(['kubernetes', 'helm'], 'helm-release beside helm rollback', (kubeconfig = '', helm = '') => {
  const world = createWorld();
  const captures = new CaptureMemory();
  const ctx = (): ReverterContext => contextIn(world, { captures });
  let scene: HelmScene;

  const open = async (more: JsonObject = {}): Promise<HelmTarget> => {
    scene = await new HelmScene(kubeconfig, helm).open();
    const parsed = reverter.target.parse({ ...scene.target, ...more });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return parsed.target;
  };
  afterEach(() => scene.place.close());

  const planTo = async (target: HelmTarget, goal: LayerGoal): Promise<LayerPlan> =>
    reverter.assess(target, await reverter.observe(target, ctx()), goal, ctx());
  const stepTo = async (target: HelmTarget, version: string): Promise<LayerStep> => {
    const plan = await planTo(target, { version });
    const step = plan.kind === 'steps' ? plan.steps[0] : undefined;
    if (step === undefined) throw new Error(JSON.stringify(plan));
    return step;
  };

  it('goes to the release that was good, where `helm rollback` goes to the one before, which had failed', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    await expect(scene.helm(...scene.upgradeArguments('2.1.0-broken'), '--wait', '--timeout', '1s')).rejects.toThrow();
    await scene.upgrade('2.1.0');
    expect(await scene.history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
    await scene.helm('rollback', 'payments');
    expect(await scene.image()).toBe('2.1.0-broken');

    await scene.upgrade('2.1.0');
    const step = await stepTo(target, '2.0.4');
    expect(step.summary).toBe(
      'revision 5 → revision 1 (payments-1.0.4): ' +
        'Deployment payments: payments: image shop/payments:2.1.0 → :2.0.4; ConfigMap payments: data.RELEASE',
    );
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted', writes: 1 });
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.image()).toBe('2.0.4');
    const history = await scene.history();
    expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'already-there', writes: 0 });
    expect(await scene.history()).toEqual(history);
  });

  it('knows what Helm keeps by what it holds, so that day one can record it', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    const { fingerprint } = await reverter.observe(target, ctx());
    await expect(scene.helm(...scene.upgradeArguments('2.1.0-broken'), '--wait', '--timeout', '1s')).rejects.toThrow();
    await scene.upgrade('2.1.0');
    expect(await reverter.identify?.(target, ctx())).toEqual([
      {
        version: '2.0.4',
        digest: fingerprint,
        source: 'revision 1 (payments-1.0.4)',
        atMs: expect.any(Number) as number,
      },
    ]);
    const goal = { version: '2.0.4', artifact: { layer: 'release', name: 'payments', digest: fingerprint } };
    expect(await planTo(target, goal)).toMatchObject({ kind: 'steps', steps: [{ to: fingerprint }] });
  });

  it('does not take the deadline that the bad release has missed for its own', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    await scene.helm(...scene.upgradeArguments('2.1.0-broken'));
    await missDeadline(kubeconfig, scene.place.namespace, 2);
    const step = await stepTo(target, '2.0.4');
    await reverter.revert(target, step, ctx());
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect(await scene.image()).toBe('2.0.4');
  });

  it('ends the same when it dies before or after Helm is told to roll back', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    for (const when of ['before', 'after'] as const) {
      await scene.upgrade('2.1.0');
      const step = await stepTo(target, '2.0.4');
      await expect(reverter.revert(target, step, { ...ctx(), world: dying(world, when) })).rejects.toThrow(Crash);
      const { kind } = await reverter.revert(target, step, ctx());
      expect([when, kind, await scene.image()]).toEqual([
        when,
        when === 'before' ? 'reverted' : 'already-there',
        '2.0.4',
      ]);
    }
    expect(await scene.history()).toHaveLength(5);
  });

  it('takes up a rollback that was killed, and leaves nothing behind, where a retried `helm rollback` leaves what only the bad release has', async () => {
    const target = await open({ hooks: 'skip' });
    const extra = (): Promise<unknown> => scene.place.read('v1', 'ConfigMap', 'extra');
    await scene.upgrade('2.0.4', { wait: 'pre-rollback' });
    await scene.upgrade('2.1.0', { extra: 'yes' });
    await scene.cutOff('pending-rollback', ['rollback', 'payments', '1']);
    await scene.helm('rollback', 'payments', '1', '--no-hooks', '--wait');
    expect(await extra()).toBeDefined();

    await scene.upgrade('2.1.0', { extra: 'yes' });
    const step = await stepTo(target, '2.0.4');
    await scene.place.core.deleteCollectionNamespacedPod({
      namespace: scene.place.namespace,
      labelSelector: 'app=wait',
    });
    await scene.cutOff('pending-rollback', ['rollback', 'payments', '1']);
    expect(reverter.relate(await reverter.observe(target, ctx()), step)).toBe('between');
    const later = { ...ctx(), now: () => Date.now() + 3_600_000 };
    expect(await reverter.revert(target, step, later)).toMatchObject({ kind: 'reverted', writes: 2 });
    expect((await reverter.verify(target, step, ctx())).filter(({ ok }) => !ok)).toEqual([]);
    expect([await scene.image(), await extra()]).toEqual(['2.0.4', undefined]);
  });

  it('refuses while another Helm is at work, with the command for the case that none is', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    await scene.cutOff('pending-upgrade', scene.upgradeArguments('2.1.0', { wait: 'pre-upgrade' }));
    expect(await planTo(target, { version: '2.0.4' })).toMatchObject({
      kind: 'refused',
      code: 'OPERATION_RUNNING',
      compensation: [
        'wait until it has ended, and plan again',
        `if no Helm runs any more: helm rollback payments 1 --wait --namespace ${scene.place.namespace}`,
      ],
    });
  });

  it('says what hooks did, which object is deleted with its data, and that Helm tries no object in a dry run', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    await scene.helm(...scene.upgradeArguments('2.1.0', { claim: 'yes', hook: 'pre-upgrade' }));
    const plan = await planTo(target, { version: '2.0.4' });
    expect(plan).toMatchObject({
      steps: [{ reversibility: 'lossy', guard: 'read-then-write' }],
      loses: [{ id: 'PersistentVolumeClaim payments', describe: 'Helm deletes it with the data on its volume' }],
      cannotUndo: [
        { id: 'ConfigMap migrate', describe: 'ran as pre-upgrade hook of the release that goes; what it did stays' },
      ],
    });
    const [step] = plan.kind === 'steps' ? plan.steps : [];
    expect(await reverter.dryRun(target, step!, ctx())).toEqual({
      result: 'passed',
      level: 'revision 1 is there and holds what was planned; no object was tried',
    });
  });

  it('blocks older values of Secrets unless the catalog wants them, and never shows one', async () => {
    const keyFile = join(scratchDirectory(), 'key');
    writeFileSync(keyFile, 'a key of this test');
    const target = await open({ fingerprintKey: { secretRef: `file:${keyFile}` } });
    await scene.upgrade('2.0.4', { password: 'canary-old' });
    await scene.upgrade('2.1.0', { password: 'canary-new' });
    const blocked = await planTo(target, { version: '2.0.4' });
    expect(blocked).toMatchObject({
      kind: 'refused',
      code: 'SECRET_ROTATED',
      why: expect.stringContaining('other values of Secret payments-db password') as string,
    });
    const wanted = { ...target, secrets: 'restore' } as const;
    const plan = await planTo(wanted, { version: '2.0.4' });
    expect(plan).toMatchObject({
      kind: 'steps',
      risks: ['older values of Secrets come back (`secrets: restore`): Secret payments-db password'],
    });
    const seen = await reverter.observe(target, ctx());
    expect(JSON.stringify([blocked, plan, seen, await reverter.capture(target, seen, ctx())])).not.toMatch(
      /canary|Y2FuYXJ5/,
    );
  });

  it('refuses a captured release that Helm has pruned, and says how to get it back', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    const seen = await reverter.observe(target, ctx());
    const capture = captures.put(seen.fingerprint, await reverter.capture(target, seen, ctx()));
    await scene.upgrade('2.0.5', {}, '--history-max', '2');
    await scene.upgrade('2.1.0', {}, '--history-max', '2');
    expect(await scene.history()).toEqual(['2 superseded', '3 deployed']);
    expect(await planTo(target, { version: '2.0.4', capture })).toMatchObject({
      kind: 'refused',
      code: 'ARTIFACT_MISSING',
      why: expect.stringContaining('it keeps: revision 3 2.1.0 (payments-1.1.0), revision 2 2.0.5') as string,
    });
  });

  it('takes an image that was changed past Helm for drift, and writes nothing over it', async () => {
    const target = await open();
    await scene.upgrade('2.0.4');
    await scene.upgrade('2.1.0');
    const step = await stepTo(target, '2.0.4');
    await scene.changeImage('shop/payments:2.1.1-hotfix');
    expect(await reverter.revert(target, step, ctx())).toMatchObject({
      kind: 'drift',
      writes: 0,
      seen: { summary: expect.stringContaining('changed past Helm: Deployment payments: payments runs') as string },
    });
    expect(await scene.image()).toBe('2.1.1-hotfix');
  });

  it('tells releases of one chart by the tag of their image', async () => {
    const target = await open({ version: 'image' });
    await scene.upgrade('2.0.0', { tag: '2.0.4' });
    await scene.upgrade('2.0.0', { tag: '2.1.0' });
    const seen = await reverter.observe(target, ctx());
    expect([seen.version, seen.candidates.map(({ version }) => version)]).toEqual(['2.1.0', ['2.0.4']]);
    expect((await stepTo(target, '2.0.4')).goal).toMatchObject({ revision: 1, version: '2.0.4' });
  });

  it('names a release or a context that is not there', async () => {
    const target = await open();
    await expect(reverter.observe({ ...target, release: 'orders' }, ctx())).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
    await expect(reverter.observe({ ...target, context: 'admn' }, ctx())).rejects.toMatchObject({
      code: 'KUBERNETES_DENIED',
      text: { why: expect.stringContaining('"admn" does not exist') as string },
    });
  });
});

/** A world that dies when Helm is told to roll back. */
function dying(world: World, when: 'before' | 'after'): World {
  const run = async (request: CommandRequest): Promise<CommandResult> => {
    const isWrite = request.argv.includes('rollback');
    if (isWrite && when === 'before') throw new Crash();
    const result = await world.commands.run(request);
    if (isWrite) throw new Crash();
    return result;
  };
  return { ...world, commands: { run } };
}
