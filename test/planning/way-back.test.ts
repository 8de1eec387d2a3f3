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
/** Neither may go first: both are stopped, and move together. */
const tied = factsFor(['orders', 'payments'], ['orders'], {
  catalog: {
    compatibility: { rules: ['orders!payments', 'payments!orders'].map(oldNew) },
    groups: [{ components: ['orders', 'payments'], mechanism: 'quiesce' }],
  },
});
const together = buildPlan(tied);
const crossed = ['orders 1.0.0 × payments 2.0.0 (orders!payments)', 'orders 2.0.0 × payments 1.0.0 (payments!orders)'];
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

  it('is told in the order of names, whichever half the rule names first', () => {
    const rules = facts.catalog.compatibility!.rules!.map(({ id, forbid: [one, other] }) => ({
      id,
      forbid: [other, one] as const,
    }));
    const turned = { ...facts, catalog: { ...facts.catalog, compatibility: { rules } } };
    expect(forbiddenPairs(plan, turned, standing(['orders']))).toEqual([
      'orders 1.0.0 × payments 2.0.0 (orders!payments)',
    ]);
  });

  it('is forbidden of a group only while it moves', () => {
    expect(forbiddenPairs(together, tied, standing([]))).toEqual([]);
    expect(forbiddenPairs(together, tied, standing([], ['orders+payments']))).toEqual(crossed);
    expect(forbiddenPairs(together, tied, standing(['orders+payments']))).toEqual([]);
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
    expect(forbiddenPairs(plan, waived, standing(['flag-off:flow', 'orders', 'flag-restore:flow']))).toHaveLength(1);
    expect(forbiddenPairs(plan, waived, standing(['orders'], ['flag-off:flow']))).toHaveLength(1);
    expect(forbiddenPairs(plan, waived, standing(['orders']))).toHaveLength(1);
    const live = { ...facts.live, payments: { ...facts.live['payments']!, flags: { flow: false } } };
    expect(forbiddenPairs(plan, { ...waived, live }, standing(['orders']))).toEqual([]);
    const on = { ...facts.live, payments: { ...facts.live['payments']!, flags: { flow: true } } };
    expect(forbiddenPairs(plan, { ...waived, live: on }, standing(['orders']))).toHaveLength(1);
  });

  it('is told within one placement, and across all of them for a rule with scope any', () => {
    const placements = { eu: {}, us: {} };
    const regional = (scope: 'any' | 'placement') => ({
      ...facts,
      bad: ['orders/eu'],
      catalog: {
        components: { orders: { placements }, payments: { placements } },
        compatibility: {
          rules: [
            { ...oldNew('orders!payments'), scope },
            { ...oldNew('orders!orders'), scope },
          ],
        },
      },
    });
    const made = { ...plan, units: [{ ...plan.units[1]!, id: 'orders/eu', components: ['orders/eu'] }] };
    const pairs = ({ targets }: Plan, scope: 'any' | 'placement') =>
      forbiddenPairs(
        { ...made, targets: targets.map((found) => ({ ...found, component: 'orders/eu' })).slice(0, 1) },
        regional(scope),
        standing(['orders/eu']),
      );
    expect(pairs(plan, 'placement')).toEqual(['orders/eu 1.0.0 × payments/eu 2.0.0 (orders!payments)']);
    expect(pairs(plan, 'any')).toEqual([
      'orders/eu 1.0.0 × payments/eu 2.0.0 (orders!payments)',
      'orders/eu 1.0.0 × payments/us 2.0.0 (orders!payments)',
      'orders/eu 1.0.0 × orders/us 2.0.0 (orders!orders)',
    ]);
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

  it('makes live what is forbidden only while a group goes back', () => {
    expect(pairsOnTheWayBack(together, tied, ['orders+payments'], standing(['orders+payments']))).toEqual(crossed);
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

  const steps = (seconds: number, reversibility: 'reversible' | 'lossy' = 'reversible') =>
    plan.units[0]!.steps.map((step) => ({ ...step, reversibility, estimateSeconds: seconds }));

  it('takes as long as its steps, and says what is behind each', () => {
    const [payments, orders] = plan.units;
    const back = returnPlan(plan, [
      { unit: orders!, steps: [...steps(3), ...steps(4)] },
      { unit: payments!, steps: steps(5) },
    ]);
    expect(back.units).toMatchObject([
      {
        kind: 'move',
        components: ['orders'],
        after: [],
        steps: [
          { id: 'reinstate:orders/workload/1', estimateSeconds: 3 },
          { id: 'reinstate:orders/workload/2', estimateSeconds: 4 },
        ],
        estimateSeconds: 7,
        tailSeconds: 12,
      },
      {
        components: ['payments'],
        after: [{ unit: 'reinstate:orders', rule: 'reverse-order', why: 'what was reverted last is put back first' }],
        estimateSeconds: 5,
        tailSeconds: 5,
      },
    ]);
    expect(back.estimate).toEqual({ ...plan.estimate, sequential: 12, waves: 12, eventDriven: 12, criticalPath: 12 });
  });

  it('carries nothing of the plan but what still holds', () => {
    const [payments] = plan.units;
    const back = returnPlan(plan, [{ unit: payments!, steps: steps(1) }]);
    expect(back).toMatchObject({
      environment: 'production',
      bad: ['orders'],
      verdict: 'SAFE',
      verdictText: 'puts back payments 2.0.0',
      refusals: [],
      cannotUndo: [],
      willLose: [],
      risks: [],
      rulesDigest: plan.rulesDigest,
    });
    expect(back.targets).toEqual([
      {
        component: 'payments',
        bad: false,
        from: { version: '1.0.0', digest: 'payments1' },
        to: { version: '2.0.0', digest: 'payments2' },
        source: 'captured state',
        sourcesTried: [],
        layers: ['workload'],
        layersAtTarget: [],
        why: ['it was live before this rollback'],
      },
    ]);
    const { rulesDigest: _rulesDigest, ...older } = plan;
    expect(returnPlan(older, [])).not.toHaveProperty('rulesDigest');
  });

  it('loses data when one of its steps does', () => {
    const [payments] = plan.units;
    const back = returnPlan(plan, [{ unit: payments!, steps: [...steps(1), ...steps(1, 'lossy')] }]);
    expect(back.verdict).toBe('LOSES DATA');
  });

  it('names a component once, flags and barriers by what they are, and no component without a target', () => {
    const unit = plan.units[0]!;
    const others: readonly Plan['units'][number][] = [
      { ...unit, id: 'payments@2' },
      { ...unit, id: 'flag-off:flow', kind: 'flag-off' },
      { ...unit, id: 'db', components: ['db'] },
    ];
    expect(returnText(plan, [unit, ...others])).toBe('payments 2.0.0, then flag-off:flow undone');
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
