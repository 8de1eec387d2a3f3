import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, oldNew, release } from './build';

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

test('switching flags off is offered once, and not where what can not read is merely pulled along', () => {
  const facts = unreadable({ orders: '1..2' });
  const flagged: PlanFacts = {
    ...facts,
    catalog: {
      ...facts.catalog,
      flags: { fast: { component: 'shop', layer: 'switch', waives: ['api!shop'] } },
      compatibility: { rules: [oldNew('api!shop')] },
    },
    releases: [...facts.releases, release('api', '1.0.0', 'good')],
  };
  const offered = (...bad: readonly string[]) =>
    buildPlan({ ...flagged, bad }).refusals.map(({ code, components, offers }) => [
      code,
      ...components,
      ...offers.filter((offer) => offer.includes(' --flag-only')),
    ]);
  const command = 'lastgood rollback production shop --flag-only --reason "why"';
  expect(offered('shop')).toEqual([['FORMAT_UNREADABLE', 'shop', command]]);
  expect(offered('api')).toEqual([['FORMAT_UNREADABLE', 'shop']]);
});
