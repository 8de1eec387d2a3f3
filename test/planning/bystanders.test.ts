import type { PlanFacts } from '../../src/domain/plan-facts';
import { bystandersOf } from '../../src/planning';

const live = { version: '1.0.0', digest: 'sha256:one' };
const facts: PlanFacts = {
  environment: 'production',
  catalog: {
    components: {
      api: { dependsOn: ['shop'] },
      shop: { placements: { eu: {}, us: {} } },
      'shop-db': {},
      search: {},
    },
    compatibility: { rules: [{ id: 'shop2-needs-db2', forbid: [{ shop: '>=2' }, { 'shop-db': '<2' }] }] },
  },
  bad: ['shop/eu'],
  live: { api: live, shop: live, 'shop-db': live, search: live },
  releases: [],
};

test('what a rule or a dependency relates to what is written stands beside it, and nothing else does', () => {
  expect(bystandersOf(facts, ['shop/eu'])).toEqual(['api', 'shop-db']);
  expect(bystandersOf(facts, ['shop-db'])).toEqual(['shop/eu', 'shop/us']);
  expect(bystandersOf(facts, ['shop-db', 'shop/eu'])).toEqual(['api', 'shop/us']);
  expect(bystandersOf(facts, ['search'])).toEqual([]);
});
