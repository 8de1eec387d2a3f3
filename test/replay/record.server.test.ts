import { mkdirSync } from 'node:fs';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { scratchDirectory } from '../servers/run';
import { bundleWorkflows } from '../workflows/bundle';
import { RoadTest } from '../workflows/road';
import { goldenDirectory, readHistories, writeHistory } from './histories';
import { replay } from './replay';
import { roads } from './roads';

/** With RECORD_HISTORIES=1 what is recorded becomes the golden histories; else it is replayed and forgotten. */
const isGolden = process.env['RECORD_HISTORIES'] === '1';

describeWithServer(['temporal', 'postgres'], 'every way through the workflows', (address, postgres) => {
  const directory = isGolden ? goldenDirectory : scratchDirectory();
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;

  beforeAll(async () => {
    mkdirSync(directory, { recursive: true });
    bundle = await bundleWorkflows();
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
  });

  afterAll(() => database.stop());

  it.each(Object.entries(roads))('replays what it just did: %s', async (name, walk) => {
    const road = new RoadTest(undefined, name);
    await road.open(address ?? '', database.url, bundle);
    try {
      await writeHistory(directory, name, await walk(road));
    } finally {
      road.layers.letGo();
      await road.close();
    }
    const recorded = readHistories(directory).filter((history) => history.name === name);
    expect([...(await replay(bundle, recorded))]).toEqual([[name, undefined]]);
  });
});
