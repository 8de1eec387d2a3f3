import { sizeOf } from '../../src/report/markdown-size';
import { planMarkdown } from '../../src/report/plan-markdown';
import { suggestedCommands } from '../../src/report/suggestions';
import type { Plan } from '../../src/domain/plan';
import { dataLoss, look, plans } from './fixtures';
import { expectGolden } from './golden';
import { approvalJsonOf, outsideOfCodeBlocks } from './markdown';

const [unit] = dataLoss.units;
const target = dataLoss.targets[0];
const manyUnits: Plan = {
  ...dataLoss,
  targets: Array.from({ length: 3 }, (_, at) => ({ ...target!, component: `service-${at}` })),
  units: Array.from({ length: 300 }, (_, at) => ({ ...unit!, id: `service-${at}`, components: [`service-${at}`] })),
};

describe('the plan for the Temporal UI', () => {
  test.each(Object.entries(plans))('is one code block and less than 4 KB: %s', (name, plan) => {
    const page = planMarkdown(plan, look);
    expectGolden(`plan-${name}.md`, page);
    expect(outsideOfCodeBlocks(page)).toBe('');
    expect(sizeOf(page).bytes).toBeLessThan(4_096);
  });

  test('carries the JSON that approves it, when there is one', () => {
    const approveJson = '{"ask":"run:1","planDigest":"sha256:ab","comment":"why"}';
    const page = planMarkdown(dataLoss, { ...look, approveJson });
    expect(page).toContain(`\`\`\`json\n${approveJson}\n\`\`\``);
    expect(approvalJsonOf(page)).toBeUndefined();
  });

  test('shortens a list of 300 units, says how to see the rest, and keeps what is lost', () => {
    const page = planMarkdown(manyUnits, look);
    expect(sizeOf(page).bytes).toBeLessThan(4_096);
    expect(page).toContain('… 288 more units:');
    expect(suggestedCommands(page)).toContain('lastgood plan production orders --json');
    expect(page).toContain('LOSES           orders: 37 discount codes');
  });

  test('cuts lines only when nothing else helps, and counts them', () => {
    const accepted = Array.from({ length: 200 }, (_, at) => `rule-${at}-of-a-very-long-list-of-rules`);
    const page = planMarkdown({ ...dataLoss, accepted }, look);
    expect(sizeOf(page).bytes).toBeLessThan(4_096);
    expect(page).toMatch(/… \d+ more lines: {2}lastgood plan production orders\n```$/);
  });

  test('counts bytes and their percent-encoded length', () => {
    expect(sizeOf('a ✓')).toEqual({ bytes: 5, encoded: 13 });
    expect(sizeOf('\ud83d').bytes).toBe(3);
  });
});
