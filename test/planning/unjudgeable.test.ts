import { LastgoodError } from '../../src/domain/errors';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, oldNew, release } from './build';

type Rules = NonNullable<NonNullable<PlanFacts['catalog']['compatibility']>['rules']>;

/** Shop goes back to a release that requires api; a rule is about the two. */
function requiring(required: string, rule: Rules[number]['forbid'], over: Partial<PlanFacts> = {}): PlanFacts {
  const facts = factsFor(['shop', 'api', 'db'], ['shop'], {
    catalog: { compatibility: { rules: [{ id: 'r', forbid: rule }] } },
    ...over,
  });
  const requires = { api: required };
  return {
    ...facts,
    releases: facts.releases.map((found) => (found.digest === 'shop1' ? { ...found, requires } : found)),
  };
}

function complaint(facts: PlanFacts): string {
  try {
    buildPlan(facts);
  } catch (thrown) {
    if (thrown instanceof LastgoodError) return thrown.message.split('\n')[0]!;
    throw thrown;
  }
  return 'none';
}

const forbidsIt =
  'FACTS_INVALID  rule r  shop 1.0.0 requires api >=2 (requires:shop@1.0.0:api), and the rule forbids exactly that';

describe('a release that requires what a rule forbids', () => {
  test.each<readonly [string, string, Rules[number]['forbid'], string]>([
    ['exactly', '>=2', [{ shop: '>=1 <2' }, { api: '>=2' }], forbidsIt],
    ['exactly, written the other way round', '>=2', [{ api: '>=2' }, { shop: '>=1 <2' }], forbidsIt],
    ['and more', '>=2', [{ shop: '>=1 <2' }, { api: '>=1' }], forbidsIt],
    ['in part', '>=2', [{ shop: '>=1 <2' }, { api: '>=3' }], 'none'],
    ['of another of its releases', '>=2', [{ shop: '>=5' }, { api: '>=2' }], 'none'],
    ['by name', '2.0.0', [{ shop: '>=1 <2' }, { api: ['2.0.0'] }], 'none'],
    ['of somebody else', '>=2', [{ db: '>=1' }, { api: '>=2' }], 'none'],
  ])('is refused when it forbids it %s', (_name, required, rule, expected) => {
    expect(complaint(requiring(required, rule))).toBe(expected);
  });

  test('is no matter where it does not move', () => {
    const facts = requiring('>=2', [{ shop: '>=1 <2' }, { api: '>=2' }]);
    expect(complaint({ ...facts, bad: ['db'] })).toBe('none');
  });

  test('is refused also when it is the one by name that comes later', () => {
    const facts = factsFor(['api', 'shop'], ['shop'], {
      catalog: { compatibility: { rules: [{ id: 'r', forbid: [{ shop: '>=2' }, { api: '>=1 <2' }] }] } },
    });
    const requires = { shop: '>=2' };
    const releases = facts.releases.map((found) => (found.digest === 'api1' ? { ...found, requires } : found));
    expect(complaint({ ...facts, bad: ['api'], releases })).toBe(
      'FACTS_INVALID  rule r  api 1.0.0 requires shop >=2 (requires:api@1.0.0:shop), and the rule forbids exactly that',
    );
  });
});

describe('a label that a range can not judge', () => {
  const blue = { version: 'blue', digest: 'api2' };
  const facts = (rules: Rules, api: object = blue): PlanFacts => {
    const known = factsFor(['shop', 'api'], ['shop'], { catalog: { compatibility: { rules } } });
    return { ...known, live: { ...known.live, api: api as never } };
  };
  const needs = (forbid: Rules[number]['forbid']): Rules => [{ id: 'r', forbid }];

  test.each<readonly [string, PlanFacts, string]>([
    [
      'is refused',
      facts(needs([{ shop: '<2' }, { api: '>=2' }])),
      'FACTS_INVALID  rule r  api "blue" is not a semver version, and the rule asks for ">=2"',
    ],
    [
      'is refused on the other side too',
      facts(needs([{ api: '>=2' }, { shop: '<2' }])),
      'FACTS_INVALID  rule r  api "blue" is not a semver version, and the rule asks for ">=2"',
    ],
    ['is fine for a rule that names it', facts(needs([{ shop: '<2' }, { api: 'blue' }])), 'none'],
    ['is fine where everything is meant', facts(needs([{ shop: '9.0.0' }, { api: '*' }])), 'none'],
    [
      'is no matter of a rule about others',
      { ...facts(needs([{ shop: '<2' }, { shop: '>=2' }])), bad: ['api'] },
      'none',
    ],
  ])('%s', (_name, made, expected) => expect(complaint(made)).toBe(expected));
});

describe('what was seen together', () => {
  const facts = (seen: PlanFacts['observedTogether']): PlanFacts =>
    factsFor(['shop', 'api'], ['shop'], {
      catalog: { components: { shop: { placements: { eu: {}, us: {} }, dependsOn: ['api'] }, api: {} } },
      live: {
        shop: { version: '2.0.0', digest: 'shop2' },
        api: { version: '2.0.0', digest: 'api2' },
      },
      observedTogether: seen!,
    });
  const evidence = (seen: PlanFacts['observedTogether']) => buildPlan(facts(seen)).evidence;

  test.each<readonly [string, NonNullable<PlanFacts['observedTogether']>, number]>([
    ['counts for each placement by the name of the component', [{ shop: '1.0.0', api: '2.0.0' }], 1],
    ['counts by the name of one placement', [{ 'shop/eu': '1.0.0', api: '2.0.0' }], 1],
    ['counts from whichever set has both', [{ shop: '1.0.0' }, { shop: '1.0.0', api: '2.0.0' }, { api: '2.0.0' }], 1],
    ['does not count across sets', [{ shop: '1.0.0' }, { api: '2.0.0' }], 0],
    ['does not count for another version', [{ shop: '1.0.0', api: '1.0.0' }], 0],
  ])('%s', (_name, seen, count) => expect(evidence(seen)).toEqual({ seen: count, total: 1 }));
});

describe('an accepted rule', () => {
  test('does not make another rule about the same versions void', () => {
    const rules = [oldNew('shop!api'), { ...oldNew('shop!api'), id: 'again' }];
    const made = (accept: readonly string[]) =>
      buildPlan(factsFor(['shop', 'api'], ['shop'], { catalog: { compatibility: { rules } }, accept }));
    expect(made(['again']).units.map(({ id, after }) => [id, after.map(({ rule }) => rule)])).toEqual([
      ['api', []],
      ['shop', ['shop!api']],
    ]);
    expect(made(['again', 'shop!api']).accepted).toEqual(['again', 'shop!api']);
    expect(made(['again', 'shop!api']).evidence).toEqual({ seen: 1, total: 1 });
  });

  test('is one rule in the plan although two releases say it', () => {
    const facts = factsFor(['shop', 'api'], ['shop']);
    const rebuilt = [
      release('shop', '1.0.0', 'good', { requires: { api: '<2' } }),
      release('shop', '1.0.0', 'good', { digest: 'rebuilt', requires: { api: '<2' } }),
    ];
    const releases = [...facts.releases.filter(({ component }) => component === 'api'), ...rebuilt];
    expect(buildPlan({ ...facts, releases }).units.at(-1)?.after).toHaveLength(1);
  });
});
