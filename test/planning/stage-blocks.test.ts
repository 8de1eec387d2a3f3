import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, release } from './build';

/** Api and db write version 3 of two formats; the target of shop reads less. */
function unreadable(reads: Readonly<Record<string, string>>): PlanFacts {
  const formats = { orders: { writes: 3, reads: '1..3' }, carts: { writes: 3, reads: '1..3' } };
  const facts = factsFor(['shop', 'api', 'db'], ['shop'], {
    catalog: { components: { shop: {}, api: { formats }, db: { formats } } },
  });
  const own = Object.fromEntries(Object.entries(reads).map(([name, range]) => [name, { writes: 1, reads: range }]));
  return { ...facts, releases: [release('shop', '1.0.0', 'good', { formats: own })] };
}

const why = (reads: Readonly<Record<string, string>>) => buildPlan(unreadable(reads)).refusals.map(({ why }) => why);

test('of several that write what a target can not read the first by name is told', () => {
  expect(why({ orders: '1..2' })).toEqual(['shop 1.0.0 reads orders 1..2, and api 2.0.0 has written version 3 since']);
});

test('of several formats that a target can not read the first by name is told, in whatever order they are listed', () => {
  const told = ['shop 1.0.0 reads carts 1..1, and api 2.0.0 has written version 3 since'];
  expect([why({ orders: '1', carts: '1' }), why({ carts: '1', orders: '1' })]).toEqual([told, told]);
});
