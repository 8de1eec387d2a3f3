import type { Inventory, StepJournal } from '../../src/domain/inventory';
import type { Ask, Decision } from '../../src/domain/approval';
import { requestIdentity, type RollbackRequest } from '../../src/domain/request';
import { codeOf, type OpenInventory } from './inventory-behaviour';

const request: RollbackRequest = {
  environment: 'production',
  components: ['orders'],
  reason: '500s since 02:40',
  requester: 'ana@host',
  to: {},
  dryRun: false,
  accept: [],
  trigger: 'cli',
};
const ask: Ask = {
  id: 'run:1',
  kind: 'approval',
  planDigest: 'sha256:p',
  question: 'go?',
  openedAtMs: 1,
  expiresAtMs: 2,
  choices: [],
};
const decision: Decision = {
  action: 'approve',
  atMs: 1,
  claimedBy: 'ben',
  method: 'signal',
  accepted: true,
  code: 'ACCEPTED',
  why: 'ok',
};

export function describeRollbacks(open: OpenInventory): void {
  let inventory: Inventory;
  beforeEach(async () => {
    inventory = await open();
  });

  describe('rollbacks', () => {
    it('numbers rollbacks per environment and gives a run its number again', async () => {
      const { rollbacks } = inventory;
      expect(await rollbacks.open('rollback/production/k', 'run-1', 'k', request)).toBe('rb-production-1');
      expect(await rollbacks.open('rollback/production/k', 'run-1', 'k', request)).toBe('rb-production-1');
      expect(await rollbacks.open('rollback/production/k', 'run-2', 'k', request)).toBe('rb-production-2');
      const staging = { ...request, environment: 'staging' };
      expect(await rollbacks.open('rollback/staging/k', 'run-3', 'k', staging)).toBe('rb-staging-1');
    });

    it('knows a rollback by the run in which it goes on, and so do its locks', async () => {
      const { rollbacks, locks } = inventory;
      const rollback = await rollbacks.open('w', 'run-1', 'k', request);
      const { fence } = (await locks.take('production', ['orders'], {
        rollback,
        workflowId: 'w',
        runId: 'run-1',
      })) as { readonly fence: number };
      await rollbacks.goesOnAs(rollback, 'run-2');
      expect(await rollbacks.find('w')).toMatchObject({ rollback, runId: 'run-2' });
      expect(await locks.held('production')).toMatchObject([{ rollback, runId: 'run-2', fence }]);
      const again = await locks.take('production', ['orders'], { rollback, workflowId: 'w', runId: 'run-2' });
      expect(again).toEqual({ taken: true, fence });
    });

    it('gives the run in which it began its number again, long after it went on in another', async () => {
      const { rollbacks } = inventory;
      const rollback = await rollbacks.open('w', 'run-1', 'k', request);
      await rollbacks.goesOnAs(rollback, 'run-2');
      expect(await rollbacks.open('w', 'run-1', 'k', request)).toBe(rollback);
      expect(await rollbacks.list({})).toHaveLength(1);
    });

    it('gives no number twice when many open at once', async () => {
      const { rollbacks } = inventory;
      const opened = await Promise.all(
        Array.from({ length: 20 }, (_, at) => rollbacks.open(`w${at % 10}`, 'run', 'k', request)),
      );
      expect(new Set(opened).size).toBe(10);
    });

    it('keeps events in order, once each, whatever comes again', async () => {
      const { rollbacks } = inventory;
      const rollback = await rollbacks.open('w', 'run', 'k', request);
      const events = [
        { kind: 'phase', phase: 'planning', seq: 0, atMs: 10 },
        { kind: 'noticed', note: 'nothing odd', seq: 1, atMs: 11 },
        { kind: 'phase', phase: 'rehearsing', seq: 2, atMs: 12 },
      ] as const;
      await rollbacks.append(rollback, events.slice(1));
      await rollbacks.append(rollback, events);
      await rollbacks.append(rollback, [{ kind: 'noticed', note: 'other', seq: 1, atMs: 99 }]);
      await rollbacks.append(rollback, []);
      expect(await rollbacks.events(rollback)).toEqual(events);
      expect(await rollbacks.events(rollback, 1)).toEqual(events.slice(2));
      expect(await codeOf(rollbacks.append('rb-production-99', events))).toBe('UNKNOWN_ROLLBACK');
    });

    it('can still be asked when somebody wrote what a database can not hold', async () => {
      const { rollbacks, releases } = inventory;
      const rollback = await rollbacks.open('w', 'run', 'k', { ...request, reason: 'a\u0000b' });
      const odd = { ...decision, comment: 'c\u0000d \uD83D \u{1F44D}' };
      await rollbacks.append(rollback, [{ kind: 'decided', decision: odd, seq: 0, atMs: 1 }]);
      expect((await rollbacks.find(rollback))?.decisions).toEqual([{ ...odd, comment: 'c\uFFFDd \uFFFD \u{1F44D}' }]);
      expect((await releases.gate('production', 'orders', '1.0.0')).promotable).toBe(false);
    });

    it('lists phase, open ask and decisions as the newest events say', async () => {
      const { rollbacks } = inventory;
      const rollback = await rollbacks.open('w', 'run', 'k', request);
      await rollbacks.append(rollback, [
        { kind: 'phase', phase: 'awaiting-approval', seq: 0, atMs: 10 },
        { kind: 'asked', ask, seq: 1, atMs: 11 },
      ]);
      expect(await rollbacks.find(rollback)).toMatchObject({ phase: 'awaiting-approval', ask, decisions: [] });
      await rollbacks.append(rollback, [
        { kind: 'decided', decision, seq: 2, atMs: 12 },
        { kind: 'ask-closed', ask: ask.id, how: 'answered', seq: 3, atMs: 12 },
        { kind: 'closed', outcome: 'confirmed', why: 'all is well', seq: 4, atMs: 13 },
      ]);
      const found = await rollbacks.find(rollback);
      expect(found).toMatchObject({ phase: 'closed', outcome: 'confirmed', decisions: [decision] });
      expect(found).not.toHaveProperty('ask');
      expect(found).toMatchObject({ requestIdentity: requestIdentity(request), components: ['orders'], key: 'k' });
    });

    it('finds a rollback by its id, its workflow, or its key, the newest first', async () => {
      const { rollbacks } = inventory;
      await rollbacks.open('rollback/production/inc-1', 'run-1', 'inc-1', request);
      await rollbacks.open('rollback/production/inc-1', 'run-2', 'inc-1', request);
      const found = async (name: string) => (await rollbacks.find(name))?.rollback;
      expect(await found('rb-production-1')).toBe('rb-production-1');
      expect(await found('rollback/production/inc-1')).toBe('rb-production-2');
      expect(await found('inc-1')).toBe('rb-production-2');
      expect(await found('inc-2')).toBeUndefined();
    });

    it('lists by environment and by whether they have ended, newest first', async () => {
      const { rollbacks } = inventory;
      const first = await rollbacks.open('w1', 'run', 'k1', request);
      const second = await rollbacks.open('w2', 'run', 'k2', request);
      const other = await rollbacks.open('w3', 'run', 'k3', { ...request, environment: 'staging' });
      await rollbacks.append(first, [{ kind: 'closed', outcome: 'rejected', why: 'no', seq: 0, atMs: 1 }]);
      const names = async (filter: Parameters<typeof rollbacks.list>[0]) =>
        (await rollbacks.list(filter)).map(({ rollback }) => rollback);
      expect(await names({})).toEqual([other, second, first]);
      expect(await names({ environment: 'production' })).toEqual([second, first]);
      expect(await names({ environment: 'production', open: true })).toEqual([second]);
      expect(await names({ open: false })).toEqual([first]);
      expect(await names({ limit: 1 })).toEqual([other]);
    });
  });

  describe('locks', () => {
    const one = { rollback: 'rb-production-1', workflowId: 'w1', runId: 'run-1' };
    const two = { rollback: 'rb-production-2', workflowId: 'w2', runId: 'run-2' };

    it('takes all or none, and says who holds what stands in the way', async () => {
      const { locks } = inventory;
      expect(await locks.take('production', ['payments', 'orders'], one)).toMatchObject({ taken: true });
      const refused = { taken: false, heldBy: 'rb-production-1', component: 'payments' };
      expect(await locks.take('production', ['accounts', 'payments'], two)).toEqual(refused);
      expect((await locks.held('production')).map(({ component }) => component)).toEqual(['orders', 'payments']);
      expect(await locks.take('staging', ['payments'], two)).toMatchObject({ taken: true });
    });

    it('refuses while somebody else holds what stands beside, in whichever order the two come', async () => {
      const { locks } = inventory;
      expect(await locks.take('production', ['orders'], one, ['payments'])).toMatchObject({ taken: true });
      const refused = { taken: false, heldBy: 'rb-production-1', component: 'orders' };
      expect(await locks.take('production', ['payments'], two, ['orders'])).toEqual(refused);
      expect(await locks.take('production', ['search'], two, ['payments'])).toMatchObject({ taken: true });
      expect(await locks.take('production', ['orders'], one, ['payments'])).toMatchObject({ taken: true });
      expect((await locks.held('production')).map(({ component }) => component)).toEqual(['orders', 'search']);
    });

    it('never lets two that are beside each other in at the same moment', async () => {
      const { locks } = inventory;
      const answers = await Promise.all([
        locks.take('production', ['orders'], one, ['payments']),
        locks.take('production', ['payments'], two, ['orders']),
      ]);
      expect(answers.filter(({ taken }) => taken)).toHaveLength(1);
    });

    it('gives the holder its fence again, and the next holder a higher one', async () => {
      const { locks } = inventory;
      const first = await locks.take('production', ['orders'], one);
      expect(await locks.take('production', ['orders'], one)).toEqual(first);
      expect(await locks.take('production', ['orders', 'payments'], one)).toEqual(first);
      await locks.release('rb-production-1');
      await locks.release('rb-production-1');
      expect(await locks.held('production')).toEqual([]);
      expect(fenceOf(await locks.take('production', ['orders'], two))).toBeGreaterThan(fenceOf(first));
    });

    it('gives none to a late attempt of a run that went on in another, or of a rollback that has ended', async () => {
      const { rollbacks, locks } = inventory;
      const rollback = await rollbacks.open('w', 'run-1', 'k', request);
      const late = { rollback, workflowId: 'w', runId: 'run-1' };
      await rollbacks.goesOnAs(rollback, 'run-2');
      await expect(locks.take('production', ['orders'], late)).rejects.toMatchObject({ code: 'FENCE_LOST' });
      const closed = { kind: 'closed', seq: 1, atMs: 1, outcome: 'stopped', why: 'enough' } as const;
      await rollbacks.append(rollback, [closed]);
      const ended = locks.take('production', ['orders'], { ...late, runId: 'run-2' });
      await expect(ended).rejects.toMatchObject({ code: 'FENCE_LOST' });
      expect(await locks.held()).toEqual([]);
    });

    it('hands the locks of a dead run to the next run of the same workflow, with a new fence', async () => {
      const { locks } = inventory;
      const first = fenceOf(await locks.take('production', ['orders'], one));
      const next = await locks.take('production', ['orders'], { ...one, rollback: 'rb-production-3', runId: 'run-3' });
      expect(fenceOf(next)).toBeGreaterThan(first);
      expect(await locks.held('production')).toMatchObject([{ component: 'orders', rollback: 'rb-production-3' }]);
    });

    it('lets exactly one of many takers have overlapping components', async () => {
      const takers = Array.from({ length: 8 }, (_, at) => `${at}`);
      const answers = await Promise.all(
        takers.map((at) => {
          const holder = { rollback: `rb-production-${at}`, workflowId: `w${at}`, runId: 'run' };
          return inventory.locks.take('production', ['shared', `own-${at}`, 'accounts'], holder);
        }),
      );
      expect(answers.filter(({ taken }) => taken)).toHaveLength(1);
      expect(await inventory.locks.held('production')).toHaveLength(3);
    });
  });

  describe('the switch that stops every write', () => {
    it('says who turned it first, why and since when, and nothing while writes go on', async () => {
      const { writes } = inventory;
      expect(await writes.state()).toBeUndefined();
      const freeze = await writes.freeze('ana', 'the database is on fire');
      expect(freeze).toEqual({ by: 'ana', reason: 'the database is on fire', sinceMs: expect.any(Number) });
      expect(await writes.freeze('ben', 'me too')).toEqual(freeze);
      expect(await writes.state()).toEqual(freeze);
      expect(await writes.thaw('ben', 'it is out')).toEqual(freeze);
      expect(await writes.thaw('ben', 'it is out')).toBeUndefined();
      expect(await writes.state()).toBeUndefined();
    });
  });

  describe('the step journal', () => {
    const row: Omit<Parameters<StepJournal['open']>[0], 'fence'> = {
      rollback: 'rb-production-1',
      step: 'orders/code/1',
      component: 'orders',
      environment: 'production',
      attempt: 1,
      from: 'sha256:bad',
      to: 'sha256:good',
    };
    const holder = { rollback: 'rb-production-1', workflowId: 'w1', runId: 'run-1' };

    it('says whether an earlier attempt at the step was left open', async () => {
      const { journal, locks } = inventory;
      const fence = fenceOf(await locks.take('production', ['orders'], holder));
      const first = await journal.open({ ...row, fence });
      const second = await journal.open({ ...row, fence, attempt: 2 });
      const other = await journal.open({ ...row, fence, step: 'orders/flag/1' });
      expect([first.leftOpen, second.leftOpen, other.leftOpen]).toEqual([false, true, false]);
    });

    it('tells each attempt with how it ended; a row is closed once', async () => {
      const { journal, locks } = inventory;
      const fence = fenceOf(await locks.take('production', ['orders'], holder));
      const { id } = await journal.open({ ...row, fence });
      await journal.open({ ...row, fence, attempt: 2 });
      await journal.close(id, { kind: 'reverted', writes: 1, seen: 'sha256:good' });
      await journal.close(id, { kind: 'failed', writes: 7 });
      const rows = await journal.rows('rb-production-1');
      const asked = { step: row.step, from: row.from, to: row.to, fence };
      expect(rows).toMatchObject([
        { ...asked, id, attempt: 1, kind: 'reverted', writes: 1 },
        { ...asked, attempt: 2 },
      ]);
      expect(rows[0]).toHaveProperty('closedAtMs');
      expect(rows[1]).not.toHaveProperty('closedAtMs');
      expect(await journal.rows('rb-production-2')).toEqual([]);
    });

    it('opens no row for a fence of an earlier time that the same rollback held the lock', async () => {
      const { journal, locks } = inventory;
      const earlier = fenceOf(await locks.take('production', ['orders'], holder));
      await locks.release(holder.rollback);
      const fence = fenceOf(await locks.take('production', ['orders'], holder));
      expect(await codeOf(journal.open({ ...row, fence: earlier }))).toBe('FENCE_LOST');
      expect(await codeOf(journal.open({ ...row, fence }))).toBe('no error');
    });

    it('knows the writes that nobody will close, until something is written to the component again', async () => {
      const { journal, locks, rollbacks } = inventory;
      const rollback = await rollbacks.open('w1', 'run-1', 'k', request);
      const fence = fenceOf(await locks.take('production', ['orders'], { ...holder, rollback }));
      await journal.open({ ...row, rollback, fence });
      expect(await journal.left()).toEqual([]);
      await rollbacks.append(rollback, [{ kind: 'closed', outcome: 'failed', why: 'cut off', seq: 9, atMs: 1 }]);
      const { step, environment, component } = row;
      expect(await journal.left()).toMatchObject([{ rollback, step, environment, component }]);
      const { id } = await journal.open({ ...row, rollback, fence, attempt: 2 });
      await journal.close(id, { kind: 'reverted', writes: 1 });
      expect(await journal.left()).toEqual([]);
      expect(await rollbacks.request(rollback)).toEqual(request);
      expect(await rollbacks.request('rb-production-99')).toBeUndefined();
    });

    it('opens no row while writes are frozen, and opens it afterwards', async () => {
      const { journal, locks, writes } = inventory;
      const fence = fenceOf(await locks.take('production', ['orders'], holder));
      await writes.freeze('ana', 'the database is on fire');
      expect(await codeOf(journal.open({ ...row, fence }))).toBe('WRITES_FROZEN');
      expect(await journal.rows('rb-production-1')).toEqual([]);
      await writes.thaw('ana', 'it is out');
      expect(await codeOf(journal.open({ ...row, fence }))).toBe('no error');
    });

    it('lets two placements of one component be written under two locks', async () => {
      const { journal, locks } = inventory;
      const other = { rollback: 'rb-production-2', workflowId: 'w2', runId: 'run-2' };
      const eu = fenceOf(await locks.take('production', ['orders/eu'], holder));
      const us = fenceOf(await locks.take('production', ['orders/us'], other));
      const usRow = { ...row, rollback: other.rollback, component: 'orders/us' };
      expect(await codeOf(journal.open({ ...row, component: 'orders/eu', fence: eu }))).toBe('no error');
      expect(await codeOf(journal.open({ ...usRow, fence: us }))).toBe('no error');
      expect(await codeOf(journal.open({ ...usRow, component: 'orders/eu', fence: us }))).toBe('FENCE_LOST');
      expect(await codeOf(journal.open({ ...usRow, component: 'orders', fence: us }))).toBe('FENCE_LOST');
      expect(await locks.take('production', ['orders/eu', 'orders/asia'], other)).toEqual({
        taken: false,
        heldBy: 'rb-production-1',
        component: 'orders/eu',
      });
      expect((await locks.held()).map(({ component }) => component)).toEqual(['orders/eu', 'orders/us']);
    });

    it('opens no row for who lost the lock', async () => {
      const { journal, locks } = inventory;
      expect(await codeOf(journal.open({ ...row, fence: 1 }))).toBe('FENCE_LOST');
      const fence = fenceOf(await locks.take('production', ['orders'], holder));
      const next = { ...holder, rollback: 'rb-production-2', runId: 'run-2' };
      const newFence = fenceOf(await locks.take('production', ['orders'], next));
      expect(await codeOf(journal.open({ ...row, fence }))).toBe('FENCE_LOST');
      expect(await codeOf(journal.open({ ...row, fence: newFence }))).toBe('FENCE_LOST');
      expect(await codeOf(journal.open({ ...row, fence: newFence, rollback: 'rb-production-2' }))).toBe('no error');
      expect(await journal.rows('rb-production-1')).toEqual([]);
    });
  });
}

function fenceOf(answer: Awaited<ReturnType<Inventory['locks']['take']>>): number {
  if (!answer.taken) throw new Error(`not taken: ${answer.heldBy} holds ${answer.component}`);
  return answer.fence;
}
