import { foldProgress, progressOf } from '../../src/domain/fold-progress';
import { emptyProgress } from '../../src/domain/progress';
import { eventLine } from '../../src/report/event-line';
import { expectGolden } from './golden';
import { rollback, stories } from './story';

describe('one line per event', () => {
  test.each(Object.entries(stories))('tells the story without a terminal: %s', (name, events) => {
    let progress = emptyProgress;
    const lines = events.flatMap((event) => {
      progress = foldProgress(progress, event);
      return eventLine(event, progress) ?? [];
    });
    expectGolden(`events-${name}.txt`, lines.join('\n'));
  });

  test('says nothing about an event of a newer version', () => {
    const event = { kind: 'teleported', seq: 99, atMs: 0, rollback } as never;
    expect(eventLine(event, progressOf(stories.confirmed))).toBeUndefined();
  });
});
