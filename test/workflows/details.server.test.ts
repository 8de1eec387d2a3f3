import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { RoadTest } from './road';

interface Metadata {
  readonly currentDetails: string;
}

describeWithServer(['temporal', 'postgres'], 'what the Temporal UI shows of a rollback', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest();
    await road.open(address ?? '', database.url, bundle);
  });

  afterAll(async () => {
    await road.close();
    await database.stop();
  });

  const metadataOf = (handle: Awaited<ReturnType<RoadTest['start']>>): Promise<Metadata> =>
    handle.query<Metadata>('__temporal_workflow_metadata');

  it('is the open ask with the exact JSON to paste, also on another worker, and the end in the end', async () => {
    const handle = await road.start(['orders']);
    const ask = await road.openAsk(handle);
    const asked = await metadataOf(handle);
    expect(asked.currentDetails).toContain(JSON.stringify({ ask: ask.id, planDigest: ask.planDigest }).slice(1, -1));
    await road.stopWorkers();
    await road.startWorkers(bundle);
    expect((await metadataOf(handle)).currentDetails).toBe(asked.currentDetails);
    await road.approve(handle);
    await road.result(handle);
    expect((await metadataOf(handle)).currentDetails).toContain('confirmed');
  });
});
