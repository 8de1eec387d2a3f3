import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, reasonsFor, targetReasons } from '../../src/planning';
import { factsFor, oldNew, release } from './build';
import { scenarios } from './scenarios';

const chain: PlanFacts = factsFor(['a', 'b', 'c', 'd'], ['a'], {
  catalog: { compatibility: { rules: ['a!b', 'b!c', 'a!d', 'd!c'].map(oldNew) } },
});

test('what holds a bad release says so, and what it waits for', () => {
  expect(reasonsFor(buildPlan(chain), 'a')).toEqual([
    'a holds a bad release: it goes back to its target',
    'b must be at 1.0.0 before a returns to 1.0.0, because b 2.0.0 × a 1.0.0 is forbidden (a!b)',
    'd must be at 1.0.0 before a returns to 1.0.0, because d 2.0.0 × a 1.0.0 is forbidden (a!d)',
  ]);
});

test('what moves along is explained by the shortest way from a bad component', () => {
  expect(reasonsFor(buildPlan(chain), 'c')).toEqual([
    'b must be at 1.0.0 before a returns to 1.0.0, because b 2.0.0 × a 1.0.0 is forbidden (a!b)',
    'c must be at 1.0.0 before b returns to 1.0.0, because c 2.0.0 × b 1.0.0 is forbidden (b!c)',
  ]);
});

test('a group names its members and its mechanism', () => {
  const group = buildPlan(scenarios['a group that is stopped together says for how long']!);
  expect(reasonsFor(group, 'api+shop')).toEqual([
    'api+shop holds a bad release: it goes back to its target',
    'api and shop move together by quiesce',
  ]);
  const bare = buildPlan(
    factsFor(['a', 'b'], ['a'], { catalog: { compatibility: { rules: ['a!b', 'b!a'].map(oldNew) } } }),
  );
  expect(reasonsFor(bare, 'a+b')[1]).toBe('a and b move together');
});

test('flags, barriers and stages are explained in words of their own', () => {
  const flagged = buildPlan(scenarios['a restore that was assessed is written as it was']!);
  expect(reasonsFor(flagged, 'flag-restore:fast').at(-1)).toMatch(
    /^shop must be at 1\.0\.0 before flag-restore:fast starts, because /,
  );
  expect(reasonsFor(flagged, 'api').at(-1)).toMatch(
    /^flag-off:fast must be done before api returns to 1\.0\.0, because /,
  );
  const staged = buildPlan(scenarios['the stages of a chain go one by one, its other layers with the last']!);
  expect(reasonsFor(staged, 'db@m7')).toEqual([
    'db@m7 holds a bad release: it goes back to its target',
    'db@m8 must be at m8 before db@m7 returns to m7, because db goes one stage at a time (stage-order)',
  ]);
});

test('a unit that is not there has no reasons', () => {
  expect(reasonsFor(buildPlan(chain), 'z')).toEqual([]);
});

describe('what a unit goes back to', () => {
  const sources = [
    { kind: 'cache', available: false },
    { kind: 'registry', available: false, why: 'tag deleted' },
    { kind: 'backup', available: true },
  ];
  const known: PlanFacts = {
    ...chain,
    releases: [
      ...chain.releases.filter(({ component }) => component !== 'a'),
      release('a', '1.5.0', 'unstable', { digest: 'a15' }),
      release('a', '1.0.0', 'good', { goodForSeconds: 2 * 86_400 + 5, sources }),
    ],
  };
  const plan = buildPlan(known);

  test('is said with its digest, how long it was good, its source, what was passed over and what was tried', () => {
    expect(targetReasons(plan, 'a')).toEqual([
      'a goes back to 1.0.0 (a1, known-good for 2 d, from backup)',
      'a: 1.5.0 passed over: unstable',
      'a: tried before: cache: not there',
      'a: tried before: registry: tag deleted',
    ]);
  });

  test('is said as far as it is known', () => {
    expect(targetReasons(plan, 'b')).toEqual(['b goes back to 1.0.0 (b1)', 'b: moves along: a 1.0.0 needs it (a!b)']);
    const nameless = plan.targets.map((target) => ({ ...target, to: { ...target.to, digest: '' } }));
    expect(targetReasons({ ...plan, targets: nameless }, 'b')[0]).toBe('b goes back to 1.0.0 (digest unknown)');
  });

  test('is nothing for a unit that is not there, or that moves nothing', () => {
    const flagged = buildPlan(scenarios['a restore that was assessed is written as it was']!);
    expect([targetReasons(plan, 'z'), targetReasons(flagged, 'flag-off:fast')]).toEqual([[], []]);
  });
});
