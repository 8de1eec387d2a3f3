import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { bad, good, RoadTest } from './road';

describeWithServer(
  ['temporal', 'postgres'],
  'the road from a bad deployment to a confirmed recovery',
  (address, postgres) => {
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

    it('plans, asks, reverts in the legal order, confirms, marks and reports', async () => {
      const handle = await road.start(['orders']);
      const ask = await road.openAsk(handle);
      expect(road.changes()).toEqual([]);
      await handle.signal('approve', { ask: ask.id, planDigest: ask.planDigest });
      const result = await road.result(handle);
      expect(result).toMatchObject({
        outcome: 'confirmed',
        live: good,
        rollback: 'rb-test-1',
        reportPath: '/reports/rb-test-1.md',
      });
      expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
      expect((await road.inventory.releases.gate('test', 'orders', bad.orders)).promotable).toBe(false);
      expect(await road.inventory.locks.held('test')).toEqual([]);
      expect(await road.inventory.rollbacks.find('rb-test-1')).toMatchObject({ outcome: 'confirmed', phase: 'closed' });
    });

    it('goes back to what was live last, where versions are commits and say nothing of their order', async () => {
      const versions = { older: { search: 'b0bacaf' }, good: { search: 'a11ce00' }, bad: { search: 'c0ffee0' } };
      await road.addEnvironment('by-commit', { ...versions, dependsOn: {}, rules: [] });
      const handle = await road.start(['search'], { environment: 'by-commit' });
      await road.approve(handle);
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: { search: 'a11ce00' } });
    });

    it('refuses a release that can not read what was written since', async () => {
      const events = (writes: number) => ({ 'order-events': { writes, reads: { from: 1, to: writes } } });
      const formats = { '2.0.4': events(2), '2.1.0': events(3) };
      const versions = { good: { billing: '2.0.4' }, bad: { billing: '2.1.0' } };
      await road.addEnvironment('formats', { ...versions, formats, dependsOn: {}, rules: [] });
      const handle = await road.start(['billing'], { environment: 'formats' });
      const { outcome, why } = await road.result(handle);
      expect(outcome).toBe('refused');
      expect(why).toContain('billing 2.0.4 reads order-events 1..2, and billing 2.1.0 has written version 3 since');
    });

    it('touches nothing in a dry run', async () => {
      const handle = await road.start(['orders'], { dryRun: true });
      expect(await road.result(handle)).toMatchObject({ outcome: 'rehearsed' });
      expect(road.changes()).toEqual([]);
    });

    it('touches nothing when the plan is rejected', async () => {
      const handle = await road.start(['orders']);
      const ask = await road.openAsk(handle);
      await handle.signal('reject', { ask: ask.id, planDigest: ask.planDigest, comment: 'fix forward' });
      expect(await road.result(handle)).toMatchObject({ outcome: 'rejected' });
      expect(road.changes()).toEqual([]);
      expect((await road.inventory.releases.gate('test', 'orders', bad.orders)).promotable).toBe(true);
    });

    it('survives every message that a person or a program can get wrong', async () => {
      const handle = await road.start(['orders']);
      const ask = await road.openAsk(handle);
      await handle.signal('approve');
      await handle.signal('approve', 'yes please');
      await handle.signal('approve', { ask: ask.id, planDigest: 'sha256:other' });
      await handle.signal('approve', { ask: 'another', planDigest: ask.planDigest });
      await handle.signal('launch', { now: true });
      await road.rawSignal(handle, 'approve', 'json/protobuf', '{"a":1}');
      await road.rawSignal(handle, 'approve', 'json/plain', '{broken');
      await road.rawSignal(handle, 'approve', 'binary/unknown', 'x');
      const progress = await road.until(handle, ({ decisions }) => decisions.length === 8);
      expect(progress.decisions.map(({ code }) => code)).toEqual([
        'WRONG_ASK',
        'UNREADABLE',
        'WRONG_DIGEST',
        'WRONG_ASK',
        'UNKNOWN_ACTION',
        'UNREADABLE',
        'UNREADABLE',
        'UNREADABLE',
      ]);
      expect(progress.decisions.every(({ claimedBy }) => claimedBy === 'ben@test')).toBe(true);
      expect(road.changes()).toEqual([]);
      await road.approve(handle);
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    });

    it('answers an update with its consequence and never throws', async () => {
      const handle = await road.start(['orders']);
      const ask = await road.openAsk(handle);
      const update = (name: string, message: unknown) => handle.executeUpdate(name, { args: [message] });
      expect(await update('retry', {})).toMatchObject({ accepted: false, code: 'NOT_A_CHOICE' });
      expect(await update('approve', { ask: ask.id, planDigest: 'sha256:no' })).toMatchObject({
        accepted: false,
        code: 'WRONG_DIGEST',
      });
      expect(await update('approve', { ask: ask.id, planDigest: ask.planDigest })).toMatchObject({ accepted: true });
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    });

    it('asks for a decision when a unit fails, tells the truth about what is live, and goes on after a retry', async () => {
      road.layers.failures.set('orders', 2);
      const handle = await road.start(['orders']);
      await road.approve(handle);
      const decision = await road.openAsk(handle, 'decision');
      expect(decision.choices.map(({ command }) => command)).toEqual([
        'lastgood retry rb-test-1 orders',
        'lastgood skip rb-test-1 orders --reason "why"',
        'lastgood reinstate rb-test-1 --reason "why"',
        'lastgood stop rb-test-1',
      ]);
      const { live, phase } = await road.until(handle, () => true);
      expect(phase).toBe('needs-decision');
      expect(live).toEqual([
        expect.objectContaining({ component: 'orders', state: 'mixed' }),
        expect.objectContaining({ component: 'payments', version: '2.0.4', state: 'target' }),
      ]);
      await handle.signal('retry', { target: 'orders' });
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
      expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
    });

    it('ends as stopped with the map when a person stops after a failure', async () => {
      road.layers.liars.add('payments');
      const handle = await road.start(['orders']);
      await road.approve(handle);
      await road.openAsk(handle, 'decision');
      await handle.signal('stop', { comment: 'enough' });
      const result = await road.result(handle);
      expect(result.outcome).toBe('stopped');
      expect(road.changes()).toEqual(['payments 2.0.4']);
      expect(await road.inventory.locks.held('test')).toEqual([]);
    });

    it('plans again and asks again when the world drifted between approval and the first write', async () => {
      const handle = await road.start(['orders']);
      const ask = await road.openAsk(handle);
      road.layers.versions.set('orders', '3.1.1');
      await handle.signal('approve', { ask: ask.id, planDigest: ask.planDigest });
      const again = await road.until(handle, (progress) => progress.ask !== undefined && progress.ask.id !== ask.id);
      expect(again.drift.join()).toContain('orders');
      expect(again.notes.filter((note) => note.startsWith('the plan changed: '))).not.toEqual([]);
      expect(again.notes.join()).not.toContain('the plan changed: the plan changed');
      expect(again.ask?.planDigest).not.toBe(ask.planDigest);
      expect(road.changes()).toEqual([]);
      await road.approve(handle);
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
    });

    it('keeps what is back when it plans again in the middle, and goes on with the rest', async () => {
      road.layers.beforeWrite = (name) => {
        if (name === 'payments') road.layers.versions.set('orders', '3.1.1');
        return Promise.resolve();
      };
      const handle = await road.start(['orders', 'payments']);
      const { id } = await road.openAsk(handle);
      await road.approve(handle);
      const again = await road.until(handle, ({ ask }) => ask !== undefined && ask.id !== id);
      expect(again.plan?.targets.map(({ component }) => component)).toEqual(['orders']);
      expect(again.live).toMatchObject([
        { component: 'payments', version: '2.0.4', state: 'target' },
        { component: 'orders', version: '3.1.1', state: 'from' },
      ]);
      await road.approve(handle);
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: good });
      expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
    });

    it('plans again when a component that stays, but that a rule speaks of, moved between approval and the first write', async () => {
      const handle = await road.start(['payments']);
      const ask = await road.openAsk(handle);
      road.layers.versions.set('orders', '3.1.1');
      await handle.signal('approve', { ask: ask.id, planDigest: ask.planDigest });
      const again = await road.until(handle, (progress) => progress.ask !== undefined && progress.ask.id !== ask.id);
      expect(again.drift.join()).toMatch(/orders does not move in this plan, but it was .*3\.1\.0.* and is .*3\.1\.1/);
      expect(road.changes()).toEqual([]);
      await road.approve(handle);
      expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: { payments: '2.0.4' } });
    });

    it.each([
      ['the same component', 'orders'],
      ['what its rules speak of', 'payments'],
    ])(
      'refuses the second of two rollbacks when the first moves %s, and names the holder',
      async (_what, component) => {
        road.layers.holdWrites();
        const first = await road.start(['orders']);
        await road.openAsk(first);
        const second = await road.start([component]);
        await road.openAsk(second);
        await road.approve(first);
        await road.until(first, ({ phase }) => phase === 'reverting');
        await road.approve(second);
        const refused = await road.result(second);
        expect(refused.outcome).toBe('refused');
        expect(refused.why).toMatch(/^LOCK_HELD .*rb-test-1/);
        road.layers.letGo();
        expect(await road.result(first)).toMatchObject({ outcome: 'confirmed' });
      },
      60_000,
    );

    it('ends as stopped when it is cancelled in Temporal, after the running step has ended', async () => {
      road.layers.holdWrites();
      const handle = await road.start(['orders']);
      await road.approve(handle);
      await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
      await handle.cancel();
      await road.until(handle, ({ phase }) => phase === 'reverting');
      road.layers.letGo();
      expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
      expect(await road.inventory.locks.held('test')).toEqual([]);
    });
  },
);
