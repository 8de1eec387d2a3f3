import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../src/digest';
import { migrate, openInventory } from '../../src/adapters/inventory';
import type { Inventory } from '../../src/domain/inventory';
import { describeWithServer } from '../servers/describe-with-server';
import { ask as askDatabase, postgresForTests } from '../servers/postgres';
import { codeOf } from './inventory-behaviour';

describeWithServer('postgres', 'what the inventory keeps safe', (address) => {
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let inventory: Inventory;
  const captureKey = randomBytes(32).toString('base64');
  beforeEach(async () => {
    database = await postgresForTests(address);
    await migrate(database.url);
    inventory = await openInventory({ databaseUrl: database.url, captureKey });
  });
  afterEach(async () => {
    await inventory.close();
    await database.stop();
  });

  const request = {
    environment: 'production',
    components: ['orders'],
    reason: '500s since 02:40',
    requester: 'ana@host',
    to: {},
    dryRun: false,
    accept: [],
    trigger: 'cli',
  };
  const orders = { component: 'orders', version: '3.1.0', digest: 'sha256:d', by: 'ana', reason: 'drops orders' };

  /** One of each thing that people and rollbacks do. */
  async function aBusyNight(): Promise<void> {
    const { releases, rollbacks, locks } = inventory;
    const artifacts = [{ layer: 'code', name: 'orders', digest: 'sha256:a' }];
    const manifest = { environment: 'production', deployment: '812', releases: [{ ...orders, artifacts }] };
    await releases.begin(manifest, 'ci');
    await releases.finish('production', '812', 'succeeded', 'ci');
    await releases.record('production', { ...orders, version: '3.0.9', artifacts: [] }, 'orders', 'lastgood', true);
    await releases.returned('production', 'orders', (await releases.digests('orders', '3.1.0'))[0] ?? '', 'rb');
    const rollback = await rollbacks.open('w', 'run', 'k', request);
    await locks.take('production', ['orders'], { rollback, workflowId: 'w', runId: 'run' });
    await releases.mark({ ...orders, mark: 'unstable' });
    await releases.hold({ environment: 'production', component: 'orders', by: 'ana', reason: 'rolled back', rollback });
    const decision = {
      action: 'approve',
      claimedBy: 'ben',
      method: 'signal',
      accepted: true,
      code: 'ACCEPTED',
    } as const;
    await rollbacks.append(rollback, [
      { kind: 'noticed', note: 'not audited', seq: 0, atMs: 1 },
      { kind: 'decided', decision: { ...decision, atMs: 2, why: 'ok' }, seq: 1, atMs: 2 },
      { kind: 'closed', outcome: 'confirmed', why: 'all is well', seq: 2, atMs: 3 },
    ]);
    await rollbacks.append(rollback, [{ kind: 'closed', outcome: 'confirmed', why: 'all is well', seq: 2, atMs: 3 }]);
    await locks.release(rollback);
    await releases.lift({ ...orders, mark: 'unstable', reason: 'fixed' });
    await releases.liftHold('production', 'orders', 'ana', 'INC-381 closed');
  }

  async function audited(): Promise<readonly (readonly [unknown, unknown])[]> {
    const rows = await askDatabase(database.url, 'select entry::json as entry from lastgood.audit order by seq');
    return rows.map(({ entry }) => entry as { what: string; by: string }).map(({ what, by }) => [what, by] as const);
  }

  /** What an owner of the database could do; the triggers stop everybody else. */
  function tamper(sql: string): Promise<unknown> {
    return askDatabase(database.url, `set session_replication_role = replica; ${sql}`);
  }

  describe('the audit', () => {
    it('has every change by a person or a rollback, once, with who made it', async () => {
      await aBusyNight();
      expect(await audited()).toEqual([
        ['deployment.begun', 'ci'],
        ['deployment.finished', 'ci'],
        ['release.recorded', 'lastgood'],
        ['release.returned', 'rb'],
        ['rollback.opened', 'ana@host'],
        ['locks.taken', 'rb-production-1'],
        ['release.marked', 'ana'],
        ['hold.set', 'ana'],
        ['rollback.decided', 'ben'],
        ['rollback.closed', 'lastgood'],
        ['locks.released', 'rb-production-1'],
        ['release.mark-lifted', 'ana'],
        ['hold.lifted', 'ana'],
      ]);
      expect(await inventory.audit.verify()).toMatchObject({ whole: true, entries: 13 });
    });

    it('has each write from its beginning to its end, each verification, and each turn of the switch', async () => {
      const { journal, locks, rollbacks, writes } = inventory;
      const rollback = await rollbacks.open('w', 'run', 'k', request);
      const holder = { rollback, workflowId: 'w', runId: 'run' };
      const taken = await locks.take('production', ['orders'], holder);
      const fence = taken.taken ? taken.fence : 0;
      const row = { rollback, step: 'orders/"code"/1', component: 'orders', environment: 'production', attempt: 1 };
      const { id } = await journal.open({ ...row, fence, from: 'sha256:bad', to: 'sha256:good' });
      await writes.freeze('ana', 'the database is on fire');
      await journal.close(id, { kind: 'reverted', writes: 2 });
      await journal.close(id, { kind: 'failed', writes: 7 });
      const summary = 'orders runs 3.0.9';
      await rollbacks.append(rollback, [
        { kind: 'step-verified', step: row.step, unit: 'orders', summary, seq: 0, atMs: 1 },
      ]);
      await writes.thaw('ben', 'it is out');
      const entries = await askDatabase(database.url, 'select entry from lastgood.audit where seq > 2 order by seq');
      const texts = entries.map(({ entry }) => String(entry));
      expect(texts.map((text) => canonicalJson(JSON.parse(text)))).toEqual(texts);
      const about = { rollback, step: row.step };
      expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([
        { what: 'write.begun', by: rollback, environment: 'production', detail: { ...about, attempt: 1, fence } },
        { what: 'writes.frozen', by: 'ana', detail: { reason: 'the database is on fire' } },
        { what: 'write.ended', by: rollback, detail: { ...about, attempt: 1, kind: 'reverted', writes: 2 } },
        { what: 'step.verified', detail: { ...about, summary } },
        { what: 'writes.thawed', by: 'ben', detail: { reason: 'it is out' } },
      ]);
      expect(await inventory.audit.verify()).toMatchObject({ whole: true, entries: 7 });
    });

    it('is whole when many changes are made at once', async () => {
      const marks = Array.from({ length: 30 }, (_, at) => ({
        ...orders,
        digest: `sha256:${at}`,
        mark: 'unstable' as const,
      }));
      await Promise.all(marks.map((mark) => inventory.releases.mark(mark)));
      expect(await inventory.audit.verify()).toMatchObject({ whole: true, entries: 30 });
    });

    it.each([
      ['changed', `update lastgood.audit set entry = replace(entry, '"ana"', '"eve"') where seq = 8`, 8],
      ['given another hash', `update lastgood.audit set hash = repeat('0', 64) where seq = 4`, 4],
      ['removed', `delete from lastgood.audit where seq = 3`, 3],
      ['moved', `update lastgood.audit set seq = 99 where seq = 13`, 13],
    ])('shows an entry that was %s', async (_, sql, seq) => {
      await aBusyNight();
      await tamper(sql);
      expect(await inventory.audit.verify()).toMatchObject({ whole: false, seq });
    });

    it('has another head when its end was cut off', async () => {
      await aBusyNight();
      const before = await inventory.audit.verify();
      await tamper('delete from lastgood.audit where seq > 10');
      const after = await inventory.audit.verify();
      expect(after).toMatchObject({ whole: true, entries: 10 });
      expect(after).not.toEqual(before);
    });
  });

  it('shows asks, decisions and plans to who asks the database itself', async () => {
    const { rollbacks, documents } = inventory;
    const rollback = await rollbacks.open('w', 'run', 'k', request);
    const ask = { id: 'run:1', kind: 'approval', planDigest: 'sha256:p', question: 'go?', choices: [] } as const;
    const decision = { action: 'approve', ask: 'run:1', claimedBy: 'ben', method: 'signal', accepted: true } as const;
    await rollbacks.append(rollback, [
      { kind: 'asked', ask: { ...ask, openedAtMs: 1, expiresAtMs: 2 }, seq: 0, atMs: 1 },
      {
        kind: 'decided',
        decision: { ...decision, comment: 'a\0b', code: 'ACCEPTED', why: 'ok', atMs: 2 },
        seq: 1,
        atMs: 2,
      },
    ]);
    const ref = await documents.put('plan', { units: [] });
    await documents.put('observations', []);
    const { url } = database;
    expect(await askDatabase(url, 'select rollback, ask, plan from lastgood.asks')).toEqual([
      { rollback, ask: 'run:1', plan: 'sha256:p' },
    ]);
    expect(
      await askDatabase(url, 'select rollback, ask, action, claimed_by, accepted from lastgood.decisions'),
    ).toEqual([{ rollback, ask: 'run:1', action: 'approve', claimed_by: 'ben', accepted: true }]);
    expect(await askDatabase(url, 'select ref from lastgood.plans')).toEqual([{ ref }]);
  });

  it('turns the switch for good only when every row that is being opened is there', async () => {
    const { journal, locks, writes } = inventory;
    const holder = { rollback: 'rb-production-1', workflowId: 'w', runId: 'run' };
    const taken = await locks.take('production', ['orders'], holder);
    const fence = taken.taken ? taken.fence : 0;
    const row = { rollback: holder.rollback, component: 'orders', environment: 'production', attempt: 1, fence };
    const opening = Array.from({ length: 40 }, async (_, at) => {
      await journal.open({ ...row, step: `orders/code/${at}`, from: 'sha256:bad', to: 'sha256:good' });
    });
    await writes.freeze('ana', 'the database is on fire');
    await Promise.allSettled(opening);
    const late = await askDatabase(
      database.url,
      'select from lastgood.step_journal where opened_at > (select since from lastgood.write_switch)',
    );
    expect(late).toEqual([]);
  });

  it('never changes or removes a row that is a fact about the past', async () => {
    await aBusyNight();
    for (const sql of [
      `update lastgood.audit set entry = ''`,
      `delete from lastgood.rollback_events`,
      `delete from lastgood.marks`,
      `truncate lastgood.documents`,
    ]) {
      await expect(askDatabase(database.url, sql)).rejects.toThrow(/are never changed or removed/);
    }
  });

  describe('captured states', () => {
    const captured = { environment: 'production', component: 'orders', layer: 'code', fingerprint: 'sha256:f' };

    it('are stored so that the database does not know what they say', async () => {
      const body = { password: 'hunter2' };
      const [first, second] = [
        await inventory.captures.put({ ...captured, body }),
        await inventory.captures.put({ ...captured, body }),
      ];
      const rows = await askDatabase(
        database.url,
        `select encode(body, 'escape') as body, nonce::text from lastgood.captures`,
      );
      expect(JSON.stringify(rows)).not.toContain('hunter2');
      expect(rows[0]?.['nonce']).not.toBe(rows[1]?.['nonce']);
      expect(await inventory.captures.get(first)).toEqual(await inventory.captures.get(second));
    });

    it('can not be read with another key, nor one under the name of another', async () => {
      const good = await inventory.captures.put({ ...captured, body: 'good' });
      const bad = await inventory.captures.put({ ...captured, body: 'bad' });
      const stranger = await openInventory({ databaseUrl: database.url, captureKey: randomBytes(32) });
      expect(await codeOf(stranger.captures.get(good))).toBe('CAPTURE_UNREADABLE');
      await stranger.close();
      await askDatabase(
        database.url,
        `update lastgood.captures c set body = o.body, nonce = o.nonce from lastgood.captures o
          where c.id = '${good.id}' and o.id = '${bad.id}'`,
      );
      expect(await codeOf(inventory.captures.get(good))).toBe('CAPTURE_UNREADABLE');
    });

    it('need a key, which who only reads lists does not', async () => {
      const reader = await openInventory({ databaseUrl: database.url });
      expect(await reader.rollbacks.list({})).toEqual([]);
      await expect(reader.captures.put({ ...captured, body: 1 })).rejects.toThrow(/LASTGOOD_CAPTURE_KEY is not set/);
      await reader.close();
    });
  });
});
