import { displayWidth } from '../../src/report/layout';
import { planText } from '../../src/report/plan-text';
import { dataLoss, look, plans } from './fixtures';
import { expectGolden } from './golden';

describe('the plan as one screen', () => {
  test.each(Object.entries(plans))('looks as agreed: %s', (name, plan) => {
    expectGolden(`plan-${name}.txt`, planText(plan, look));
  });

  test('a plan of three components with losses and risks fits 80 × 24', () => {
    const lines = planText(dataLoss, look).split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });
});
