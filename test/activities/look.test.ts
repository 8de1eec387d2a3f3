import { observeOne } from '../../src/activities/look';
import type { Pulse } from '../../src/activities/run';
import type { ActivityWorld } from '../../src/activities/world';
import type { Catalog } from '../../src/domain/catalog';
import { errorCatalogue } from '../../src/domain/error-catalogue';
import { LastgoodError } from '../../src/domain/errors';

const catalog = {
  components: { orders: { layers: [{ id: 'host', layer: 'moody', target: {} }] } },
} as unknown as Catalog;
const pulse = { signal: new AbortController().signal } as Pulse;
const address = { component: 'orders', layer: 'host' };

/** A layer that fails with these codes, one a look, and answers afterwards. */
function moody(...codes: readonly ('HTTP_UNREACHABLE' | 'CAPTURE_MISSING')[]): ActivityWorld {
  const left = [...codes];
  const observe = (): Promise<unknown> => {
    const code = left.shift();
    return code === undefined
      ? Promise.resolve({ fingerprint: 'sha256:seen' })
      : Promise.reject(new LastgoodError(code, { what: 'the layer stumbled', why: 'it is down' }));
  };
  const target = { parse: () => ({ ok: true, target: {} }) };
  return { reverters: new Map([['moody', { observe, target }]]) } as unknown as ActivityWorld;
}

test('a layer that stumbles once is seen all the same', async () => {
  const entry = await observeOne(moody('HTTP_UNREACHABLE'), catalog, address, pulse);
  expect(entry.observation?.fingerprint).toBe('sha256:seen');
});

test('a layer that stays silent is recorded with its fault, in one sentence and with what to do', async () => {
  const entry = await observeOne(moody('HTTP_UNREACHABLE', 'HTTP_UNREACHABLE'), catalog, address, pulse);
  const { remedy: next } = errorCatalogue.HTTP_UNREACHABLE;
  expect(entry.fault).toEqual({ code: 'HTTP_UNREACHABLE', why: 'the layer stumbled: it is down', next });
});

test('a fault that does not pass by itself is not asked about again', async () => {
  const entry = await observeOne(moody('CAPTURE_MISSING'), catalog, address, pulse);
  expect(entry.fault?.code).toBe('CAPTURE_MISSING');
});
