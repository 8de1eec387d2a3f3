import { buildPlan, forbiddenPairs, pairsOnTheWayBack, planDigest, returnPlan, returnText } from '../../src/planning';
import type { Plan } from '../../src/domain/plan';
import { factsFor, layer, oldNew } from './build';
import { batches, lawsOf } from './laws';

/** Both moved: payments first, because new payments must not meet old orders. */
const facts = factsFor(['orders', 'payments'], ['orders'], {
  catalog: { compatibility: { rules: [oldNew('orders!payments')] } },
  layers: { orders: [layer(1)], payments: [layer(1)] },
});
const plan = buildPlan(facts);
const standing = (verified: readonly string[], between: readonly string[] = []) => ({
  verified: new Set(verified),
  between: new Set(between),
});

describe('what is live together in the middle of a plan', () => {
  it.each([
    ['before it begins', standing([])],
    ['while the first is between two versions', standing([], ['payments'])],
    ['after the first', standing(['payments'])],
    ['while the second is between two versions', standing(['payments'], ['orders'])],
    ['at the end', standing(['payments', 'orders'])],
  ])('is allowed %s', (_name, where) => expect(forbiddenPairs(plan, facts, where)).toEqual([]));

  it('is told by name when a rule forbids it', () => {
    expect(forbiddenPairs(plan, facts, standing(['orders']))).toEqual([
      'orders 1.0.0 × payments 2.0.0 (orders!payments)',
    ]);
    expect(forbiddenPairs(plan, facts, standing([], ['orders']))).toHaveLength(1);
  });

  it('is not forbidden by a rule that was accepted', () => {
    const accepting = { ...facts, accept: ['orders!payments'] };
    expect(forbiddenPairs(plan, accepting, standing(['orders']))).toEqual([]);
  });

  it('is not forbidden by a rule that a flag waives while it is off', () => {
    const flags = { flow: { component: 'payments', layer: 'flag', waives: ['orders!payments'] } };
    const waived = { ...facts, catalog: { ...facts.catalog, flags } };
    expect(forbiddenPairs(plan, waived, standing(['flag-off:flow', 'orders']))).toEqual([]);
    expect(forbiddenPairs(plan, waived, standing(['flag-off:flow', 'orders'], ['flag-restore:flow']))).toHaveLength(1);
  });
});

describe('the way back', () => {
  it('makes nothing forbidden live in the reverse order, and does in another', () => {
    const both = standing(['payments', 'orders']);
    expect(pairsOnTheWayBack(plan, facts, ['orders', 'payments'], both)).toEqual([]);
    expect(pairsOnTheWayBack(plan, facts, ['payments', 'orders'], both)).toEqual([
      'orders 1.0.0 × payments 2.0.0 (orders!payments)',
    ]);
  });

  it('is not legal where the bad deployment itself had broken a rule', () => {
    const broken = { id: 'new-never', forbid: [{ orders: '2.0.0' }, { payments: '2.0.0' }] } as const;
    const rules = [oldNew('orders!payments'), broken];
    const illegal = { ...facts, catalog: { ...facts.catalog, compatibility: { rules } } };
    const made = buildPlan(illegal);
    expect(pairsOnTheWayBack(made, illegal, ['orders', 'payments'], standing(['payments'], ['orders']))).toEqual([
      'orders 2.0.0 × payments 2.0.0 (new-never)',
    ]);
  });

  it('is a plan of its own, one unit after the other, with the bad release as its target', () => {
    const [payments, orders] = plan.units;
    const back = returnPlan(
      plan,
      [orders!, payments!].map((unit) => ({ unit, steps: unit.steps })),
    );
    expect(back.units.map(({ id, after }) => [id, after.map(({ unit }) => unit)])).toEqual([
      ['reinstate:orders', []],
      ['reinstate:payments', ['reinstate:orders']],
    ]);
    expect(back.targets.map(({ component, from, to }) => `${component} ${from.version} → ${to.version}`)).toEqual(
      plan.targets.map(({ component, from, to }) => `${component} ${to.version} → ${from.version}`),
    );
    expect(back.digest).toBe(planDigest(back));
    expect(back.digest).not.toBe(plan.digest);
    expect(returnText(plan, [orders!, payments!])).toBe('the BAD orders 2.0.0, then payments 2.0.0');
  });
});

/** Groups by a mechanism are never put back. */
const isPlain = ({ units }: Plan): boolean => units.every(({ mechanism }) => mechanism === undefined);

describe.each(batches)('batch $number', (batch) => {
  // Every moment of every plan is looked at, so a fifth of the instances takes as long as elsewhere all.
  const law = lawsOf({ ...batch, size: Math.ceil(batch.size / 5) });

  law(
    'going back from any moment makes only pairs live that were live before it all began',
    { chains: true },
    (_i, made, all) => {
      if (!isPlain(made) || made.refusals.length > 0) return;
      const before = forbiddenPairs(made, all, standing([]));
      made.units.forEach((unit, at) => {
        const done = made.units.slice(0, at).map(({ id }) => id);
        const found = pairsOnTheWayBack(made, all, [unit.id, ...done.toReversed()], standing(done, [unit.id]));
        expect(before).toEqual(expect.arrayContaining([...found]));
      });
    },
  );
});
