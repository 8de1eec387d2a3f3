import * as fc from 'fast-check';
import { kubernetesTraffic } from '../../src/reverters/kubernetes-traffic';
import { fractionsOf, movedBackends, sharesBetween, type Share } from '../../src/reverters/parts/traffic-shares';

const base = { namespace: 'shop', name: 'payments' };

describe('a target of kubernetes-traffic', () => {
  it.each<[string, object, string, string]>([
    [
      'a Service in steps',
      { ...base, kind: 'Service', mode: 'gradual' },
      'mode',
      'write instant; a Service has no weights',
    ],
    ['weights all at once', { ...base, kind: 'HTTPRoute', weights: [50, 100] }, 'weights', 'belongs to mode: gradual'],
    ['a hold all at once', { ...base, kind: 'HTTPRoute', hold: '1m' }, 'hold', 'belongs to mode: gradual'],
    [
      'weights that end early',
      { ...base, kind: 'HTTPRoute', mode: 'gradual', weights: [10, 50] },
      'weights',
      'write rising percents that end with 100, for example [10, 50, 100]',
    ],
    [
      'weights that fall',
      { ...base, kind: 'HTTPRoute', mode: 'gradual', weights: [50, 10, 100] },
      'weights',
      'write rising percents that end with 100, for example [10, 50, 100]',
    ],
  ])('%s is refused with what to write', (_, target, path, message) => {
    const parsed = kubernetesTraffic.target.parse(target);
    expect(parsed.ok ? [] : parsed.issues).toEqual([{ path: [path], message }]);
  });
});

describe('the shares of a route', () => {
  const share = (name: string, weight: number): Share => ({ backend: { name }, weight, hasMore: false });
  const weights = (shares: readonly Share[]): unknown => shares.map(({ backend, weight }) => [backend['name'], weight]);

  it.each([
    [10, [10, 90]],
    [50, [50, 50]],
    [99, [99, 1]],
  ])('are shifted by %i percent of the way', (percent, [blue, green]) => {
    const [now, goal] = [[share('green', 100)], [share('blue', 1)]];
    expect(weights(sharesBetween(now, goal, percent))).toEqual([
      ['blue', blue],
      ['green', green],
    ]);
  });

  it('are told by what each backend gets, not by how the weights are written', () => {
    const [one, other] = [
      [share('blue', 9), share('green', 1)],
      [share('green', 10), share('blue', 90), share('red', 0)],
    ];
    expect(fractionsOf(one)).toEqual(fractionsOf(other));
    expect(movedBackends(one, other, 'more')).toEqual([]);
  });

  const anyShares = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), weight: fc.nat(1_000_000) }),
    {
      selector: ({ name }) => name,
      minLength: 1,
    },
  );

  it('add up to 100 and never give anybody more than both ends do', () => {
    fc.assert(
      fc.property(anyShares, anyShares, fc.integer({ min: 1, max: 99 }), (before, after, percent) => {
        const [now, goal] = [before, after].map((list) => list.map(({ name, weight }) => share(name, weight + 1)));
        const between = sharesBetween(now!, goal!, percent);
        expect(between.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
        const [from, to] = [fractionsOf(now!), fractionsOf(goal!)];
        for (const { backend, weight } of between) {
          const key = JSON.stringify(backend);
          const most = Math.max(from[key] ?? 0, to[key] ?? 0) / 100;
          expect(weight).toBeLessThanOrEqual(Math.ceil(most) + 1);
        }
      }),
    );
  });
});
