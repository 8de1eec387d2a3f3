import * as fc from 'fast-check';
import { progressOf } from '../../src/domain/fold-progress';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import type { Plan } from '../../src/domain/plan';
import { checkText } from '../../src/report/check-text';
import { detailsMarkdown } from '../../src/report/details-markdown';
import { eventLine } from '../../src/report/event-line';
import { displayWidth } from '../../src/report/layout';
import { sizeOf } from '../../src/report/markdown-size';
import { planMarkdown } from '../../src/report/plan-markdown';
import { planText } from '../../src/report/plan-text';
import { statusText } from '../../src/report/status-text';
import { look, plans } from './fixtures';
import { hostileText, outsideOfCodeBlocks } from './markdown';
import { stories } from './story';

/** Fields with a closed set of values, and commands, which are ours: no person can write into them. */
const closedFields = new Set(
  'kind phase outcome state verdict action method how result decision guard reversibility confidence unit command'.split(
    ' ',
  ),
);

/** The same value with every text that anybody could have written replaced by the next hostile one. */
function poisoned<Value>(value: Value, texts: readonly string[]): Value {
  let next = 0;
  const walk = (part: unknown, field: string): unknown => {
    if (typeof part === 'string') return closedFields.has(field) ? part : (texts[next++ % texts.length] ?? '');
    if (Array.isArray(part)) return part.map((item) => walk(item, field));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item, key)]));
  };
  return walk(value, '') as Value;
}

const hostileTexts = fc.array(hostileText, { minLength: 1, maxLength: 6 });
const story = fc.constantFrom<readonly RollbackEvent[]>(...Object.values(stories));
const plan = fc.constantFrom<Plan>(...Object.values(plans));

/** What a terminal could obey or hide, or a line too wide without a command that must stay whole. */
function faultsOf(screen: string): readonly string[] {
  return screen
    .split('\n')
    .filter(
      (line) =>
        /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(line) || (displayWidth(line) > 100 && !line.includes('lastgood ')),
    );
}

describe('whatever people write', () => {
  test('no screen of a rollback obeys it, breaks a line for it or grows wider than 100 columns', () => {
    fc.assert(
      fc.property(story, hostileTexts, fc.integer({ min: 40, max: 140 }), (events, texts, width) => {
        const progress = progressOf(poisoned(events, texts));
        expect(faultsOf(statusText(progress, { nowMs: 0, width }))).toEqual([]);
        const lines = progressLines(poisoned(events, texts));
        expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(line))).toEqual([]);
      }),
    );
  });

  test('no screen of a plan obeys it', () => {
    fc.assert(
      fc.property(plan, hostileTexts, fc.integer({ min: 40, max: 140 }), (made, texts, width) => {
        expect(faultsOf(planText(poisoned(made, texts), { ...look, width }))).toEqual([]);
        expect(faultsOf(checkText(poisoned(made, texts), { ...look, width }))).toEqual([]);
      }),
    );
  });

  test('nothing of it stands outside of a code block in the Temporal UI, and the page stays under 4 KB', () => {
    fc.assert(
      fc.property(story, plan, hostileTexts, (events, made, texts) => {
        const planPage = planMarkdown(poisoned(made, texts), {});
        const page = detailsMarkdown(progressOf(poisoned(events, texts)), { nowMs: 0, planMarkdown: planPage });
        expect(outsideOfCodeBlocks(page)).not.toContain('EVIL');
        expect(sizeOf(page).bytes).toBeLessThan(4_096);
        expect(sizeOf(page).encoded).toBeLessThan(8_000);
        expect(sizeOf(planPage).bytes).toBeLessThan(4_096);
      }),
    );
  });
});

function progressLines(events: readonly RollbackEvent[]): readonly string[] {
  return events.flatMap((event, at) => eventLine(event, progressOf(events.slice(0, at + 1))) ?? []);
}
