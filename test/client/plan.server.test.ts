import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Lastgood } from '../../src/client';
import { caught } from '../fakes/caught';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { breakTheShop, shopCatalog } from './shop';

describeWithServer(['temporal', 'postgres'], 'plans of an environment', (temporal = '', postgres = '') => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let house: House;
  let lastgood: Lastgood;
  const wish = { environment: 'shop', components: ['orders'], reason: 'a fifth of all orders fail' };

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });
  beforeEach(async () => {
    database = await postgresForTests(postgres);
    house = await new House({ temporal, databaseUrl: database.url, bundle }).open(shopCatalog);
    ({ lastgood } = house);
    await house.startWorker();
  });
  afterEach(async () => {
    await house.close();
    await database.stop();
  });

  it('are compared with the one that was shown before for the same components, and with no other', async () => {
    await breakTheShop(house);
    const first = await lastgood.planRollback(wish);
    expect(await lastgood.planBefore(first.row)).toBeUndefined();
    await lastgood.planRollback({ ...wish, components: ['payments'] });
    const second = await lastgood.planRollback({ ...wish, decision: { severity: 1, causeKnown: false } });
    expect(second.plan?.advice.rule).toBe('D6');
    const before = await lastgood.planBefore(second.row);
    expect([before?.progress.rollback, before?.plan.digest]).toEqual([first.row.rollback, second.plan?.digest]);
  });

  it('know its components, and suggest the name of an environment that nobody knows', async () => {
    await breakTheShop(house);
    expect(await lastgood.components('shop')).toEqual(['orders', 'payments']);
    const error = await caught(lastgood.components('shpo'));
    expect(error).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('did you mean "shop"?') });
  });
});
