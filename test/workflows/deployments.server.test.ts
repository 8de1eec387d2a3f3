import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import type { CatalogPolicies } from '../../src/domain/catalog';
import { artifactDigest } from '../fakes/instant-layer';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { good, RoadTest } from './road';

describeWithServer(['temporal', 'postgres'], 'a rollback while a pipeline deploys', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  beforeEach(async () => {
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest();
    await road.open(address ?? '', database.url, bundle);
  });

  afterEach(async () => {
    await road.close();
    await database.stop();
  });

  /** Payments moves along when orders is rolled back. */
  async function aPipelineBegins(): Promise<void> {
    const artifacts = [{ layer: 'workload', name: 'payments', digest: artifactDigest('payments', '2.2.0') }];
    const releases = [{ component: 'payments', version: '2.2.0', artifacts }];
    await road.inventory.releases.begin({ environment: 'test', deployment: 'build-9', releases }, 'ci');
  }

  function policy(deploymentInProgress: NonNullable<CatalogPolicies['deploymentInProgress']>): void {
    road.catalog = { ...road.catalog, policies: { ...road.catalog.policies, deploymentInProgress } };
  }

  it('waits under its locks until the pipeline says that it has ended, and tells other pipelines to wait', async () => {
    await aPipelineBegins();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const { notes } = await road.until(handle, (progress) => progress.notes.some((note) => note.startsWith('waits')));
    expect(notes.find((note) => note.startsWith('waits'))).toMatch(
      /^waits for the end of deployment build-9 of payments, at most until \d\d:\d\d UTC; if it has ended: {2}lastgood release finish test build-9 --status failed$/,
    );
    const gate = await road.inventory.releases.gate('test', 'payments', '2.2.0');
    expect(gate.reasons.join()).toContain('payments is being rolled back in test by rb-test-1 (');
    expect(road.changes()).toEqual([]);
    await road.inventory.releases.finish('test', 'build-9', 'failed', 'ci');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
  });

  it('can be stopped while it waits', async () => {
    await aPipelineBegins();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ notes }) => notes.some((note) => note.startsWith('waits')));
    await handle.signal('stop', { comment: 'fix forward' });
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
    expect(await road.inventory.locks.held()).toEqual([]);
  });

  it('goes on when the requester pre-empts, and says what that may cost', async () => {
    await aPipelineBegins();
    const handle = await road.start(['orders'], { preempt: true });
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect((await road.progressOf(handle)).notes.join()).toContain(
      'goes on although a deployment runs (build-9 of payments)',
    );
  });

  it('refuses where the catalog says so, with nothing touched and nothing locked', async () => {
    policy('refuse');
    await aPipelineBegins();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const { outcome, why } = await road.result(handle);
    expect([outcome, why]).toEqual([
      'refused',
      expect.stringMatching(/^DEPLOYMENT_RUNNING {2}build-9 of payments has not ended/),
    ]);
    expect(road.changes()).toEqual([]);
    expect(await road.inventory.locks.held()).toEqual([]);
  });

  it('is not kept waiting by a deployment whose time is over, nor by one of something else', async () => {
    road.catalog = { ...road.catalog, policies: { ...road.catalog.policies, deployTimeoutMs: 1 } };
    await aPipelineBegins();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });
});
