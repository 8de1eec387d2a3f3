import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { bundleEdited } from '../replay/edited-bundle';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { RoadTest, type WorkerDeploymentOptions } from './road';

/** The workflows as the next version could have them: something more happens after an approval, behind a patch. */
const nextVersion = {
  file: 'rollback.ts',
  replace: [
    ['  workflowInfo,\n}', '  workflowInfo,\n  patched,\n  sleep,\n}'],
    [
      '    const ending = await afterReverting(road, opened, outline, await revertAll(road, opened, outline));',
      "    if (patched('next-version')) await sleep(1);\n" +
        "    road.record.add({ kind: 'noticed', note: 'the next version goes on' });\n" +
        '    const ending = await afterReverting(road, opened, outline, await revertAll(road, opened, outline));',
    ],
  ],
} as const;

describeWithServer(['temporal', 'postgres'], 'a rollback across an upgrade of its worker', (address, postgres) => {
  let before: WorkflowBundleWithSourceMap;
  let after: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;
  let deploymentName: string;

  beforeAll(async () => {
    [before, after] = [await bundleWorkflows(), await bundleEdited(nextVersion)];
  });

  beforeEach(async () => {
    deploymentName = `lastgood-${randomUUID()}`;
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest();
    await road.open(address ?? '', database.url, before);
  });

  afterEach(async () => {
    await road.close();
    await database.stop();
  });

  /** It went on in the new version, and no task of it ever failed. */
  async function isSharedBy(handle: WorkflowHandle): Promise<void> {
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    expect((await road.progressOf(handle)).notes).toContain('the next version goes on');
    const { events } = await handle.fetchHistory();
    expect(events?.filter(({ workflowTaskFailedEventAttributes: failed }) => failed != null)).toEqual([]);
  }

  it('is planned by one build and finished by the next, when the first is gone', async () => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await road.stopWorkers();
    await road.startWorkers(after);
    await road.approve(handle);
    await isSharedBy(handle);
  });

  const version = (buildId: string) => ({ deploymentName, buildId });
  const build = (buildId: string, defaultVersioningBehavior: 'AUTO_UPGRADE' | 'PINNED'): WorkerDeploymentOptions => ({
    version: version(buildId),
    useWorkerVersioning: true,
    defaultVersioningBehavior,
  });

  /** `temporal worker deployment set-current-version`, as soon as the server has heard of the build. */
  async function makeCurrent(buildId: string): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const request = { namespace: 'default', deploymentName, buildId, identity: 'test' };
        await road.client.workflowService.setWorkerDeploymentCurrentVersion(request);
        return;
      } catch (thrown) {
        if (attempt > 50) throw thrown;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async function replaceWorkers(
    bundle: WorkflowBundleWithSourceMap,
    deployment: WorkerDeploymentOptions,
  ): Promise<void> {
    await road.stopWorkers();
    await road.startWorkers(bundle, deployment);
    await makeCurrent(deployment.version.buildId);
  }

  it('moves to the build that was made current, when its workers are versioned and it upgrades by itself', async () => {
    await replaceWorkers(before, build('a-1', 'AUTO_UPGRADE'));
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await replaceWorkers(after, build('a-2', 'AUTO_UPGRADE'));
    await road.approve(handle);
    await isSharedBy(handle);
  });

  it('waits for its own build when it is pinned, until somebody moves it', async () => {
    await replaceWorkers(before, build('p-1', 'PINNED'));
    const handle = await road.start(['orders']);
    const ask = await road.openAsk(handle);
    await replaceWorkers(after, build('p-2', 'PINNED'));
    await handle.signal('approve', { ask: ask.id, planDigest: ask.planDigest });
    const { raw } = await handle.describe();
    expect(raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId).toBe('p-1');
    expect(raw.pendingWorkflowTask?.startedTime ?? undefined).toBeUndefined();
    const { PINNED_OVERRIDE_BEHAVIOR_PINNED: behavior } =
      temporal.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior;
    await road.client.workflowService.updateWorkflowExecutionOptions({
      namespace: 'default',
      workflowExecution: { workflowId: handle.workflowId },
      workflowExecutionOptions: { versioningOverride: { pinned: { behavior, version: version('p-2') } } },
      updateMask: { paths: ['versioning_override'] },
    });
    await isSharedBy(handle);
  });
});
