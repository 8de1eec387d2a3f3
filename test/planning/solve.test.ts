import type { PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';
import { buildPlan, planScope, verifyPlan } from '../../src/planning';
import { factsFor, layer, release } from './build';

type Rules = NonNullable<NonNullable<PlanFacts['catalog']['compatibility']>['rules']>;

/** Never these two versions at once. */
const never = (one: readonly [string, string], other: readonly [string, string]): Rules[number] => ({
  id: [...one, ...other].join(' '),
  forbid: [{ [one[0]]: one[1] }, { [other[0]]: other[1] }],
});

/** Components that run 3.0.0 and were good at every version of their history, the newest first. */
function facts(
  histories: Readonly<Record<string, readonly string[]>>,
  bad: readonly string[],
  over: Parameters<typeof factsFor>[2] = {},
): PlanFacts {
  const names = Object.keys(histories);
  const good = (component: string, version: string): ReleaseFact =>
    release(component, version, 'good', { digest: `${component} ${version}`.replace(' ', '-') });
  return factsFor(names, bad, {
    live: Object.fromEntries(names.map((name) => [name, { version: '3.0.0', digest: `${name}-live` }])),
    releases: names.flatMap((name) => histories[name]!.map((version) => good(name, version))),
    ...over,
  });
}

const two = ['2.0.0', '1.0.0'];
const targets = (known: PlanFacts): Readonly<Record<string, string>> =>
  Object.fromEntries(buildPlan(known).targets.map(({ component, to }) => [component, to.version]));

describe('what was seen together decides between targets', () => {
  const related = { components: { shop: { dependsOn: ['api'] }, api: {} } };

  test('also where the other side stays as it is', () => {
    const known = facts({ shop: two, api: two }, ['shop'], {
      catalog: related,
      observedTogether: [{ shop: '1.0.0', api: '3.0.0' }],
    });
    expect(targets(known)).toEqual({ shop: '1.0.0' });
  });

  test('but not where only what stays was not seen', () => {
    const known = facts({ shop: two, api: two, db: two }, ['shop'], {
      catalog: {
        components: { shop: {}, api: { dependsOn: ['db'] }, db: {} },
        compatibility: { rules: [never(['shop', '1.0.0'], ['api', '3.0.0'])] },
      },
      observedTogether: [{ shop: '1.0.0' }, { api: '2.0.0', db: '3.0.0' }],
    });
    expect(targets(known)).toEqual({ shop: '2.0.0' });
  });

  test('of two sets the one is taken in which the bad ones go back less', () => {
    const known = facts({ api: [...two, '0.9.0'], shop: two }, ['api', 'shop'], {
      catalog: related,
      observedTogether: [
        { api: '0.9.0', shop: '2.0.0' },
        { api: '2.0.0', shop: '1.0.0' },
      ],
    });
    expect(targets(known)).toEqual({ api: '2.0.0', shop: '1.0.0' });
  });

  test('what is not bad goes back further rather than what is', () => {
    const known = facts({ api: [...two, '0.9.0'], shop: two, z: two }, ['shop', 'z'], {
      catalog: {
        components: { ...related.components, z: {} },
        compatibility: { rules: [never(['z', '2.0.0'], ['api', '3.0.0'])] },
      },
      observedTogether: [
        { api: '2.0.0', shop: '1.0.0' },
        { api: '0.9.0', shop: '2.0.0' },
      ],
    });
    expect(targets(known)).toEqual({ api: '0.9.0', shop: '2.0.0', z: '2.0.0' });
  });

  test('of two sets that are as good the same one is taken, whichever was told first', () => {
    const sets = [
      { api: '2.0.0', shop: '1.0.0' },
      { api: '1.0.0', shop: '2.0.0' },
    ];
    for (const observedTogether of [sets, sets.toReversed()]) {
      const known = facts({ api: two, shop: two }, ['api', 'shop'], { catalog: related, observedTogether });
      expect(targets(known)).toEqual({ api: '1.0.0', shop: '2.0.0' });
    }
  });

  test('sets whose numbers read alike are two sets: the first candidate of 12 is not the eleventh of 2', () => {
    const names = Array.from({ length: 13 }, (_none, at) => `c${String(at).padStart(2, '0')}`);
    const long = Array.from({ length: 12 }, (_none, at) => `2.${11 - at}.0`);
    const histories = Object.fromEntries(names.map((name) => [name, name === 'c01' ? long : two]));
    const bad = ['c01', 'c02', 'c12'];
    const known = facts(histories, bad, {
      catalog: {
        components: Object.fromEntries(names.map((name) => [name, name === 'c01' ? { dependsOn: bad.slice(1) } : {}])),
      },
      observedTogether: [
        { c01: '2.10.0', c02: '2.0.0', c12: '1.0.0' },
        { c01: '2.0.0', c02: '1.0.0', c12: '2.0.0' },
      ],
    });
    expect(targets(known)).toEqual({ c01: '2.10.0', c02: '2.0.0', c12: '1.0.0' });
  });

  test('nothing older is tried where a component can not move at all', () => {
    const known = facts({ api: two, db: two, shop: two }, ['api', 'shop'], {
      catalog: { components: { api: {}, db: {}, shop: { dependsOn: ['db'] } } },
      pinned: [{ component: 'api', why: 'audit' }],
      observedTogether: [{ shop: '1.0.0', db: '3.0.0' }],
    });
    expect(buildPlan(known).refusals.map(({ code }) => code)).toEqual(['PINNED']);
    expect(targets(known)).toEqual({ api: '2.0.0', shop: '2.0.0' });
  });
});

describe('targets that may not live together', () => {
  test('a layer that can not be undone does not change which targets are picked', () => {
    const known = facts({ api: two, db: two, shop: two }, ['api', 'shop'], {
      catalog: { compatibility: { rules: [never(['shop', '2.0.0'], ['api', '2.0.0'])] } },
    });
    const stuck = { ...known, layers: { shop: [layer(1, { reversibility: 'irreversible' })] } };
    expect(targets(known)).toEqual({ api: '1.0.0', shop: '2.0.0' });
    expect(targets(stuck)).toEqual(targets(known));
    expect(buildPlan(stuck).refusals.map(({ code }) => code)).toEqual(['IRREVERSIBLE']);
  });

  test('of two components whose older release ends every conflict the first by name goes back further', () => {
    const rules = [
      never(['z', '2.0.0'], ['a', '3.0.0']),
      never(['z', '2.0.0'], ['c', '3.0.0']),
      never(['a', '2.0.0'], ['b', '3.0.0']),
      never(['c', '2.0.0'], ['d', '3.0.0']),
      never(['b', '2.0.0'], ['c', '2.0.0']),
      never(['a', '2.0.0'], ['d', '2.0.0']),
    ];
    const known = facts({ a: two, b: two, c: two, d: two, z: two }, ['z'], { catalog: { compatibility: { rules } } });
    expect(targets(known)).toEqual({ a: '1.0.0', c: '2.0.0', d: '2.0.0', z: '2.0.0' });
    expect(verifyPlan(buildPlan(known), known)).toEqual([]);
  });

  test('the one that fits is found forty releases back where the other side has nothing older', () => {
    const long = Array.from({ length: 41 }, (_none, at) => `2.${40 - at}.0`);
    const known = facts({ api: ['2.0.0'], shop: long }, ['api', 'shop'], {
      catalog: { compatibility: { rules: [never(['shop', '>2.0.0 <3.0.0'], ['api', '2.0.0'])] } },
    });
    expect(targets(known)).toEqual({ api: '2.0.0', shop: '2.0.0' });
  });
});

describe('the scope of a plan', () => {
  const stage = (from: string, to: string, version: string) => ({ from, to, version });
  const chain = [
    {
      layer: 'migrations',
      reversibility: 'reversible' as const,
      steps: [stage('s2', 's1', '2.5.0'), stage('s1', 's0', '2.0.0')],
    },
  ];

  test('holds both sides of a choice, and nobody else', () => {
    const known = facts({ a: two, b: two, c: two, z: two }, ['z'], {
      catalog: { compatibility: { rules: [never(['a', '3.0.0'], ['b', '3.0.0'])] } },
    });
    expect(planScope(known).components).toEqual(['a', 'b', 'z']);
    expect(buildPlan(known).units.map(({ id }) => id)).toEqual(['a', 'z']);
  });

  test('holds of a chain that is one side of a choice only what its first stage pulls along', () => {
    const known = facts({ a: two, b: two, c: two, d: two, z: two }, ['z'], {
      catalog: {
        compatibility: {
          rules: [
            never(['a', '3.0.0'], ['b', '3.0.0']),
            never(['b', '2.5.0'], ['c', '3.0.0']),
            never(['b', '2.0.0'], ['d', '3.0.0']),
          ],
        },
      },
      layers: { b: chain },
    });
    expect(planScope(known).components).toEqual(['a', 'b', 'c', 'z']);
  });

  test('holds what only the chosen way through a chain pulls along', () => {
    const known = facts({ a: two, b: two, d: two, e: two, z: two }, ['z'], {
      catalog: {
        compatibility: {
          rules: [
            never(['z', '2.0.0'], ['a', '3.0.0']),
            never(['z', '2.0.0'], ['b', '3.0.0']),
            never(['a', '2.5.0'], ['b', '2.5.0']),
            never(['a', '2.0.0'], ['d', '3.0.0']),
            never(['b', '2.0.0'], ['e', '3.0.0']),
          ],
        },
      },
      layers: { a: chain, b: chain },
    });
    const moved = [...new Set(buildPlan(known).units.flatMap(({ components }) => components))].sort();
    expect(moved).toEqual(['a', 'b', 'd', 'z']);
    expect(planScope(known).components).toEqual(moved);
  });
});
