import { patiently } from '../../src/activities/patience';
import { LastgoodError } from '../../src/domain/errors';
import { caught } from '../fakes/caught';

const away = new LastgoodError('DATABASE_UNREACHABLE', { what: 'the inventory does not answer' });
const never = new AbortController().signal;

/** An inventory that is away for the first questions. */
function inventory(failures: number, fault: Error = away): { asked: number; ask(): Promise<string> } {
  return {
    asked: 0,
    ask() {
      this.asked += 1;
      return this.asked > failures ? Promise.resolve('here') : Promise.reject(fault);
    },
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('asks again until the inventory is back', async () => {
  const shelf = inventory(5);
  const answer = patiently({ signal: never, patience: never }, () => shelf.ask());
  await jest.advanceTimersByTimeAsync(60_000);
  expect(await answer).toBe('here');
  expect(shelf.asked).toBe(6);
});

it('says what is wrong when the patience is over', async () => {
  const over = new AbortController();
  const shelf = inventory(Infinity);
  const error = caught(patiently({ signal: never, patience: over.signal }, () => shelf.ask()));
  await jest.advanceTimersByTimeAsync(10_000);
  over.abort();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(await error).toBe(away);
});

it('does not wait for what waiting can not mend', async () => {
  const refusal = new LastgoodError('FENCE_LOST', { what: 'the lock is gone' });
  const shelf = inventory(Infinity, refusal);
  expect(await caught(patiently({ signal: never, patience: never }, () => shelf.ask()))).toBe(refusal);
  expect(shelf.asked).toBe(1);
});

it('ends at once when the attempt is cancelled', async () => {
  const cancelled = new AbortController();
  const shelf = inventory(Infinity);
  const answer = patiently({ signal: cancelled.signal, patience: never }, () => shelf.ask());
  setTimeout(() => cancelled.abort(), 100);
  void jest.advanceTimersByTimeAsync(100);
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  expect(shelf.asked).toBe(1);
});
