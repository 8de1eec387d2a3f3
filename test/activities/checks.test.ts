import { watchChecks } from '../../src/activities/checks';
import type { Pulse } from '../../src/activities/run';
import type { Shelf } from '../../src/activities/shelf';
import type { ActivityWorld } from '../../src/activities/world';
import type { HttpCheck } from '../../src/domain/verification';

const second = 1_000;
const check: HttpCheck = {
  type: 'http',
  name: 'alive',
  url: 'http://127.0.0.1/',
  passes: 1,
  expectStatus: 200,
  windowMs: 100,
  soakMs: second,
  intervalMs: 100,
  timeoutMs: 20 * second,
};
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Two components with one check each; the look at `slow`, and everything that the inventory is asked, takes its time. */
function worldWith(slowAnswerMs: number, inventoryMs: number, badAtMs?: number) {
  const placed = (name: string) => ({ checks: [{ ...check, name }] });
  const catalog = { components: { orders: placed('quick'), payments: placed('slow') } };
  const beganMs = Date.now();
  const plan = { targets: [{ component: 'orders' }, { component: 'payments' }], bad: [] };
  const shelf = { catalog: () => Promise.resolve(catalog), document: () => Promise.resolve({ plan }) };
  const world = {
    now: () => Date.now(),
    inventory: { releases: { baselines: () => later(inventoryMs).then(() => []) } },
    sampleCheck: async ({ name }: HttpCheck) => {
      const atMs = Date.now();
      if (name === 'slow') await later(slowAnswerMs);
      return { atMs, ok: atMs - beganMs !== badAtMs };
    },
  };
  return { world: world as unknown as ActivityWorld, shelf: shelf as unknown as Shelf };
}

/** Of the check that answers at once. */
async function verdictAfterOneSlice(...times: Parameters<typeof worldWith>) {
  const { world, shelf } = worldWith(...times);
  const pulse = { signal: new AbortController().signal } as Pulse;
  const memory = { states: [], samples: {} };
  const input = { environment: 'test', planRef: 'p', catalogDigest: 'c', memory, rollback: 'rb-1', events: [] };
  const watching = watchChecks(world, shelf, input, pulse);
  await jest.advanceTimersByTimeAsync(60 * second);
  const { states } = await watching;
  return states.find((state) => state.check === 'quick')?.verdict;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a check is judged by its own looks, however long another one takes to answer', async () => {
  expect(await verdictAfterOneSlice(0, 0)).toBe('recovered');
  expect(await verdictAfterOneSlice(8 * second, 0)).toBe('recovered');
});

test('an inventory that answers slowly makes no answer old', async () => {
  expect(await verdictAfterOneSlice(0, 5 * second)).toBe('recovered');
});

test('a bad moment early in a slice is seen, although a reading does not look back as far', async () => {
  expect(await verdictAfterOneSlice(0, 0, 200)).toBe('waiting');
});
