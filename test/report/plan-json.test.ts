import { buildPlan, verifyPlan } from '../../src/planning';
import { planPage } from '../../src/report/plan-page';
import { expectGolden } from './golden';
import { plans } from './fixtures';
import { scenes } from './scenes';

const names = Object.keys(scenes) as readonly (keyof typeof scenes)[];

describe('the plan as JSON', () => {
  test.each(names)('looks as agreed: %s', (name) => {
    expectGolden(`plan-${name}.json`, JSON.stringify(plans[name], null, 2));
  });

  test.each(names)('has every key that programs read: %s', (name) => {
    expect(Object.keys(plans[name])).toEqual(expect.arrayContaining([...stableKeys]));
    expect(Object.keys(plans[name].estimate)).toEqual(
      expect.arrayContaining(['sequential', 'waves', 'eventDriven', 'criticalPath']),
    );
    for (const unit of plans[name].units) expect(Object.keys(unit)).toEqual(expect.arrayContaining([...unitKeys]));
    for (const refusal of plans[name].refusals)
      expect(Object.keys(refusal)).toEqual(expect.arrayContaining([...refusalKeys]));
  });

  test.each(names)('is legal by the independent checker: %s', (name) => {
    expect(verifyPlan(plans[name], scenes[name])).toEqual([]);
  });
});

describe('the plan for a pull request', () => {
  test.each(names)('looks as agreed: %s', (name) => expectGolden(`plan-${name}.page.md`, planPage(plans[name])));

  test('shows the markup of people as text', () => {
    const plan = buildPlan({
      ...scenes['blocked-by-pinned'],
      pinned: [{ component: 'ledger', why: '<img src=x> [click](http://evil) `rm` | **now**' }],
    });
    const page = planPage(plan);
    expect(page).not.toMatch(/<img|\[click\]\(|\*\*now\*\*/);
    expect(page).toContain('&lt;img src=x&gt;');
  });
});

const stableKeys = [
  'environment',
  'bad',
  'verdict',
  'verdictText',
  'digest',
  'targets',
  'units',
  'refusals',
  'cannotUndo',
  'willLose',
  'risks',
  'advice',
  'estimate',
] as const;
const unitKeys = ['id', 'kind', 'components', 'after', 'steps', 'estimateSeconds'] as const;
const refusalKeys = ['components', 'path', 'why', 'offers'] as const;
