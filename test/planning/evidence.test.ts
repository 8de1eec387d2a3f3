import { buildPlan } from '../../src/planning';
import { factsFor, oldNew } from './build';

test('also in a plan of more than 2,000 units a pair that never meets is no evidence to be had', () => {
  const many = Array.from({ length: 2_000 }, (_none, at) => `c${at}`);
  const { units, evidence } = buildPlan(
    factsFor(['api', 'shop', ...many], ['shop', ...many], {
      catalog: { compatibility: { rules: [oldNew('shop!api')] } },
    }),
  );
  expect([units.length, evidence]).toEqual([2_002, { seen: 1, total: 2 }]);
});
