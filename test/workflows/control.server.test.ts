import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { migrate } from '../../src/adapters/inventory';
import { choiceName } from '../../src/domain/decide';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from './bundle';
import { bad, good, RoadTest, type Shape } from './road';

/** Payments before orders, as in the shop; search goes back on its own. */
const withSearch: Shape = {
  good: { ...good, search: '1.0.0' },
  bad: { ...bad, search: '1.1.0' },
  dependsOn: { payments: ['orders'] },
  rules: [{ id: 'pay21-needs-ord31', forbid: [{ payments: '>=2.1.0' }, { orders: '<3.1.0' }], scope: 'placement' }],
};

describeWithServer(['temporal', 'postgres'], 'an operator in the middle of a rollback', (address, postgres) => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let road: RoadTest;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  beforeEach(async () => {
    database = await postgresForTests(postgres ?? '');
    await migrate(database.url);
    road = new RoadTest(withSearch);
    await road.open(address ?? '', database.url, bundle);
  });

  afterEach(async () => {
    await road.close();
    await database.stop();
  });

  const say = (handle: WorkflowHandle, action: string, message: object = {}): Promise<Said> =>
    handle.executeUpdate<Said, [object]>(action, { args: [message] });
  const policies = (change: Partial<RoadTest['catalog']['policies']>): void => {
    road.catalog = { ...road.catalog, policies: { ...road.catalog.policies, ...change } };
  };
  const choices = (handle: WorkflowHandle): Promise<readonly string[]> =>
    road.openAsk(handle, 'decision').then((ask) => ask.choices.map(choiceName));
  /** The approval of putting the bad releases back. */
  const openReturn = async (handle: WorkflowHandle) => {
    const { ask } = await road.until(handle, (progress) => progress.ask?.about === 'reinstate');
    if (ask === undefined) throw new Error('no ask');
    return ask;
  };

  it('pauses: what runs is let end, nothing new starts, and a resume goes on', async () => {
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    const paused = await say(handle, 'pause', { by: 'ben@test' });
    expect(paused).toMatchObject({ accepted: true, code: 'ACCEPTED', live: { orders: '3.1.0' } });
    expect(await say(handle, 'pause', { by: 'ben@test' })).toMatchObject({ accepted: true, why: paused.why });
    road.layers.letGo();
    const held = await road.until(handle, ({ phase }) => phase === 'paused');
    expect(held.paused).toMatchObject({ by: 'ben@test' });
    expect(held.units.map(({ state }) => state)).toEqual(['verified', 'waiting']);
    expect(road.changes()).toEqual(['payments 2.0.4']);
    await say(handle, 'resume');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });

  it('stops at the end of a pause that nobody ended', async () => {
    policies({ resumeWithinMs: 300 });
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    await say(handle, 'pause', { by: 'ben@test' });
    road.layers.letGo();
    const { outcome, why } = await road.result(handle);
    expect([outcome, why]).toEqual(['stopped', expect.stringContaining('ben@test paused it and nobody resumed it')]);
    expect(await road.inventory.locks.held('test')).toEqual([]);
  });

  it('locks nothing while it is paused before it begins', async () => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    await say(handle, 'pause');
    await road.approve(handle);
    await road.until(handle, ({ phase }) => phase === 'paused');
    expect(await road.inventory.locks.held('test')).toEqual([]);
    await say(handle, 'resume');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });

  it('skips a failed unit with its reason, leaves behind what waits for it, and does not call that confirmed', async () => {
    road.layers.failures.set('payments', 99);
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.openAsk(handle, 'decision');
    expect(await say(handle, 'skip', { target: 'payments' })).toMatchObject({ accepted: false, code: 'NO_REASON' });
    const skipped = await say(handle, 'skip', { target: 'payments', reason: 'the host is gone', by: 'ben@test' });
    expect(skipped.why).toContain('left behind, because it waits for it: orders');
    expect(await road.result(handle)).toMatchObject({
      outcome: 'failed',
      why: 'payments skipped, orders left behind: not every target runs; everything stays as the map shows',
    });
    expect(road.changes()).toEqual([]);
    const { units } = await road.progressOf(handle);
    expect(units.map(({ id, state }) => `${id} ${state}`)).toEqual(['payments skipped', 'orders left-behind']);
    expect(units[0]?.seen).toBe('skipped by ben@test: the host is gone');
  });

  it('skips what has not begun, while something else runs', async () => {
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    await say(handle, 'skip', { target: 'orders', reason: 'stays for tonight' });
    road.layers.letGo();
    expect(await road.result(handle)).toMatchObject({
      outcome: 'failed',
      live: { payments: '2.0.4', orders: '3.1.0' },
    });
  });

  it('goes on with what does not wait for the failed unit, and asks again', async () => {
    policies({ maxConcurrentUnits: 1 });
    road.layers.failures.set('payments', 2);
    const handle = await road.start(['orders', 'search']);
    await road.approve(handle);
    expect(await choices(handle)).toEqual(['retry payments', 'skip payments', 'continue', 'reinstate', 'stop']);
    const first = await road.openAsk(handle, 'decision');
    await say(handle, 'decide', { ask: first.id, choice: 'continue' });
    const again = await road.until(handle, ({ ask }) => ask !== undefined && ask.id !== first.id);
    expect(road.changes()).toEqual(['search 1.0.0']);
    expect(again.ask?.choices.map(choiceName)).not.toContain('continue');
    await say(handle, 'decide', { ask: again.ask?.id, choice: 'retry payments' });
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    expect(await say(handle, 'stop').catch(() => 'ended')).toBe('ended');
  });

  it('puts the bad releases back in the reverse order, beginning with the mixed one, when that is approved', async () => {
    road.layers.liars.add('orders');
    const handle = await road.start(['orders']);
    const plan = await road.approve(handle);
    expect(await choices(handle)).toEqual(['retry orders', 'skip orders', 'reinstate', 'stop']);
    expect(await say(handle, 'reinstate', { by: 'ben@test', reason: 'worse' })).toMatchObject({ accepted: true });
    const ask = await openReturn(handle);
    expect(ask.planDigest).not.toBe(plan.planDigest);
    expect(ask.question).toContain('puts back the BAD orders 3.1.0, then payments 2.1.0');
    expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
    // The approval of the rollback is not one of the reinstate.
    expect(await say(handle, 'approve', { ask: ask.id, planDigest: plan.planDigest })).toMatchObject({
      code: 'WRONG_DIGEST',
    });
    road.layers.liars.clear();
    await say(handle, 'approve', { ask: ask.id, planDigest: ask.planDigest });
    expect(await road.result(handle)).toMatchObject({
      outcome: 'stopped',
      why: 'reinstated, as ben@test wanted: the BAD orders 3.1.0, payments 2.1.0 run again',
      live: bad,
    });
    expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9', 'orders 3.1.0', 'payments 2.1.0']);
    expect((await road.inventory.releases.gate('test', 'orders', bad.orders)).promotable).toBe(false);
    expect(await road.inventory.locks.held('test')).toEqual([]);
  });

  it('asks what to do again when a reinstate is rejected', async () => {
    road.layers.failures.set('orders', 2);
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.openAsk(handle, 'decision');
    await say(handle, 'reinstate');
    const ask = await openReturn(handle);
    await say(handle, 'reject', { ask: ask.id, planDigest: ask.planDigest });
    await road.openAsk(handle, 'decision');
    await say(handle, 'retry');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed', live: { ...bad, ...good } });
  });

  it('stays paused when a reinstate that nothing had failed for is rejected', async () => {
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    await say(handle, 'reinstate', { by: 'ben@test' });
    road.layers.letGo();
    const ask = await openReturn(handle);
    await say(handle, 'reject', { ask: ask.id, planDigest: ask.planDigest });
    await road.until(handle, ({ phase }) => phase === 'paused');
    expect(road.changes()).toEqual(['payments 2.0.4']);
    await say(handle, 'resume');
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });

  it('puts back what a paused rollback had reverted, without a resume', async () => {
    road.layers.holdWrites();
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ units }) => units.some(({ state }) => state === 'running'));
    await say(handle, 'pause');
    road.layers.letGo();
    await road.until(handle, ({ phase }) => phase === 'paused');
    await say(handle, 'reinstate', { by: 'ben@test' });
    const ask = await openReturn(handle);
    await say(handle, 'approve', { ask: ask.id, planDigest: ask.planDigest });
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped', live: bad });
    expect(road.changes()).toEqual(['payments 2.0.4', 'payments 2.1.0']);
  });

  it('does not offer to put back what would make a forbidden pair live', async () => {
    // The bad deployment itself had broken a rule: what was live before must never be live again.
    const rule = {
      id: 'pay21-never',
      forbid: [{ payments: '2.1.0' }, { orders: '3.1.0' }],
      scope: 'placement',
    } as const;
    const { compatibility } = road.catalog;
    road.catalog = { ...road.catalog, compatibility: { ...compatibility, rules: [...compatibility.rules, rule] } };
    road.layers.liars.add('orders');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    expect(await choices(handle)).toEqual(['retry orders', 'skip orders', 'stop']);
    expect(await say(handle, 'reinstate')).toMatchObject({
      accepted: false,
      why: 'it would make a forbidden pair live: orders 3.1.0 × payments 2.1.0 (pay21-never)',
    });
    await say(handle, 'stop');
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
  });

  it('says that there is nothing to put back when a failed unit had changed nothing', async () => {
    road.layers.failures.set('payments', 99);
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.openAsk(handle, 'decision');
    await say(handle, 'reinstate');
    const { notes } = await road.until(
      handle,
      ({ phase, ask }) => phase === 'needs-decision' && ask?.id.endsWith(':3') === true,
    );
    expect(notes).toContain('it can not be put back: every layer is as it was before this rollback');
    await say(handle, 'stop');
    await road.result(handle);
  });

  it.each([
    ['retry', 2, 'confirmed'],
    ['stop', 99, 'failed'],
  ] as const)(
    'does by itself what the catalog says about a failure: %s',
    async (onFailure, failures, outcome) => {
      policies({ onFailure });
      road.layers.failures.set('orders', failures);
      const handle = await road.start(['orders']);
      await road.approve(handle);
      expect(await road.result(handle)).toMatchObject({ outcome });
    },
    60_000,
  );

  it('takes up a decision that comes before the question could be asked', async () => {
    const { rollbacks } = road.inventory;
    const append = rollbacks.append.bind(rollbacks);
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    // The question waits for a look at the way back, which first stores the events so far.
    Object.assign(rollbacks, {
      append: async (rollback: string, events: readonly RollbackEvent[]) => {
        if (events.some((event) => event.kind === 'phase' && event.phase === 'needs-decision')) await gate;
        await append(rollback, events);
      },
    });
    road.layers.failures.set('orders', 2);
    const handle = await road.start(['orders']);
    await road.approve(handle);
    await road.until(handle, ({ phase, ask }) => phase === 'needs-decision' && ask === undefined);
    expect(await say(handle, 'retry', { target: 'orders' })).toMatchObject({ accepted: true });
    goOn();
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
  });

  it('tries a failed unit again once by itself when the catalog says so, and asks a person the second time', async () => {
    policies({ onFailure: 'retry' });
    road.layers.failures.set('orders', 4);
    const handle = await road.start(['orders']);
    await road.approve(handle);
    expect(await choices(handle)).toContain('retry orders');
    expect(road.layers.failures.get('orders')).toBe(0);
    const events = await road.inventory.rollbacks.events('rb-test-1');
    expect(events.filter(({ kind }) => kind === 'unit-retried')).toMatchObject([
      { unit: 'orders', by: 'policy onFailure: retry' },
    ]);
    await say(handle, 'retry', { target: 'orders' });
    expect(await road.result(handle)).toMatchObject({ outcome: 'confirmed' });
    expect(road.changes()).toEqual(['payments 2.0.4', 'orders 3.0.9']);
  });

  it('asks by itself for a reinstate when the catalog says so', async () => {
    policies({ onFailure: 'reinstate' });
    road.layers.liars.add('orders');
    const handle = await road.start(['orders']);
    await road.approve(handle);
    const ask = await openReturn(handle);
    expect(ask.requester).toBe('policy onFailure: reinstate');
    await say(handle, 'stop');
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
  });

  it('keeps its state bounded under a flood of a thousand messages', async () => {
    const handle = await road.start(['orders']);
    await road.openAsk(handle);
    const flood = Array.from({ length: 1_000 }, (_unused, at) =>
      handle.signal(at % 2 === 0 ? 'pause' : 'resume', { comment: 'x'.repeat(2_000) }),
    );
    await Promise.all(flood);
    const progress = await road.until(handle, ({ decisions }) => decisions.length === 50);
    expect(JSON.stringify(progress).length).toBeLessThan(256_000);
    await say(handle, 'resume');
    await road.approve(handle);
    await say(handle, 'stop');
    expect(await road.result(handle)).toMatchObject({ outcome: 'stopped' });
  });
});

interface Said {
  readonly accepted: boolean;
  readonly code: string;
  readonly why: string;
  readonly live: Readonly<Record<string, string>>;
}
