import type { PlanFacts, StepFact } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, oldNew } from './build';

type Rule = ReturnType<typeof oldNew>;

/** Never these two stages at once. */
const never = (left: string, leftStage: string, right: string, rightStage: string): Rule => ({
  id: `${left}@${leftStage}!${right}@${rightStage}`,
  forbid: [{ [left]: leftStage }, { [right]: rightStage }],
});

/** Schemas that run s2 and go back over s1 to s0. */
function schemas(
  names: readonly string[],
  bad: readonly string[],
  rules: readonly Rule[],
  lastStep: (name: string) => Partial<StepFact> = () => ({}),
): PlanFacts {
  const named = <Value>(value: (name: string) => Value): Record<string, Value> =>
    Object.fromEntries(names.map((name) => [name, value(name)]));
  const steps = (name: string): StepFact[] => [
    { from: 's2', to: 's1' },
    { from: 's1', to: 's0', ...lastStep(name) },
  ];
  return {
    environment: 'production',
    catalog: { components: named(() => ({ kind: 'schema' as const })), compatibility: { rules } },
    bad,
    live: named((name) => ({ version: 's2', digest: `${name}2` })),
    releases: names.map((component) => ({
      component,
      version: 's0',
      digest: `${component}0`,
      status: 'good' as const,
    })),
    layers: named((name) => [{ layer: 'migrations', reversibility: 'reversible' as const, steps: steps(name) }]),
  };
}

const order = (facts: PlanFacts): string => {
  const plan = buildPlan(facts);
  expect(verifyPlan(plan, facts)).toEqual([]);
  return plan.units.map(({ id }) => id).join(' | ');
};
const unproven = 'the choice of what moves is legal, and not proven to be the smallest';
const both = ['a', 'b'];
const middle = never('a', 's1', 'b', 's1');

describe('two chains that exclude each other in the middle', () => {
  test('pass each other one after the other', () => {
    expect(order(schemas(both, both, [middle]))).toBe('a@s1 | a@s0 | b@s1 | b@s0');
  });

  test('go the other way round where the first way would tie them together', () => {
    expect(order(schemas(both, both, [middle, never('a', 's0', 'b', 's2')]))).toBe('b@s1 | b@s0 | a@s1 | a@s0');
  });

  test('go the other way round also where they could be tied together', () => {
    const facts = schemas(both, both, [middle, never('a', 's0', 'b', 's2')]);
    const groups = [{ components: both, mechanism: 'quiesce' as const }];
    expect(order({ ...facts, catalog: { ...facts.catalog, groups } })).toBe('b@s1 | b@s0 | a@s1 | a@s0');
  });

  test('move together in the middle where both ways would tie them, with the fewest tied', () => {
    const rules = [middle, never('a', 's0', 'b', 's2'), never('a', 's2', 'b', 's0')];
    const facts = schemas(both, both, rules);
    const groups = [{ components: both, mechanism: 'quiesce' as const }];
    expect(order({ ...facts, catalog: { ...facts.catalog, groups } })).toBe('a@s1 | a@s0+b@s1 | b@s0');
  });

  test('go the way that moves what comes first by name where both ways move as much', () => {
    const rules = [
      never('m', 's1', 'n', 's1'),
      ...['m', 'n'].map((name) => never('z', 's1', name, 's2')),
      never('m', 's0', 'y', 's2'),
      never('n', 's0', 'a', 's2'),
    ];
    expect(order(schemas(['a', 'm', 'n', 'y', 'z'], ['z'], rules))).toBe('a@s1 | n@s1 | n@s0 | m@s1 | z@s1 | z@s0');
  });
});

describe('a chain that meets in the middle what is at its end', () => {
  test('is what can not move where it can not be undone any further', () => {
    const rules = [never('a', 's0', 'b', 's1'), never('z', 's1', 'b', 's2')];
    const facts = schemas(['a', 'b', 'z'], ['a', 'z'], rules, (name) =>
      name === 'b' ? { reversibility: 'irreversible' } : {},
    );
    expect(buildPlan(facts).refusals.map(({ code, components }) => [code, components])).toEqual([
      ['IRREVERSIBLE', ['b']],
    ]);
  });
});

/**
 * So many free choices, and after all of them x and y, which z pulls to their middle stages: one of the two would have
 * to go on, and can not. Nobody knows before every combination of the free choices was tried.
 */
function hopeless(choices: number): PlanFacts {
  const free = Array.from({ length: choices }, (_none, at) => [`${'abcdefghijkl'[at]}1`, `${'abcdefghijkl'[at]}2`]);
  const rules = [
    ...free.map(([one, other]) => never(one!, 's1', other!, 's1')),
    ...['x', 'y'].map((name) => never('z', 's1', name, 's2')),
    never('x', 's1', 'y', 's1'),
  ];
  const irreversible = { reversibility: 'irreversible' as const };
  return schemas([...free.flat(), 'x', 'y', 'z'], [...free.flat(), 'z'], rules, (name) =>
    'xy'.includes(name) ? irreversible : {},
  );
}

describe('a search without end', () => {
  const codes = (facts: PlanFacts): readonly string[] => buildPlan(facts).refusals.map(({ code }) => code);

  test('tries 4,096 ways: 11 choices before the one that is hopeless are searched through', () => {
    expect(codes(hopeless(11))).toEqual(['IRREVERSIBLE']);
  });

  test('gives up after them, says so, and names stages to stop at', () => {
    const { verdict, units, refusals, risks } = buildPlan(hopeless(12));
    expect({ verdict, units }).toEqual({ verdict: 'BLOCKED', units: [] });
    expect(risks).not.toContain(unproven);
    expect(refusals[0]).toMatchObject({ code: 'NEEDS_SEARCH', path: [] });
    expect(refusals[0]?.components).toHaveLength(25);
    expect(refusals[0]?.why).toBe(
      'the stages exclude each other in so many ways that no order was found within 4,096 tries',
    );
    expect(refusals[0]?.offers.map((offer) => offer.replace(/rollback.*--to|plan.*--to/, '… --to'))).toEqual([
      ...['a1', 'a2', 'b1'].map(
        (name) => `name the stage at which ${name} stops, for example:  lastgood … --to ${name}=s1`,
      ),
      expect.stringMatching(/^fix forward: /),
    ]);
  });
});

/** So many pairs of which one must go: the second of each pulls a third along, so the first is the cheaper one. */
function livePairs(count: number): PlanFacts {
  const names = Array.from({ length: count }, (_none, at) => `p${String(at).padStart(2, '0')}`);
  const rules = names.flatMap((name) => [
    { id: `live-${name}`, forbid: [{ [`${name}a`]: '2.0.0' }, { [`${name}b`]: '2.0.0' }] as const },
    oldNew(`${name}a!${name}c`),
  ]);
  return factsFor([...names.flatMap((name) => [`${name}a`, `${name}b`, `${name}c`]), 'z'], ['z'], {
    catalog: { compatibility: { rules } },
  });
}

describe('pairs that are forbidden and live', () => {
  const moved = (facts: PlanFacts): readonly string[] => buildPlan(facts).units.map(({ id }) => id);

  test.each([
    [20, 'exactly, and nothing is said'],
    [21, 'one by one, and people are told'],
  ])('%d of them are chosen from %s', (count) => {
    const facts = livePairs(count);
    const ends = Array.from({ length: count }, (_none, at) => `p${String(at).padStart(2, '0')}b`);
    expect(moved(facts)).toEqual([...ends, 'z']);
    expect(buildPlan(facts).risks.includes(unproven)).toBe(count > 20);
  });

  test('the side that can go by itself is taken, although the other moves less', () => {
    const rules = [
      { id: 'live', forbid: [{ a: '2.0.0' }, { b: '2.0.0' }] as const },
      ...['a!c', 'c!a', 'b!d', 'b!e'].map(oldNew),
    ];
    const facts = factsFor(['a', 'b', 'c', 'd', 'e', 'z'], ['z'], { catalog: { compatibility: { rules } } });
    expect(moved(facts)).toEqual(['d', 'e', 'b', 'z']);
  });

  test('one component that ends two of them is taken instead of two', () => {
    const rules = ['ab', 'bc'].map((pair) => ({
      id: pair,
      forbid: [{ [pair[0]!]: '2.0.0' }, { [pair[1]!]: '2.0.0' }] as const,
    }));
    expect(moved(factsFor(['a', 'b', 'c', 'z'], ['z'], { catalog: { compatibility: { rules } } }))).toEqual(['b', 'z']);
  });

  test('a side that can not move is not taken', () => {
    const live = { id: 'live', forbid: [{ a: '2.0.0' }, { b: '2.0.0' }] as const };
    const facts = factsFor(['a', 'b', 'z'], ['z'], { catalog: { compatibility: { rules: [live] } } });
    const pin = (component: string): PlanFacts => ({ ...facts, pinned: [{ component, why: 'audit' }] });
    expect([moved(pin('a')), moved(pin('b'))]).toEqual([
      ['b', 'z'],
      ['a', 'z'],
    ]);
  });

  const pairs = (...names: readonly string[]) =>
    names.map((pair) => ({ id: pair, forbid: [{ [pair[0]!]: '2.0.0' }, { [pair[1]!]: '2.0.0' }] as const }));
  const among = (
    names: string,
    rules: readonly ReturnType<typeof oldNew>[],
    catalog: Partial<PlanFacts['catalog']> = {},
  ): PlanFacts => factsFor(Array.from(names), ['z'], { catalog: { ...catalog, compatibility: { rules } } });

  test('a component that ends three of them is found also where another way was tried before', () => {
    const facts = among('abcdefxz', [...pairs('ab', 'dx', 'ex', 'fx'), oldNew('a!c')]);
    expect(moved(facts)).toEqual(['b', 'x', 'z']);
  });

  test('the side that ends in what a rule forbids is not taken, although the other moves more', () => {
    const rules = [...pairs('ab'), { id: 'end', forbid: [{ a: '1.0.0' }, { z: '1.0.0' }] as const }];
    expect(moved(among('abdez', [...rules, ...['b!d', 'b!e'].map(oldNew)]))).toEqual(['d', 'e', 'b', 'z']);
  });

  test('the side that moves less is taken also where it moves as a group that has a mechanism', () => {
    const rules = [...pairs('ab'), ...['a!c', 'c!a', 'b!d', 'b!e'].map(oldNew)];
    const groups = [{ components: ['a', 'c'], mechanism: 'quiesce' as const }];
    expect(moved(among('abcdez', rules, { groups }))).toEqual(['a+c', 'z']);
  });

  test('of two sides that move as much the one that moves nothing together', () => {
    const rules = [...pairs('ab'), ...['a!c', 'c!a', 'b!d'].map(oldNew)];
    const groups = [{ components: ['a', 'c'], mechanism: 'quiesce' as const }];
    expect(moved(among('abcdz', rules, { groups }))).toEqual(['d', 'b', 'z']);
  });

  test('beside chains that pass each other: of two sides that move as much the one that moves nothing together', () => {
    const stages = [
      { from: '2.0.0', to: '1.5.0', version: '1.5.0' },
      { from: '1.5.0', to: '1.0.0', version: '1.0.0' },
    ];
    const chain = [{ layer: 'migrations', reversibility: 'reversible' as const, steps: stages }];
    const rules = [
      ...pairs('ab'),
      never('s', '1.5.0', 't', '1.5.0'),
      ...['a!c', 'c!a', 'a!d', 'd!e', 'e!d', 'b!f', 'b!g', 'b!h'].map(oldNew),
    ];
    const facts = among('abcdefghstz', rules, {
      groups: [{ components: ['a', 'c'], mechanism: 'quiesce' }],
      flags: { fast: { component: 'd', layer: 'switch', waives: ['d!e'] } },
    });
    const passing = moved({ ...facts, bad: ['s', 't', 'z'], layers: { s: chain, t: chain } });
    expect(passing).toEqual(['f', 'g', 'h', 'b', 's@1.5.0', 's@1.0.0', 't@1.5.0', 't@1.0.0', 'z']);
  });

  test('where neither side can move, the first by name is told', () => {
    const facts = among('abz', pairs('ab'));
    const pinned = ['b', 'a'].map((component) => ({ component, why: 'audit' }));
    expect(buildPlan({ ...facts, pinned }).refusals.map(({ components }) => components)).toEqual([['a']]);
  });

  test('also where there are too many for an exact answer, none is taken of which one side moves anyway', () => {
    const many = livePairs(21);
    const names = ['m', 'o', 'y', 'x'];
    const { components, compatibility } = many.catalog;
    const rules = [...compatibility!.rules!, ...pairs('mo', 'yz'), ...['m!x', 'z!x'].map(oldNew)];
    const more = factsFor(names, ['m', 'z']);
    const facts: PlanFacts = {
      ...more,
      catalog: { components: { ...components, ...more.catalog.components }, compatibility: { rules } },
      live: { ...many.live, ...more.live },
      releases: [...many.releases, ...more.releases],
    };
    expect(moved(facts).filter((name) => name.length === 1)).toEqual(['x', 'm', 'z']);
  });
});
