import type { Plan } from '../../src/domain/plan';
import type { PlanCatalog, PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, layer, oldNew, release } from './build';

type Group = NonNullable<PlanCatalog['groups']>[number];

const catalog = (components: readonly string[], rules: readonly string[], over: Partial<PlanCatalog> = {}) => ({
  components: Object.fromEntries(components.map((name) => [name, {}])),
  compatibility: { rules: rules.map(oldNew) },
  ...over,
});

const router = (...components: string[]): Group => ({ components, mechanism: 'router' });
const waiving = (...waives: string[]): Partial<PlanCatalog> => ({
  flags: { f: { component: 'A', layer: 'flag', waives } },
});

/** `id < before (rule), …` for every unit, in the order of the list. */
function orderOf({ units }: Plan): readonly string[] {
  return units.map(({ id, after }) => [id, ...after.map(({ unit, rule }) => `${unit} (${rule})`)].join(' < '));
}

const both = ['A!B', 'B!A'];

const cases: readonly { readonly name: string; readonly facts: PlanFacts; readonly order: readonly string[] }[] = [
  {
    name: 'T1: A!B, bad B: only B goes back, A may stay',
    facts: factsFor(['A', 'B'], ['B'], { catalog: catalog(['A', 'B'], ['A!B']) }),
    order: ['B'],
  },
  {
    name: 'T1b: A!B, bad A: B | A',
    facts: factsFor(['A', 'B'], ['A'], { catalog: catalog(['A', 'B'], ['A!B']) }),
    order: ['B', 'A < B (A!B)'],
  },
  {
    name: 'T2: A!B, B!A, bad B: A+B by the mechanism that the catalog names',
    facts: factsFor(['A', 'B'], ['B'], { catalog: catalog(['A', 'B'], both, { groups: [router('A', 'B')] }) }),
    order: ['A+B'],
  },
  {
    name: 'T3a: T2 and a flag that waives B!A: flag off | B | A | restore',
    facts: factsFor(['A', 'B'], ['B'], { catalog: catalog(['A', 'B'], both, waiving('B!A')) }),
    order: [
      'flag-off:f',
      'B < flag-off:f (B!A)',
      'A < B (A!B) < flag-off:f (B!A)',
      'flag-restore:f < A (B!A) < B (B!A) < flag-off:f (restores:f)',
    ],
  },
  {
    name: 'T3b: T2 and a flag that waives A!B: flag off | A | B | restore',
    facts: factsFor(['A', 'B'], ['B'], { catalog: catalog(['A', 'B'], both, waiving('A!B')) }),
    order: [
      'flag-off:f',
      'A < flag-off:f (A!B)',
      'B < A (B!A) < flag-off:f (A!B)',
      'flag-restore:f < A (A!B) < B (A!B) < flag-off:f (restores:f)',
    ],
  },
  {
    name: 'T3c: T2 and a flag that waives both: flag off | A and B side by side | restore',
    facts: factsFor(['A', 'B'], ['B'], { catalog: catalog(['A', 'B'], both, waiving('A!B', 'B!A')) }),
    order: [
      'flag-off:f',
      'A < flag-off:f (A!B) < flag-off:f (B!A)',
      'B < flag-off:f (A!B) < flag-off:f (B!A)',
      'flag-restore:f < A (A!B) < A (B!A) < B (A!B) < B (B!A) < flag-off:f (restores:f)',
    ],
  },
];

test.each(cases)('$name', ({ facts, order }) => {
  const plan = buildPlan(facts);
  expect(orderOf(plan)).toEqual(order);
  expect(plan.refusals).toEqual([]);
  expect(verifyPlan(plan, facts)).toEqual([]);
});

test('T2 without a mechanism: the group is shown and refused, with the rules that tie it', () => {
  const plan = buildPlan(factsFor(['A', 'B'], ['B'], { catalog: catalog(['A', 'B'], both) }));
  expect(orderOf(plan)).toEqual(['A+B']);
  expect(plan.refusals).toMatchObject([{ code: 'GROUP_NEEDS_MECHANISM', components: ['A', 'B'] }]);
  expect(plan.refusals[0]?.why).toBe(
    'A and B must move together (A!B, B!A), and the catalog names no mechanism for that',
  );
  expect(plan.verdict).toBe('BLOCKED');
});

test('T8: A!B, B!S, S pinned, bad A: refused with the path A → B → S and both rules', () => {
  const plan = buildPlan(
    factsFor(['A', 'B', 'S'], ['A'], {
      catalog: catalog(['A', 'B', 'S'], ['A!B', 'B!S']),
      pinned: [{ component: 'S', why: 'frozen for the audit' }],
    }),
  );
  expect(plan.units).toEqual([]);
  expect(plan.refusals).toEqual([
    {
      code: 'PINNED',
      components: ['S'],
      path: [
        { from: 'A', to: 'B', rule: 'A!B' },
        { from: 'B', to: 'S', rule: 'B!S' },
      ],
      why: 'S is pinned: frozen for the audit; B can not go back without it (B!S)',
      offers: [`lastgood rollback production A --accept 'B!S' --reason "why"`, 'fix forward: deploy a corrected A'],
    },
  ]);
});

describe('T12: a schema S2 → S1 → S0; app old × S2 and app new × S0 are forbidden; bad app', () => {
  const schema = (live: string, irreversible = false): PlanFacts => ({
    environment: 'production',
    catalog: {
      components: { app: {}, db: { kind: 'schema' } },
      compatibility: {
        rules: [
          { id: 'old-S2', forbid: [{ app: '1.0.0' }, { db: 'S2' }] },
          { id: 'new-S0', forbid: [{ app: '2.0.0' }, { db: 'S0' }] },
        ],
      },
    },
    bad: ['app'],
    live: { app: { version: '2.0.0', digest: 'app2' }, db: { version: live, digest: `db${live}` } },
    releases: [
      release('app', '1.0.0', 'good'),
      { component: 'db', version: 'S0', digest: 'dbS0', status: 'good' },
      ...['S1', 'S2'].map((version) => ({
        component: 'db',
        version,
        digest: `db${version}`,
        status: 'unknown' as const,
      })),
    ],
    layers: {
      db: [
        {
          layer: 'migrations',
          reversibility: 'reversible',
          steps: [
            { from: 'S2', to: 'S1', ...(irreversible && { reversibility: 'irreversible' as const }) },
            { from: 'S1', to: 'S0' },
          ].slice(live === 'S2' ? 0 : 1),
          ...(irreversible && {
            why: 'it dropped orders.legacy_total',
            compensation: 'restore the column from the copy',
          }),
        },
      ],
    },
  });

  test('S2 → S1 | app: the schema stops as early as it can', () => {
    const facts = schema('S2');
    const plan = buildPlan(facts);
    expect(orderOf(plan)).toEqual(['db@S1', 'app < db@S1 (old-S2)']);
    expect(plan.targets.map(({ component, to }) => `${component} ${to.version}`)).toEqual(['app 1.0.0', 'db S1']);
    expect(verifyPlan(plan, facts)).toEqual([]);
  });

  test('when S2 → S1 can not be undone the plan is refused, with the compensation', () => {
    const [refusal] = buildPlan(schema('S2', true)).refusals;
    expect(refusal?.code).toBe('IRREVERSIBLE');
    expect(refusal?.path).toEqual([{ from: 'app', to: 'db', rule: 'old-S2' }]);
    expect(refusal?.offers).toContain('restore the column from the copy');
  });

  test('when the schema is at S1 already only the app moves', () => {
    expect(orderOf(buildPlan(schema('S1')))).toEqual(['app']);
  });

  test('when the app stays new the schema may not go on to S0', () => {
    const facts = { ...schema('S2'), bad: ['db'] };
    const plan = buildPlan(facts);
    expect(orderOf(plan)).toEqual(['db@S1', 'app < db@S1 (old-S2)', 'db@S0 < app (new-S0) < db@S1 (stage-order)']);
    expect(verifyPlan(plan, facts)).toEqual([]);
  });
});

test('T17: three chains of three: sequential 210 s, waves 180 s, event-driven 70 s', () => {
  const names = ['a', 'b', 'c'].flatMap((chain) => [1, 2, 3].map((link) => `${chain}${link}`));
  const rules = ['a', 'b', 'c'].flatMap((chain) => [`${chain}2!${chain}1`, `${chain}3!${chain}2`]);
  const slow = new Set(['a1', 'b2', 'c3']);
  const facts = factsFor(names, ['a3', 'b3', 'c3'], {
    catalog: catalog(names, rules),
    layers: Object.fromEntries(names.map((name) => [name, [layer(slow.has(name) ? 60 : 5)]])),
  });
  const { estimate, units } = buildPlan(facts);
  expect(estimate).toMatchObject({ sequential: 210, waves: 180, eventDriven: 70, criticalPath: 70 });
  expect(units.map(({ id, tailSeconds }) => `${id} ${tailSeconds}`)).toContain('b1 70');
});
