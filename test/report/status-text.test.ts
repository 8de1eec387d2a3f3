import { progressOf } from '../../src/domain/progress';
import { statusText } from '../../src/report/status-text';
import { expectGolden } from './golden';
import { stories } from './story';

describe('the status of a rollback as one screen', () => {
  test.each(Object.entries(stories))('looks as agreed: %s', (name, events) => {
    const nowMs = (events.at(-1)?.atMs ?? 0) + 4_000;
    expectGolden(`status-${name}.txt`, statusText(progressOf(events), { nowMs, width: 80 }));
  });
});
