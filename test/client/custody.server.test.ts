import { randomUUID } from 'node:crypto';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Lastgood, StartedRollback } from '../../src/client';
import { sweep } from '../../src/client/sweep';
import type { Finding } from '../../src/domain/custody';
import type { Progress } from '../../src/domain/progress';
import { caught } from '../fakes/caught';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { breakTheShop, shopCatalog } from './shop';

describeWithServer(
  ['temporal', 'postgres'],
  'what is left of a rollback whose workflow was ended from outside',
  (temporal = '', postgres = '') => {
    let bundle: WorkflowBundleWithSourceMap;
    let database: Awaited<ReturnType<typeof postgresForTests>>;
    let house: House;
    let lastgood: Lastgood;
    let run: StartedRollback;
    const wish = { environment: 'shop', components: ['orders'], reason: 'a fifth of all orders fail' };

    beforeAll(async () => {
      bundle = await bundleWorkflows();
    });
    beforeEach(async () => {
      database = await postgresForTests(postgres);
      house = await new House({ temporal, databaseUrl: database.url, bundle }).open(shopCatalog);
      ({ lastgood } = house);
      await house.startWorker();
      await breakTheShop(house);
      run = await lastgood.startRollback(wish, { key: 'INC-381' });
    });
    afterEach(async () => {
      house.layers.letGo();
      await house.close();
      await database.stop();
    });

    async function until(name: string, wanted: (progress: Progress) => boolean): Promise<Progress> {
      for (;;) {
        const progress = await lastgood.status(name);
        if (wanted(progress)) return progress;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    async function approve({ workflowId }: StartedRollback): Promise<void> {
      const { ask, rollback } = await until(
        workflowId,
        (progress) => progress.ask !== undefined && progress.outcome === undefined,
      );
      await lastgood.decide(rollback, 'approve', { ask: ask?.id ?? '', planDigest: ask?.planDigest ?? '' });
    }

    const terminate = ({ workflowId, runId }: StartedRollback): Promise<unknown> =>
      house.temporal.client.workflow.getHandle(workflowId, runId).terminate('somebody pressed the button');

    const sweepOnce = (): Promise<readonly string[]> =>
      sweep({ inventory: house.inventory, temporal: () => Promise.resolve(house.temporal) });

    async function found(code: Finding['code'], fix = false): Promise<Finding | undefined> {
      return (await lastgood.diagnose({ fix })).find((finding) => finding.code === code);
    }

    /** Somebody goes on with it, to the end. */
    async function continued(): Promise<void> {
      const again = await lastgood.continueRollback('rb-shop-1');
      expect(again).toMatchObject({ workflowId: run.workflowId, attached: false });
      await approve(again);
      expect(await lastgood.result(again)).toMatchObject({ outcome: 'confirmed', rollback: 'rb-shop-2' });
      expect(await lastgood.diagnose({})).toEqual([]);
    }

    it('is found, written off and continued when nothing was touched yet', async () => {
      await until(run.workflowId, ({ ask }) => ask !== undefined);
      expect(await lastgood.diagnose({})).toEqual([]);
      await terminate(run);
      expect(await found('WORKFLOW_GONE')).toMatchObject({
        rollback: 'rb-shop-1',
        live: { orders: '3.1.0', payments: '2.1.0' },
        inFlight: [],
        fixed: false,
        next: 'lastgood doctor --fix',
      });
      expect(await found('WORKFLOW_GONE', true)).toMatchObject({ fixed: true });
      expect(await lastgood.list({ open: true })).toEqual([]);
      expect((await lastgood.status('rb-shop-1')).outcome).toBe('stopped');
      await continued();
    });

    it('is swept in the middle of a write: map, locks, and what was in flight', async () => {
      house.layers.holdWrites();
      await approve(run);
      await until(run.workflowId, ({ units }) => units.some(({ state }) => state === 'running'));
      while ((await house.inventory.journal.rows('rb-shop-1')).length === 0)
        await new Promise((r) => setTimeout(r, 20));
      expect(await sweepOnce()).toEqual([]);
      await terminate(run);
      expect(await sweepOnce()).toEqual(['rb-shop-1']);
      expect(await sweepOnce()).toEqual([]);
      expect(await house.inventory.locks.held()).toEqual([]);
      const { outcome, why } = await lastgood.status('rb-shop-1');
      expect([outcome, why]).toEqual([
        'failed',
        expect.stringContaining('live now: orders 3.1.0, payments 2.1.0/2.0.4 mixed'),
      ]);
      expect(await found('HALF_DONE')).toMatchObject({
        rollback: 'rb-shop-1',
        inFlight: ['payments/workload/1'],
        next: 'lastgood doctor --continue rb-shop-1',
      });
      expect(await found('OPEN_WRITE')).toMatchObject({ inFlight: ['payments/workload/1'] });
      house.layers.letGo();
      await continued();
    });

    it('is known as restored when it was cut off while the checks were watched', async () => {
      house.healthy = false;
      await approve(run);
      await until(run.workflowId, ({ phase }) => phase === 'confirming');
      await terminate(run);
      expect(await sweepOnce()).toEqual(['rb-shop-1']);
      expect((await lastgood.status('rb-shop-1')).outcome).toBe('restored-unconfirmed');
      expect(await house.inventory.locks.held()).toEqual([]);
    });

    it('is not continued while it still runs', async () => {
      await until(run.workflowId, ({ ask }) => ask !== undefined);
      expect((await caught(lastgood.continueRollback('rb-shop-1'))).message).toContain('rb-shop-1 is still running');
      await terminate(run);
    });

    it('is left to a person when Temporal does not know it at all', async () => {
      await until(run.workflowId, ({ ask }) => ask !== undefined);
      await terminate(run);
      const stranger = { ...wish, requester: 'ana', to: {}, dryRun: false, accept: [], trigger: 'test' };
      await house.inventory.rollbacks.open('rollback/shop/elsewhere', randomUUID(), 'elsewhere', stranger);
      expect(await sweepOnce()).toEqual(['rb-shop-1']);
      expect(await lastgood.diagnose({ fix: true })).toMatchObject([
        { code: 'WORKFLOW_GONE', rollback: 'rb-shop-2', fixed: true },
      ]);
      expect(await lastgood.diagnose({})).toEqual([]);
    });

    it('is not the only thing that the doctor sees', async () => {
      await until(run.workflowId, ({ ask }) => ask !== undefined);
      await terminate(run);
      await sweepOnce();
      await lastgood.freezeWrites('fire');
      expect((await lastgood.diagnose({})).map(({ code, next }) => [code, next])).toEqual([
        ['FROZEN', 'lastgood freeze-writes off'],
      ]);
      await lastgood.thawWrites('out');
      await house.inventory.locks.take('shop', ['orders'], { rollback: 'rb-shop-9', workflowId: 'w', runId: 'r' });
      expect(await found('ORPHANED_LOCK')).toMatchObject({
        what: 'rb-shop-9 holds the lock of orders',
        next: 'lastgood doctor --fix',
      });
      expect(await found('ORPHANED_LOCK', true)).toMatchObject({ fixed: true });
      expect(await house.inventory.locks.held()).toEqual([]);
    });
  },
);
