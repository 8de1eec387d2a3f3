import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, layer, oldNew, release } from './build';

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

test.each<readonly [string, readonly string[]]>([
  ['3', []],
  ['3..4', []],
  ['2..3', []],
  ['4..5', ['shop 1.0.0 reads orders 4..5, and api 2.0.0 has written version 3 since']],
])('version 3 is written, and the target reads %s', (range, told) => {
  expect(why({ orders: range })).toEqual(told);
});

/** Two builds of what api runs write other versions than its catalog says; shop can read the one of 3, and not the one of 4. */
function builtTwice(digest: string, writes: readonly number[]): readonly string[] {
  const facts = unreadable({ orders: '1..3' });
  const builds = writes.map((version) =>
    release('api', '2.0.0', 'unknown', {
      digest: `writes${version}`,
      formats: { orders: { writes: version, reads: '1..9' } },
    }),
  );
  const live = { ...facts.live, api: { version: '2.0.0', digest } };
  return buildPlan({ ...facts, live, releases: [...facts.releases, ...builds] }).refusals.map(({ why }) => why);
}

test('what the build that runs writes is what counts, not what another build of its version does', () => {
  expect(builtTwice('writes3', [3, 4])).toEqual([]);
  expect(builtTwice('writes4', [3, 4])).toEqual([
    'shop 1.0.0 reads orders 1..3, and api 2.0.0 has written version 4 since',
  ]);
});

test('where nobody knows which build runs, what each of them writes counts, in whatever order they are told', () => {
  const told = (version: number) => [
    `shop 1.0.0 reads orders 1..3, and api 2.0.0 has written version ${version} since`,
  ];
  expect([builtTwice('', [3, 4]), builtTwice('', [4, 3])]).toEqual([told(4), told(4)]);
  expect([builtTwice('', [4, 5]), builtTwice('', [5, 4])]).toEqual([told(4), told(4)]);
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

type Rules = NonNullable<NonNullable<PlanFacts['catalog']['compatibility']>['rules']>;

/** Why shop, with rules about old and new of it, may not go back from 2.0.0 to 1.0.0. */
function refused(
  rules: Rules,
  over: PlanFacts['catalog']['components'][string] = {},
  accept: readonly string[] = [],
): readonly string[] {
  const catalog = { components: { shop: over }, compatibility: { rules } };
  const layers = { shop: [layer(1, { steps: [{ from: '2.0.0', to: '1.0.0' }] })] };
  return buildPlan(factsFor(['shop'], ['shop'], { catalog, layers, accept })).refusals.map(
    ({ code, why }) => `${code}: ${why}`,
  );
}

test('of the rules about versions of one component only those count that forbid the two and are not accepted', () => {
  const others: Rules = [{ id: 'a-other', forbid: [{ shop: '0.9.0' }, { shop: '2.0.0' }] }];
  const told = (rule: string) => [
    `STRATEGY_MIXES_VERSIONS: shop 2.0.0 × 1.0.0 is forbidden by ${rule}, and strategy rolling runs both for a while`,
  ];
  expect(refused(others)).toEqual([]);
  expect(refused([oldNew('shop!shop')])).toEqual(told('shop!shop'));
  expect(refused([...others, oldNew('shop!shop')])).toEqual(told('shop!shop'));
  expect(refused([oldNew('shop!shop')], {}, ['shop!shop'])).toEqual([]);
});

test('a schema is migrated in place, so its old and new are never there together', () => {
  expect(refused([oldNew('shop!shop')], { kind: 'schema' })).toEqual([]);
});
