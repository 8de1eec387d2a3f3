import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, comparePlans, reasonsFor, targetReasons } from '../../src/planning';
import { adviceLines, changesText, checkText, planText } from '../../src/report';

const look = { nowMs: Date.UTC(2026, 10, 21, 3, 1), width: 100 };

/** Every screen of docs/planning.md, made from the two example documents. */
export function planningScreens(two: PlanFacts, shop: PlanFacts): ReadonlyMap<string, string> {
  const plan = buildPlan(shop);
  const pinned = [{ component: 'gateway/us', why: 'a change of its network until 06:00' }];
  const blocked = buildPlan({ ...shop, pinned });
  const flags = {
    'new-payment-flow': { component: 'payments', layer: 'new-payment-flow', waives: ['pay21-needs-ord31'] },
  };
  const flagOnly = buildPlan({ ...two, bad: ['payments'], flagOnly: true, catalog: { ...two.catalog, flags } });
  const otherTarget = buildPlan({ ...shop, to: { orders: '3.0.8' } });
  const before = {
    rollback: 'rb-production-41',
    startedAtMs: look.nowMs - 240_000,
    approvedAtMs: look.nowMs - 180_000,
    approvedBy: 'ben@laptop',
  };
  return new Map([
    ['shop', planText(plan, look)],
    ['why', [...reasonsFor(plan, 'payments'), ...targetReasons(plan, 'payments')].join('\n')],
    ['check', checkText(plan, look)],
    ['blocked', checkText(blocked, look)],
    ['flag-only', planText(flagOnly, look)],
    ['advice', adviceLines(plan.advice).join('\n')],
    ['changes', changesText(otherTarget, comparePlans(plan, otherTarget), before, look)],
  ]);
}
