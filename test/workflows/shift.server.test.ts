import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { good, RoadTest } from './road';

describeWithServer(['temporal', 'postgres'], 'a layer that is shifted gradually', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;
  /** What every check sees, by what payments runs. */
  let isWell: (payments: string) => boolean;
  /** What payments ran whenever its checks were looked at after a write, one after the other. */
  let looks: string[];

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  beforeEach(async () => {
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest();
    road.layers.gradual.set('payments', 300);
    looks = [];
    isWell = () => true;
    road.sampleCheck = () => {
      const payments = road.layers.versions.get('payments') ?? '';
      if (looks.at(-1) !== payments) looks.push(payments);
      return Promise.resolve({ atMs: Date.now(), ok: isWell(payments), ...(isWell(payments) ? {} : { why: '503' }) });
    };
    await road.open(address ?? '', database.url, bundle);
  });

  afterEach(async () => {
    await road.close();
    await database.stop();
  });

  it('has its checks looked at before the shift and between its parts', async () => {
    const handle = await road.start(['payments']);
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    expect(road.changes()).toEqual(['payments half 2.0.4', 'payments 2.0.4']);
    expect(looks).toEqual(['2.1.0', 'half 2.0.4', '2.0.4']);
    const { notes } = await road.progressOf(handle);
    expect(notes).toContainEqual(expect.stringContaining('checks after payments to half 2.0.4: health'));
  });

  it('is held before its next part when a check is worse than before, and goes on when a person says so', async () => {
    isWell = (payments) => !payments.startsWith('half');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const { choices } = await road.openAsk(handle, 'decision');
    expect(choices.map(({ action }) => action)).toContain('retry');
    const { units } = await road.until(handle, ({ phase }) => phase === 'needs-decision');
    const failure = { step: 'payments/workload/1', code: 'CHECKS_WORSE' };
    expect(units[0]).toMatchObject({ id: 'payments', state: 'failed', failure });
    expect(road.changes()).toEqual(['payments half 2.0.4']);
    await handle.signal('retry', { target: 'payments' });
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    expect(road.changes()).toEqual(['payments half 2.0.4', 'payments 2.0.4', 'orders 3.0.9']);
  });

  it('goes on while its checks are as bad as before: the bad release still takes its part', async () => {
    isWell = (payments) => payments === '2.0.4';
    const handle = await road.start(['payments']);
    await road.approve(handle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    expect(road.changes()).toEqual(['payments half 2.0.4', 'payments 2.0.4']);
  });

  it('is watched anew when its worker goes away meanwhile, and no part is written twice', async () => {
    road.layers.gradual.set('payments', 2_000);
    const handle = await road.start(['payments']);
    await road.approve(handle);
    await road.until(handle, () => looks.includes('half 2.0.4'));
    await road.stopWorkers();
    await road.startWorkers(bundle);
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    expect(road.changes()).toEqual(['payments half 2.0.4', 'payments 2.0.4']);
    expect(looks).toEqual(['2.1.0', 'half 2.0.4', '2.0.4']);
  });

  it('does not keep a pause waiting for its checks', async () => {
    road.layers.gradual.set('payments', 600_000);
    const handle = await road.start(['payments']);
    await road.approve(handle);
    await road.until(handle, () => looks.includes('half 2.0.4'));
    await handle.signal('pause', {});
    await road.until(handle, ({ phase }) => phase === 'paused');
    expect(road.changes()).toEqual(['payments half 2.0.4']);
    await handle.signal('stop', {});
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
  });
});
