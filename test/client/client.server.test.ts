import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Lastgood, StartedRollback } from '../../src/client';
import type { Progress } from '../../src/domain/progress';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import { caught } from '../fakes/caught';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { breakTheShop, deploy, manifestOf, shopCatalog } from './shop';

describeWithServer(['temporal', 'postgres'], 'the client', (temporal = '', postgres = '') => {
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

  /** The record, as soon as somebody is asked. */
  async function asked(name: string): Promise<Progress> {
    for (;;) {
      const progress = await lastgood.status(name);
      if (progress.ask !== undefined) return progress;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function approve(run: StartedRollback): Promise<Progress> {
    const progress = await asked(run.workflowId);
    const { id: ask = '', planDigest = '' } = progress.ask ?? {};
    const answer = await lastgood.decide(progress.rollback, 'approve', { ask, planDigest });
    expect(answer).toMatchObject({ accepted: true, code: 'ACCEPTED' });
    return progress;
  }

  it('records deployments, plans, rolls back, reports and closes the gate', async () => {
    await breakTheShop(house);
    expect(await lastgood.gate('shop', 'orders', '3.1.0')).toEqual({ promotable: true, reasons: [] });
    const { plan } = await lastgood.planRollback(wish);
    expect(plan?.units.map(({ id }) => id)).toEqual(['payments', 'orders']);
    const run = await lastgood.startRollback(wish, { key: 'INC-381' });
    expect(run).toMatchObject({ workflowId: 'rollback/shop/INC-381', attached: false, ended: false });
    const progress = await approve(run);
    expect((await lastgood.planOf(progress))?.digest).toBe(progress.ask?.planDigest);
    const result = await lastgood.result(run);
    expect(result).toMatchObject({ outcome: 'confirmed', live: { payments: '2.0.4', orders: '3.0.9' } });
    for (const name of [result.rollback, 'INC-381', run.workflowId]) {
      expect((await lastgood.file(name)).row.rollback).toBe(result.rollback);
      expect((await lastgood.status(name)).outcome).toBe('confirmed');
    }
    expect(house.reports.get(`${result.rollback}.md`)).toContain('a fifth of all orders fail');
    expect((await lastgood.gate('shop', 'orders', '3.1.0')).promotable).toBe(false);
    const [newest] = await lastgood.records({ environment: 'shop' });
    expect(newest).toMatchObject({ row: { outcome: 'confirmed' }, progress: { requester: 'ana@test' } });
    expect(await lastgood.decide('INC-381', 'stop', {})).toMatchObject({ accepted: false, code: 'CLOSED' });
  });

  it('attaches when the same is typed twice, also before any worker has begun', async () => {
    await breakTheShop(house);
    await house.stopWorker();
    const first = await lastgood.startRollback(wish);
    const again = await lastgood.startRollback({ ...wish, reason: 'other words' });
    expect(again).toEqual({ ...first, attached: true });
    const other = await lastgood.startRollback({ ...wish, components: ['payments'] });
    expect(other.workflowId).not.toBe(first.workflowId);
    await house.startWorker();
    await asked(first.workflowId);
    expect(await lastgood.startRollback(wish)).toMatchObject({ runId: first.runId, attached: true, ended: false });
  });

  it('attaches to the one that somebody gave a key', async () => {
    await breakTheShop(house);
    const keyed = await lastgood.startRollback(wish, { key: 'INC-1' });
    await asked(keyed.workflowId);
    expect(await lastgood.startRollback(wish)).toMatchObject({ runId: keyed.runId, attached: true, ended: false });
  });

  it('keeps a key for one request, and for its result until it is started again', async () => {
    await breakTheShop(house);
    const first = await lastgood.startRollback(wish, { key: 'INC-7' });
    expect(await lastgood.startRollback(wish, { key: 'INC-7' })).toMatchObject({ runId: first.runId, attached: true });
    const open = await caught(lastgood.startRollback({ ...wish, components: ['payments'] }, { key: 'INC-7' }));
    expect([open.code, open.message]).toEqual([
      'KEY_IN_USE',
      expect.stringContaining('lastgood status rollback/shop/INC-7'),
    ]);
    const { ask, rollback } = await asked(first.workflowId);
    await lastgood.decide('INC-7', 'reject', { ask: ask?.id ?? '', planDigest: ask?.planDigest ?? '' });
    expect(await lastgood.result(first)).toMatchObject({ outcome: 'rejected' });

    const old = await lastgood.startRollback(wish, { key: 'INC-7' });
    expect(old).toMatchObject({ runId: first.runId, attached: true, ended: true });
    expect(await lastgood.result(old)).toMatchObject({ rollback, outcome: 'rejected' });
    const closed = await caught(lastgood.startRollback({ ...wish, components: ['payments'] }, { key: 'INC-7' }));
    expect([closed.code, closed.text.next]).toEqual(['KEY_IN_USE', expect.stringContaining('--again')]);

    const anew = await lastgood.startRollback(wish, { key: 'INC-7', again: true });
    expect(anew).toMatchObject({ workflowId: first.workflowId, attached: false, ended: false });
    let events: readonly RollbackEvent[] = [];
    while (events.length === 0) events = await lastgood.events(anew, -1);
    expect(events[0]).toMatchObject({ kind: 'opened', rollback: 'rb-shop-2' });
    expect(await lastgood.events({ ...first, rollback }, -1)).not.toContainEqual(events[0]);
  });

  it('refuses what can not be a key', async () => {
    for (const key of ['rb-shop-1', 'rollback/shop/x', 'two words', '', 'x'.repeat(129)])
      expect((await caught(lastgood.startRollback(wish, { key }))).code).toBe('BAD_REQUEST');
  });

  it('refuses what is no request, in words', async () => {
    const error = await caught(lastgood.startRollback({ environment: 'Shop!', components: [], reason: '' }));
    expect(error.code).toBe('BAD_REQUEST');
    for (const part of ['environment', 'components', 'reason']) expect(error.message).toContain(part);
  });

  it('tells when a rollback was ended in Temporal, and starts another one', async () => {
    await breakTheShop(house);
    const run = await lastgood.startRollback(wish);
    const { rollback } = await asked(run.workflowId);
    await house.temporal.client.workflow.getHandle(run.workflowId).terminate('by hand');
    const error = await caught(lastgood.result(run));
    expect([error.code, error.text.why]).toEqual(['ROLLBACK_CUT_OFF', expect.stringContaining('by hand')]);
    expect((await lastgood.status(rollback)).notes.at(-1)).toContain('ended from outside (terminated)');
    const next = await lastgood.startRollback(wish);
    expect(next).toMatchObject({ attached: false, ended: false });
    expect(next.runId).not.toBe(run.runId);
  });

  it('knows no rollback that nobody started', async () => {
    for (const name of ['rb-shop-99', 'rollback/shop/nothing']) {
      expect((await caught(lastgood.status(name))).code).toBe('UNKNOWN_ROLLBACK');
      expect((await caught(lastgood.run(name))).code).toBe('UNKNOWN_ROLLBACK');
      expect((await caught(lastgood.decide(name, 'stop', {}))).code).toBe('UNKNOWN_ROLLBACK');
    }
    const nowhere = { workflowId: 'rollback/shop/nothing', runId: '' };
    expect((await caught(lastgood.result(nowhere))).code).toBe('UNKNOWN_ROLLBACK');
  });

  it('hands on what the worker says about names that it does not know', async () => {
    const component = await caught(lastgood.planRollback({ ...wish, components: ['order'] }));
    expect([component.code, component.text.why]).toEqual(['CATALOG_UNKNOWN_COMPONENT', 'components: orders, payments']);
    const environment = await caught(lastgood.planRollback({ ...wish, environment: 'production' }));
    expect([environment.code, environment.message]).toEqual(['CATALOG_NOT_FOUND', expect.stringContaining('shop')]);
    const manifest = manifestOf('build-1', { order: '1.0.0' });
    expect((await caught(lastgood.beginRelease(manifest))).code).toBe('CATALOG_UNKNOWN_COMPONENT');
    expect((await caught(lastgood.finishRelease('shop', 'build-0', 'succeeded'))).code).toBe('UNKNOWN_DEPLOYMENT');
    expect((await caught(lastgood.importReleases('shop', ['order']))).code).toBe('CATALOG_UNKNOWN_COMPONENT');
  });

  it('hands on what the worker says about its catalog', async () => {
    house.catalog = shopCatalog.replace('layer: instant', 'layer: instand');
    const layer = await caught(lastgood.planRollback(wish));
    expect([layer.code, layer.text.place]).toEqual([
      'CATALOG_UNKNOWN_LAYER',
      expect.stringMatching(/^catalog\.yaml:\d+/),
    ]);
    house.catalog = undefined;
    const missing = await caught(lastgood.planRollback(wish));
    expect([missing.code, missing.text.what]).toEqual([
      'CATALOG_NOT_FOUND',
      'LASTGOOD_CATALOG is not set on this worker',
    ]);
    expect((await caught(lastgood.beginRelease(manifestOf('build-1', { orders: '1.0.0' })))).code).toBe(
      'CATALOG_NOT_FOUND',
    );
    const run = await lastgood.startRollback(wish);
    expect(await lastgood.result(run)).toMatchObject({ rollback: '', outcome: 'refused' });
  });

  it('refuses another content under the id of a deployment', async () => {
    await deploy(house, 'build-1', { orders: '3.1.0' });
    const error = await caught(lastgood.beginRelease(manifestOf('build-1', { orders: '3.1.1' })));
    expect(error.code).toBe('DEPLOYMENT_CHANGED');
    expect((await lastgood.beginRelease(manifestOf('build-1', { orders: '3.1.0' }))).deployment?.status).toBe(
      'succeeded',
    );
  });

  it('plans no way to a version that nobody has seen', async () => {
    await breakTheShop(house);
    const { plan } = await lastgood.planRollback({ ...wish, to: { orders: '9.9.9' } });
    expect(plan?.verdict).toBe('BLOCKED');
    expect(plan?.verdictText).toContain('9.9.9');
    const error = await caught(
      lastgood.mark({ component: 'orders', version: '3.0.99', mark: 'unstable', reason: 'x' }),
    );
    expect(error.code).toBe('UNKNOWN_RELEASE');
    expect(error.message).toContain('did you mean "3.0.9"?');
    expect(error.text.why).toBe('it knows of orders: 3.1.0, 3.0.9');
  });

  it('offers the deployments of the last hour of which something is live', async () => {
    await breakTheShop(house);
    await lastgood.beginRelease(manifestOf('half-way', { orders: '3.2.0' }));
    const offered = async () =>
      (await lastgood.recentDeployments('shop', 3_600_000)).map(({ deployment }) => deployment);
    expect(await offered()).toEqual(['half-way', 'bad']);
    await deploy(house, 'mended', { orders: '3.1.1' });
    const [, , bad] = await lastgood.recentDeployments('shop', 3_600_000);
    expect(bad?.releases.map(({ component }) => component)).toEqual(['payments']);
    expect(await offered()).toEqual(['mended', 'half-way', 'bad']);
    expect(await lastgood.recentDeployments('shop', 0)).toEqual([]);
  });

  it('says which names the inventory has never heard of', async () => {
    expect(await lastgood.stranger('shop')).toContain('no environment yet');
    await deploy(house, 'build-1', { orders: '3.1.0' });
    expect(await lastgood.stranger('shop', 'orders')).toBeUndefined();
    expect(await lastgood.stranger('shop')).toBeUndefined();
    expect(await lastgood.stranger('shp', 'orders')).toContain('did you mean "shop"?');
    expect(await lastgood.stranger('shop', 'oders')).toContain('did you mean "orders"?');
  });

  it('sets and lifts holds', async () => {
    await lastgood.hold('shop', 'orders', 'root cause open');
    expect(await lastgood.holds('shop')).toMatchObject([{ component: 'orders', by: 'ana@test' }]);
    expect((await lastgood.gate('shop', 'orders', '1')).promotable).toBe(false);
    expect(await lastgood.liftHold('shop', 'orders', 'closed')).toBe(true);
    expect(await lastgood.liftHold('shop', 'orders', 'closed')).toBe(false);
  });
});
