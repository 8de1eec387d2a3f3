import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { closureOf } from '../../src/planning/closure';
import { groundOf } from '../../src/planning/ground';
import { baseOf, problemOf } from '../../src/planning/problem';
import { refusalsOf } from '../../src/planning/refusals';
import { factsFor, oldNew, release } from './build';

test('a component that can not move is refused with the whole way to it, from the bad one on', () => {
  const facts = factsFor(['a', 'b', 'c', 'd'], ['a'], {
    catalog: { compatibility: { rules: ['a!b', 'b!c', 'c!d'].map(oldNew) } },
    pinned: [{ component: 'd', why: 'audit' }],
  });
  const [refusal] = buildPlan(facts).refusals;
  expect(refusal).toMatchObject({ code: 'PINNED', components: ['d'] });
  expect(refusal?.path.map(({ from, to }) => from + to)).toEqual(['ab', 'bc', 'cd']);
});

test('an end that is forbidden for every pair of targets offers another target of either side', () => {
  const all = ['1.0.0', '0.9.0'];
  const facts = factsFor(['shop', 'api'], ['shop', 'api'], {
    catalog: { compatibility: { rules: [{ id: 'never', forbid: [{ shop: all }, { api: all }] }] } },
  });
  const older = ['shop', 'api'].map((name) => release(name, '0.9.0', 'good', { digest: `${name}09` }));
  const [refusal] = buildPlan({ ...facts, releases: [...facts.releases, ...older] }).refusals;
  expect(refusal?.code).toBe('END_STATE_FORBIDDEN');
  expect(refusal?.offers.filter((offer) => offer.includes(' --to '))).toEqual([
    expect.stringContaining('--to shop=0.9.0'),
    expect.stringContaining('--to api=0.9.0'),
  ]);
});

describe('a search that found no order', () => {
  /** Schemas that go back over s1 to s0, one without stages in between, and a service. */
  const facts: PlanFacts = {
    ...factsFor(['a', 'b', 'c', 'd', 'e', 'shop'], ['a', 'shop']),
    layers: Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name) => {
        const first = { from: '2.0.0', to: '1.0.0', version: name === 'b' ? '1.0.0' : '1.5.0' };
        const steps = name === 'b' ? [first] : [first, { from: '1.0.0', to: '0', version: '1.0.0' }];
        return [name, [{ layer: 'migrations', reversibility: 'reversible' as const, steps }]];
      }),
    ),
  };

  test('offers for the first three chains to stop at the first stage', () => {
    const problem = problemOf(baseOf(groundOf(facts)));
    const closure = closureOf(problem, []);
    const [refusal] = refusalsOf({ problem, closure, isProven: false, isExhausted: true });
    expect(refusal?.code).toBe('NEEDS_SEARCH');
    expect(refusal?.offers.slice(0, -1).map((offer) => offer.replace(/.*--to (\S+)$/, '$1'))).toEqual([
      'a=1.5.0',
      'c=1.5.0',
      'd=1.5.0',
    ]);
    expect(refusal?.offers.at(-1)).toMatch(/^fix forward/);
  });
});

test('switching flags off is a way out where only one of several bad components has one that is on', () => {
  const facts = factsFor(['shop', 'api'], ['shop', 'api'], {
    catalog: {
      flags: { fast: { component: 'api', layer: 'switch', waives: ['shop!api'] } },
      compatibility: { rules: [oldNew('shop!api')] },
    },
    releases: [release('shop', '2.0.0', 'unknown'), release('api', '2.0.0', 'unknown')],
    live: {
      shop: { version: '2.0.0', digest: 'shop2' },
      api: { version: '2.0.0', digest: 'api2', flags: { fast: true } },
    },
  });
  expect(
    buildPlan(facts)
      .refusals.flatMap(({ offers }) => offers)
      .join(),
  ).toContain('--flag-only');
});

test('flags that are all off are no way out, and the refusal names everything that was asked about', () => {
  const facts = { ...factsFor(['shop', 'api'], ['shop', 'api']), flagOnly: true };
  expect(buildPlan(facts).refusals[0]?.why).toBe('no flag of api, shop is on, so switching flags off changes nothing');
});
