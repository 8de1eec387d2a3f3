import { progressOf } from '../../src/domain/fold-progress';
import type { Palette } from '../../src/report/palette';
import { planText } from '../../src/report/plan-text';
import { statusText } from '../../src/report/status-text';
import { look, plans } from './fixtures';
import { stories } from './story';

const tags: Palette = {
  strong: (text) => `<strong:${text}>`,
  good: (text) => `<good:${text}>`,
  bad: (text) => `<bad:${text}>`,
  attention: (text) => `<attention:${text}>`,
  faint: (text) => `<faint:${text}>`,
};
const withoutTags = (text: string): string => text.replace(/<(?:strong|good|bad|attention|faint):([^>]*)>/g, '$1');

describe('colour', () => {
  test('adds nothing to what the text says', () => {
    for (const plan of Object.values(plans)) {
      expect(withoutTags(planText(plan, { ...look, colour: tags }))).toBe(planText(plan, look));
    }
    for (const events of Object.values(stories)) {
      const progress = progressOf(events);
      expect(withoutTags(statusText(progress, { nowMs: 0, colour: tags }))).toBe(statusText(progress, { nowMs: 0 }));
    }
  });

  test.each([
    ['safe-single', '<good:SAFE>'],
    ['data-loss', '<attention:LOSES DATA>'],
    ['blocked-by-schema', '<bad:BLOCKED>'],
    ['unknown-pairs', '<attention:UNKNOWN>'],
  ] as const)('tells the verdict of %s', (name, start) => {
    expect(planText(plans[name], { ...look, colour: tags }).startsWith(start)).toBe(true);
  });

  test('tells the state of units and headings', () => {
    const screen = statusText(progressOf(stories['needs-a-decision']), { nowMs: 0, colour: tags });
    expect(screen).toContain('<attention:NEEDS A DECISION>');
    expect(screen).toContain('  <good:✓> payments');
    expect(screen).toContain('  <bad:✗> orders');
    expect(planText(plans['data-loss'], { ...look, colour: tags })).toContain('  <strong:CAN NOT UNDO>');
  });
});
