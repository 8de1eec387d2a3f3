import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { connect, type Lastgood } from '../../src/client';
import { caught } from '../fakes/caught';
import { TcpProxy } from '../fakes/tcp-proxy';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { breakTheShop, shopCatalog } from './shop';

describeWithServer(['temporal', 'postgres'], 'a Temporal server that goes away', (temporal = '', postgres = '') => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let house: House;
  let line: TcpProxy;
  let lastgood: Lastgood;
  const wish = { environment: 'shop', components: ['orders'], reason: 'bad' };

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  }, 120_000);
  beforeEach(async () => {
    database = await postgresForTests(postgres);
    house = await new House({ temporal, databaseUrl: database.url, bundle }).open(shopCatalog);
    await house.startWorker();
    line = new TcpProxy(temporal);
    await line.mend();
    lastgood = await connect({
      databaseUrl: database.url,
      temporal: { address: line.address, namespace: house.namespace },
      identity: 'ana@test',
    });
  });
  afterEach(async () => {
    await lastgood.close();
    await line.cut();
    await house.close();
    await database.stop();
  });

  it('is named with its address, and closing then harms nobody', async () => {
    const run = await lastgood.startRollback(wish);
    const waiting = lastgood.result(run, AbortSignal.timeout(500)).catch(() => 'given up');
    await line.cut();
    const error = await caught(lastgood.status(run.workflowId));
    expect(error.code).toBe('TEMPORAL_UNREACHABLE');
    expect(error.text.what).toContain(line.address);
    await lastgood.close();
    // A retry of the SDK that outlived the connection would throw out of a timer now.
    await sleep(1_500);
    expect(await waiting).toBe('given up');
  });

  it('delays a result and does not lose it', async () => {
    await breakTheShop(house);
    const run = await lastgood.startRollback(wish);
    const result = lastgood.result(run);
    await line.cut();
    for (;;) {
      const { ask, rollback } = await house.lastgood.status(run.workflowId);
      if (ask === undefined) continue;
      await house.lastgood.decide(rollback, 'reject', { ask: ask.id, planDigest: ask.planDigest });
      break;
    }
    await house.lastgood.result(run);
    await line.mend();
    expect(await result).toMatchObject({ outcome: 'rejected' });
  });
});
