import type { SourceFact } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { displayWidth } from '../../src/report/layout';
import { planText } from '../../src/report/plan-text';
import { factsFor, release } from '../planning/build';
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

  test.each<[string, string, readonly SourceFact[] | undefined]>([
    ['? not probed', 'nobody looked for its artifact', undefined],
    ['✗ none', 'everybody who looked found nothing', [{ kind: 'cache', available: false }]],
  ])('says "%s" where %s', (text, _name, sources) => {
    const layers = { shop: [{ layer: 'files', reversibility: 'reversible' as const, ...(sources && { sources }) }] };
    const facts = factsFor(['shop'], ['shop'], { releases: [release('shop', '1.0.0', 'good')], layers });
    const screen = planText(buildPlan(facts), look);
    expect(screen).toContain(text);
    expect(screen).toContain('? nobody has seen a source that still has the artifact: shop');
  });

  test('says what a step does where a container is called like its component', () => {
    const step = { from: 'a', to: 'b', summary: 'shop: image shop:1.1.0 → :1.0.0' };
    const layers = { shop: [{ layer: 'workload', reversibility: 'reversible' as const, steps: [step] }] };
    const facts = factsFor(['shop'], ['shop'], { releases: [release('shop', '1.0.0', 'good')], layers });
    expect(planText(buildPlan(facts), look)).toContain('   1  shop  shop: image shop:1.1.0 → :1.0.0');
  });

  test('names the release that a rollout is stuck at, and says that it is mixed', () => {
    const mixed = 'workload: Deployment shop/shop 1.1.0, 1 of 3 pods updated, 3 available';
    const live = { shop: { version: '1.1.0', digest: 'sha256:1234567', mixed } };
    const facts = factsFor(['shop'], ['shop'], { releases: [release('shop', '1.0.0', 'good')], live });
    const screen = planText(buildPlan(facts), look);
    expect(screen).toMatch(/shop +1\.1\.0 mixed +→ 1\.0\.0/);
    expect(screen).toContain('shop is mixed now: workload: Deployment shop/shop 1.1.0, 1');
  });
});
