import * as fc from 'fast-check';
import { progressOf } from '../../src/domain/fold-progress';
import { detailsMarkdown } from '../../src/report/details-markdown';
import { sizeOf } from '../../src/report/markdown-size';
import { planMarkdown } from '../../src/report/plan-markdown';
import { approvalJsonOf, hostileText, outsideOfCodeBlocks } from './markdown';
import { dataLoss, look, plans } from './fixtures';
import { expectGolden } from './golden';
import { approvalAsk, stories } from './story';

const nowOf = (events: readonly { readonly atMs: number }[]): number => (events.at(-1)?.atMs ?? 0) + 4_000;

describe('the current details of the workflow', () => {
  test('show status, plan and the exact JSON to paste while an approval is open', () => {
    const events = stories['waiting-for-approval'];
    const markdown = detailsMarkdown(progressOf(events), {
      nowMs: nowOf(events),
      planMarkdown: planMarkdown(dataLoss, look),
    });
    expectGolden('details-waiting-for-approval.md', markdown);
    expect(approvalJsonOf(markdown)).toEqual({
      ask: approvalAsk.id,
      planDigest: approvalAsk.planDigest,
      comment: 'why',
    });
  });

  test('show the choices and their JSON when a decision is needed', () => {
    const events = stories['needs-a-decision'];
    expectGolden('details-needs-a-decision.md', detailsMarkdown(progressOf(events), { nowMs: nowOf(events) }));
  });

  test('show no plan of the rollback under the question whether the bad releases are put back', () => {
    const events = stories.reinstating;
    const markdown = detailsMarkdown(progressOf(events), {
      nowMs: nowOf(events),
      planMarkdown: planMarkdown(dataLoss, look),
    });
    expectGolden('details-reinstating.md', markdown);
    expect(markdown).not.toContain('LOSES DATA');
  });

  test.each(Object.entries(stories))('stay under 4 KB, bare and encoded: %s', (_name, events) => {
    for (const plan of Object.values(plans)) {
      const page = detailsMarkdown(progressOf(events), {
        nowMs: nowOf(events),
        planMarkdown: planMarkdown(plan, look),
      });
      expect(sizeOf(page).bytes).toBeLessThan(4_096);
      expect(sizeOf(page).encoded).toBeLessThan(8_000);
    }
  });

  test('keep every hostile value inside of a code block and under 4 KB', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (reason, seen) => {
        const events = stories['needs-a-decision'].map((event) => {
          if (event.kind === 'opened') return { ...event, reason, requester: seen };
          return event.kind === 'unit-failed' ? { ...event, why: seen } : event;
        });
        const plan = { ...dataLoss, verdictText: seen, risks: [reason, seen] };
        const page = detailsMarkdown(progressOf(events), { nowMs: 0, planMarkdown: planMarkdown(plan, look) });
        expect(outsideOfCodeBlocks(page)).not.toContain('EVIL');
        expect(sizeOf(page).bytes).toBeLessThan(4_096);
      }),
    );
  });
});
