import type { Inventory } from '../../src/domain/inventory';
import { codeOf, type OpenInventory } from './inventory-behaviour';

export function describeCatalogsAndDocuments(open: OpenInventory): void {
  describe('catalogs and documents', () => {
    let inventory: Inventory;
    beforeEach(async () => {
      inventory = await open();
    });

    it('keeps every catalog under its digest and knows the current one of each environment', async () => {
      const { catalogs } = inventory;
      const first = await catalogs.put('production', { tier: 1 });
      const second = await catalogs.put('production', { tier: 2 });
      await catalogs.put('staging', { tier: 1 });
      expect(await catalogs.get(first)).toEqual({ tier: 1 });
      expect(await catalogs.current('production')).toEqual({ digest: second, catalog: { tier: 2 } });
      expect(await catalogs.current('staging')).toEqual({ digest: first, catalog: { tier: 1 } });
      expect(await catalogs.environments()).toEqual(['production', 'staging']);
      expect([await catalogs.get('sha256:none'), await catalogs.current('nowhere')]).toEqual([undefined, undefined]);
    });

    it('makes an older catalog the current one again', async () => {
      const { catalogs } = inventory;
      const first = await catalogs.put('production', { tier: 1 });
      await catalogs.put('production', { tier: 2 });
      await catalogs.put('production', { tier: 1 });
      expect((await catalogs.current('production'))?.digest).toBe(first);
    });

    it('stores a document once, whatever the order of its keys', async () => {
      const { documents } = inventory;
      const ref = await documents.put('plan', { b: 1, a: [0.1, null, 'ü\u0000'] });
      expect(await documents.put('plan', { a: [0.1, null, 'ü\u0000'], b: 1 })).toBe(ref);
      expect(ref).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await documents.get(ref)).toEqual({ b: 1, a: [0.1, null, 'ü\u0000'] });
      expect(await documents.get('sha256:none')).toBeUndefined();
    });
  });
}

export function describeCaptures(open: OpenInventory): void {
  describe('captures', () => {
    let inventory: Inventory;
    beforeEach(async () => {
      inventory = await open();
    });
    const captured = { environment: 'production', component: 'orders', fingerprint: 'sha256:f1' };

    it('gives back what was captured', async () => {
      const { captures } = inventory;
      const body = { link: 'releases/2.0.4', secret: 'hunter2' };
      const ref = await captures.put({ ...captured, layer: 'code', body });
      expect(ref).toMatchObject({ fingerprint: 'sha256:f1', hash: expect.stringMatching(/^hmac-sha256:/) as string });
      expect(await captures.get(ref)).toEqual(body);
    });

    it('refuses a reference to nothing, and one to another content', async () => {
      const { captures } = inventory;
      const ref = await captures.put({ ...captured, layer: 'code', body: 1 });
      expect(await codeOf(captures.get({ ...ref, id: 'cap-none' }))).toBe('CAPTURE_MISSING');
      expect(await codeOf(captures.get({ ...ref, hash: 'hmac-sha256:other' }))).toBe('CAPTURE_UNREADABLE');
    });

    it('shows the newest capture of each layer under the release it showed', async () => {
      const { captures } = inventory;
      const code = { ...captured, layer: 'code', showsRelease: 'sha256:r1' };
      await captures.put({ ...code, body: 'old' });
      const newest = await captures.put({ ...code, body: 'new' });
      const flag = await captures.put({ ...code, layer: 'flag', body: true });
      await captures.put({ ...code, showsRelease: 'sha256:r2', body: 'other release' });
      await captures.put({ ...code, environment: 'staging', body: 'other environment' });
      expect(await captures.showing('production', 'orders', 'sha256:r1')).toEqual({ code: newest, flag });
      expect(await captures.showing('production', 'payments', 'sha256:r1')).toEqual({});
    });

    it('keeps what was there before the first write of a step, whatever a second attempt captures', async () => {
      const { captures } = inventory;
      const before = { rollback: 'rb-production-1', step: 'orders/code/1', from: 'sha256:bad' };
      const code = { ...captured, layer: 'code', before };
      const first = await captures.put({ ...code, body: 'whole' });
      expect(await captures.put({ ...code, body: 'half done' })).toEqual(first);
      expect(await captures.before(before)).toEqual(first);
      expect(await captures.get(first)).toBe('whole');
      expect(await captures.before({ ...before, step: 'orders/code/2' })).toBeUndefined();
    });

    it('keeps apart what the same step of a plan that was made again began from', async () => {
      const { captures } = inventory;
      const before = { rollback: 'rb-production-1', step: 'orders/code/1', from: 'sha256:bad' };
      const first = await captures.put({ ...captured, layer: 'code', before, body: 'bad' });
      const again = { ...before, from: 'sha256:worse' };
      expect(await captures.before(again)).toBeUndefined();
      const second = await captures.put({ ...captured, layer: 'code', before: again, body: 'worse' });
      expect(await captures.before(before)).toEqual(first);
      expect(await captures.before(again)).toEqual(second);
    });

    it('refuses a state of more than 8 MB', async () => {
      const body = 'x'.repeat(8 * 1024 * 1024);
      expect(await codeOf(inventory.captures.put({ ...captured, layer: 'code', body }))).toBe('CAPTURE_TOO_LARGE');
    });
  });
}
