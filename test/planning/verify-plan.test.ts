import type { Plan, PlanTarget, PlanUnit } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, layer, oldNew, release } from './build';
import { scenarios } from './scenarios';

type Change<Fact> = (fact: Fact) => Partial<Fact>;

/** Shop waits for api. */
const facts = factsFor(['shop', 'api'], ['shop'], {
  catalog: { compatibility: { rules: [oldNew('shop!api')] } },
  releases: [
    release('shop', '2.0.0', 'unknown'),
    release('shop', '1.0.0', 'good', { sources: [{ kind: 'registry', available: true }] }),
    release('api', '1.0.0', 'good'),
  ],
  layers: { shop: [layer(1)], api: [layer(1)] },
});
const plan = buildPlan(facts);

const target = (change: Change<PlanTarget>, of = plan): Plan => ({
  ...of,
  targets: of.targets.map((found) => (found.component === 'shop' ? { ...found, ...change(found) } : found)),
});
const unit = (id: string, change: Change<PlanUnit>, of = plan): Plan => ({
  ...of,
  units: of.units.map((found) => (found.id === id ? { ...found, ...change(found) } : found)),
});
const without = (id: string, of = plan): Plan => ({ ...of, units: of.units.filter((found) => found.id !== id) });
const shop = (...more: readonly ReturnType<typeof release>[]): PlanFacts => ({
  ...facts,
  releases: [...facts.releases.filter(({ component }) => component === 'api'), ...more],
});
const good = facts.releases[1]!;
const backup = { kind: 'backup', available: true };
const live = (version: string, digest: string): PlanFacts => ({
  ...facts,
  live: { ...facts.live, shop: { version, digest } },
});

/** A plan of the scenarios with its facts. */
function scene(name: string): readonly [Plan, PlanFacts] {
  const found = scenarios[name]!;
  return [buildPlan(found), found];
}
const [barred, barrierFacts] = scene('placements go back in the order of the barriers');
const [flagged, flagFacts] = scene('two flags open the group, and the fewest are switched');
const [standing, standingFacts] = scene('a flag that is off already opens the group and must stay off');
const [staged, stageFacts] = scene('the stages of a chain go one by one, its other layers with the last');
const [grouped, groupFacts] = scene('a group that is stopped together says for how long');
const barriers = (...lists: readonly (readonly string[])[]): PlanFacts => ({
  ...barrierFacts,
  catalog: { ...barrierFacts.catalog, policies: { dispatch: { barriers: lists } } },
});
const twoBefore = barriers(['canary', 'eu'], ['us']);
const waitingFor = (units: readonly string[], rule: string): Partial<PlanUnit> => ({
  after: units.map((awaited) => ({ unit: awaited, rule, why: '' })),
});

const newer = (version: string) => `shop ${version} is newer than 1.0.0, and nothing says why it was passed over`;
const notGood = ['shop 1.0.0 is no known-good release that can be had'];

/** Shop goes back without api, which it knows. */
const id = 'requires:shop@1.0.0:api';
const related = (
  compatibility: NonNullable<PlanFacts['catalog']['compatibility']>,
  over: PlanFacts['catalog']['components'][string] = {},
): PlanFacts => ({
  ...facts,
  catalog: { components: { shop: { ...over, dependsOn: ['api'] }, api: {} }, compatibility },
});
const alone = buildPlan(related({}));
const requiring = (found: ReturnType<typeof release>): PlanFacts => ({
  ...related({}),
  releases: [...facts.releases.filter(({ digest }) => digest !== found.digest), found],
});

/** Shop goes back behind api, which its target requires. */
const needing = buildPlan(requiring({ ...good, requires: { api: '<2' } }));

/** Two components in two regions; shop goes back in one of them. */
const regions = (rules: NonNullable<PlanFacts['catalog']['compatibility']>['rules'] = []): PlanFacts => ({
  ...facts,
  bad: ['shop/eu'],
  catalog: {
    components: { shop: { placements: { eu: {}, us: {} } }, api: { placements: { eu: {}, us: {} } } },
    compatibility: { rules },
  },
});
const regional = buildPlan(regions());

/** Nobody knows anything of what runs with the target; a rule is about versions that nobody has. */
function unseen(scope: 'any' | 'placement'): PlanFacts {
  const facts = regions([{ id: 'r', forbid: [{ shop: '9.0.0' }, { api: '9.0.0' }], scope }]);
  const compatibility = { ...facts.catalog.compatibility, default: 'unknown-pessimistic' as const };
  return { ...facts, catalog: { ...facts.catalog, compatibility } };
}

/** The plan as if only one component moved, and nobody waited for another. */
function onlyMoving(component: string, { targets, units, ...rest }: Plan): Plan {
  const left = units.filter(({ id, kind }) => kind !== 'move' || id === component);
  const ids = new Set(left.map(({ id }) => id));
  return {
    ...rest,
    bad: [component],
    targets: targets.filter((found) => found.component === component),
    units: left.map((found) => ({ ...found, after: found.after.filter(({ unit }) => ids.has(unit)) })),
  };
}

/** The same rules with their sides in the other order. */
function ruledTurned({ catalog, ...rest }: PlanFacts): PlanFacts {
  const rules = (catalog.compatibility?.rules ?? []).map((rule) => {
    const [one, other] = rule.forbid;
    return { ...rule, forbid: [other, one] as const };
  });
  return { ...rest, catalog: { ...catalog, compatibility: { ...catalog.compatibility, rules } } };
}

const now = related({ rules: [{ id: 'now', forbid: [{ shop: '2.0.0' }, { api: '2.0.0' }] }] });
const flagOnly: Plan = { ...plan, targets: [], units: [] };

type Case = readonly [name: string, made: Plan, facts: PlanFacts, faults: readonly string[]];

const cases: readonly Case[] = [
  ['a legal plan', plan, facts, []],
  ['a plan that is refused as a whole', { ...plan, units: [], refusals: scenePlan().refusals }, facts, []],
  // targets
  ['a bad component without a target', { ...plan, bad: ['shop', 'db'] }, facts, ['db is bad and has no target']],
  ['a target that starts from another version', plan, live('2.0.1', 'shop2'), ['shop does not run 2.0.0']],
  ['a target that starts from another digest', plan, live('2.0.0', 'other'), ['shop does not run 2.0.0']],
  ['a target that nothing moves to', without('shop'), facts, ['shop is not moved to 1.0.0']],
  ['a release that is not good', plan, shop({ ...good, status: 'unstable' }), notGood],
  ['a release that no source has', plan, shop({ ...good, sources: [{ kind: 'registry', available: false }] }), notGood],
  ['a release with another digest', plan, shop({ ...good, digest: 'rebuilt' }), notGood],
  [
    'a release that one of two sources has',
    plan,
    shop({ ...good, sources: [{ kind: 'cache', available: false }, ...good.sources!] }),
    [],
  ],
  ['a release that two sources have', plan, shop({ ...good, sources: [...good.sources!, backup] }), []],
  [
    'a source that does not have it',
    target(() => ({ source: 'backup' })),
    facts,
    ['shop comes from backup, which does not have it'],
  ],
  ['a release that was asked for by version', plan, { ...facts, to: { shop: '1.0.0' } }, []],
  ['a release that was asked for by digest', plan, { ...facts, to: { shop: 'shop1' } }, []],
  [
    'another release than was asked for',
    plan,
    { ...facts, to: { shop: '0.9.0' } },
    ['shop was asked to go to 0.9.0, not to 1.0.0'],
  ],
  [
    'a newer release below the live one that nobody speaks of',
    plan,
    shop(good, release('shop', '1.5.0', 'good', { digest: 'shop15' })),
    [newer('1.5.0')],
  ],
  [
    'a newer release that something is said of',
    target(() => ({ why: ['1.5.0 passed over: it fits less'] })),
    shop(good, release('shop', '1.5.0', 'good', { digest: 'shop15' })),
    [],
  ],
  [
    'newer releases that are not good, are above the live one, or are what runs',
    plan,
    shop(
      good,
      release('shop', '1.5.0', 'unstable', { digest: 'shop15' }),
      release('shop', '2.5.0', 'good', { digest: 'shop25' }),
      release('shop', '1.7.0', 'good', { digest: 'shop2' }),
      release('shop', 'nightly', 'good', { digest: 'n' }),
    ),
    [],
  ],
  [
    'one that was live later',
    plan,
    shop({ ...good, lastLiveAtMs: 5 }, release('shop', '0.5.0', 'good', { digest: 'shop05', lastLiveAtMs: 6 })),
    [newer('0.5.0')],
  ],
  [
    'one that was live earlier, and one of which nobody knows when',
    plan,
    shop(
      { ...good, lastLiveAtMs: 5 },
      release('shop', '1.5.0', 'good', { digest: 'shop15', lastLiveAtMs: 4 }),
      release('shop', '1.6.0', 'good', { digest: 'shop16' }),
    ),
    [],
  ],
  [
    'a target that is live already',
    target(({ from }) => ({ to: from }), without('shop')),
    { ...facts, catalog: { components: facts.catalog.components } },
    ['shop goes to what is live'],
  ],
  [
    'one that was live at the same time',
    plan,
    shop({ ...good, lastLiveAtMs: 5 }, release('shop', '1.5.0', 'good', { digest: 'shop15', lastLiveAtMs: 5 })),
    [],
  ],
  [
    'two versions of which nobody knows digests, and that are not one release for that',
    target(({ from, to }) => ({ from: { ...from, digest: '' }, to: { ...to, digest: '' } })),
    live('2.0.0', ''),
    notGood,
  ],
  // stages
  ['stages one after the other', staged, stageFacts, []],
  [
    'a stage that is not the end',
    { ...staged, targets: staged.targets.map((found) => ({ ...found, to: { version: 'm6', digest: 'd7' } })) },
    stageFacts,
    ['db stops at m7, not at m6'],
  ],
  [
    'a stage with the digest of another',
    { ...staged, targets: staged.targets.map((found) => ({ ...found, to: { version: 'm7', digest: 'd8' } })) },
    stageFacts,
    ['db m7 is not the release d8'],
  ],
  [
    'a stage that does not wait for the one before it',
    unit('db@m7', () => ({ after: [] }), staged),
    stageFacts,
    ['db@m7 does not wait for db@m8, the stage before it'],
  ],
  [
    'a stage that waits for the one before it by another rule',
    unit('db@m7', () => waitingFor(['db@m8'], 'restores:x'), staged),
    stageFacts,
    [
      'db@m7 waits for db@m8 by restores:x, which does not ask for it',
      'db@m7 does not wait for db@m8, the stage before it',
    ],
  ],
  // units
  ['a pinned component', plan, { ...facts, pinned: [{ component: 'api', why: 'audit' }] }, ['api is pinned']],
  [
    'placements of a pinned component',
    barred,
    { ...barrierFacts, pinned: [{ component: 'shop', why: 'audit' }] },
    ['shop/canary is pinned', 'shop/eu is pinned', 'shop/us is pinned'],
  ],
  [
    'a unit that moves what has no target',
    { ...plan, targets: plan.targets.slice(0, 1) },
    facts,
    ['api moves api, which has no target'],
  ],
  [
    'the same, where a target requires some version of it: a stage that nobody named is told of once',
    { ...needing, targets: needing.targets.filter(({ component }) => component === 'shop') },
    requiring({ ...good, requires: { api: '<2' } }),
    ['api moves api, which has no target'],
  ],
  [
    'a step that nobody assessed',
    unit('shop', ({ steps }) => ({ steps: steps.map((step) => ({ ...step, to: 'elsewhere' })) })),
    facts,
    ['shop/workload/1 is not what was assessed'],
  ],
  [
    'a step from where nothing is',
    unit('shop', ({ steps }) => ({ steps: steps.map((step) => ({ ...step, from: 'elsewhere' })) })),
    facts,
    ['shop/workload/1 is not what was assessed'],
  ],
  [
    'a step that can not be undone',
    unit('shop', ({ steps }) => ({
      steps: steps.map((step) => ({ ...step, reversibility: 'irreversible' as const })),
    })),
    facts,
    ['shop/workload/1 can not be undone'],
  ],
  [
    'the steps of a layer that could be stopped, and is not',
    plan,
    { ...facts, layers: { ...facts.layers, shop: [layer(1, { quiesced: [{ from: 'stopped', to: 'started' }] })] } },
    [],
  ],
  [
    'components together without a mechanism',
    unit('api+shop', ({ mechanism: _mechanism, ...rest }) => ({ ...rest, mechanism: undefined as never }), grouped),
    groupFacts,
    ['api+shop moves together without a mechanism'],
  ],
  // rules
  [
    'a release that is built anew and requires what is not there',
    alone,
    requiring(release('shop', '1.0.0', 'unstable', { digest: 'rebuilt', requires: { api: '>=9' } })),
    [],
  ],
  [
    'a target that requires what is not there yet',
    alone,
    requiring({ ...good, requires: { api: '<2' } }),
    ['api 2.0.0 × shop 1.0.0 could be live together (requires:shop@1.0.0:api)'],
  ],
  ['the same, when it was accepted', alone, { ...requiring({ ...good, requires: { api: '<2' } }), accept: [id] }, []],
  ['a pair that nobody has seen, optimistically', alone, related({}), []],
  [
    'a pair that nobody has seen, pessimistically',
    alone,
    related({ default: 'unknown-pessimistic' }),
    ['api 2.0.0 × shop 1.0.0 could be live together (unknown:api@2.0.0:shop@1.0.0)'],
  ],
  [
    'the same, when it was seen',
    alone,
    { ...related({ default: 'unknown-pessimistic' }), observedTogether: [{ shop: '1.0.0', api: '2.0.0' }] },
    [],
  ],
  [
    'the same, when another pair was seen',
    alone,
    { ...related({ default: 'unknown-pessimistic' }), observedTogether: [{ shop: '1.0.0', api: '1.0.0' }] },
    ['api 2.0.0 × shop 1.0.0 could be live together (unknown:api@2.0.0:shop@1.0.0)'],
  ],
  [
    'a pair that a rule rules in, pessimistically',
    alone,
    related({ default: 'unknown-pessimistic', rules: [{ id: 'r', forbid: [{ api: '2.0.0' }, { shop: '3.0.0' }] }] }),
    [],
  ],
  [
    'old and new of one component in a gradual strategy',
    alone,
    related({ rules: [oldNew('shop!shop')] }),
    ['shop would run 2.0.0 and 1.0.0 together (shop!shop)'],
  ],
  ...(['recreate', 'blue-green'] as const).map((strategy): Case => [
    `old and new of one component with strategy ${strategy}`,
    alone,
    related({ rules: [oldNew('shop!shop')] }, { strategy }),
    [],
  ]),
  [
    'old and new of one component in a canary',
    alone,
    related({ rules: [oldNew('shop!shop')] }, { strategy: 'canary' }),
    ['shop would run 2.0.0 and 1.0.0 together (shop!shop)'],
  ],
  ['old and new of a schema', alone, related({ rules: [oldNew('shop!shop')] }, { kind: 'schema' }), []],
  [
    'placements of one name that a rule forbids together',
    regional,
    regions([oldNew('shop!api')]),
    ['api/eu 2.0.0 × shop/eu 1.0.0 could be live together (shop!api)'],
  ],
  [
    'placements that a rule forbids together anywhere',
    regional,
    regions([{ ...oldNew('shop!api'), scope: 'any' }]),
    [
      'api/eu 2.0.0 × shop/eu 1.0.0 could be live together (shop!api)',
      'api/us 2.0.0 × shop/eu 1.0.0 could be live together (shop!api)',
    ],
  ],
  [
    'placements that nobody has seen together, where a rule about them holds anywhere',
    regional,
    unseen('any'),
    [
      'api/eu 2.0.0 × shop/eu 1.0.0 could be live together (unknown:api/eu@2.0.0:shop/eu@1.0.0)',
      'api/us 2.0.0 × shop/eu 1.0.0 could be live together (unknown:api/us@2.0.0:shop/eu@1.0.0)',
    ],
  ],
  [
    'placements that nobody has seen together, where a rule about them holds within one',
    regional,
    unseen('placement'),
    ['api/eu 2.0.0 × shop/eu 1.0.0 could be live together (unknown:api/eu@2.0.0:shop/eu@1.0.0)'],
  ],
  ['a pair that is forbidden and live, when only flags are switched', flagOnly, { ...now, flagOnly: true }, []],
  [
    'old and new of one component of which no rule speaks, pessimistically',
    alone,
    {
      ...facts,
      catalog: {
        components: { shop: { dependsOn: ['shop'] }, api: {} },
        compatibility: {
          default: 'unknown-pessimistic',
          rules: [{ id: 'r', forbid: [{ shop: '9.0.0' }, { shop: '8.0.0' }] }],
        },
      },
    },
    [],
  ],
  [
    'placements that were seen together by the names of their components',
    regional,
    { ...unseen('placement'), observedTogether: [{ shop: '1.0.0', api: '2.0.0' }] },
    [],
  ],
  [
    'what a target requires, where another placement does not have it',
    regional,
    {
      ...regions(),
      live: { ...facts.live, 'api/us': { version: '1.0.0', digest: 'api1' } },
      releases: [{ ...good, requires: { api: '>=2' } }],
    },
    [],
  ],
  ...['*', '', ' * '].map((all): Case => [
    `a label that is no version, where "${all}" forbids every one`,
    alone,
    {
      ...related({ rules: [{ id: 'r', forbid: [{ shop: '1.0.0' }, { api: all }] }] }),
      live: { ...facts.live, api: { version: 'blue', digest: 'blue' } },
    },
    ['api blue × shop 1.0.0 could be live together (r)'],
  ]),
  // edges
  [
    'an edge that is missing',
    unit('shop', () => ({ after: [] })),
    facts,
    ['api 2.0.0 × shop 1.0.0 could be live together (shop!api)'],
  ],
  [
    'an edge by a rule that does not ask for it',
    unit('shop', ({ after }) => ({ after: [...after, { unit: 'api', rule: 'other', why: '' }] })),
    facts,
    ['shop waits for api by other, which does not ask for it'],
  ],
  [
    'an edge that points forward',
    unit('api', () => waitingFor(['shop'], 'shop!api')),
    facts,
    ['api waits for shop, which does not stand before it'],
  ],
  [
    'an edge to nothing',
    unit('api', () => waitingFor(['db'], 'shop!api')),
    facts,
    ['api waits for db, which does not stand before it'],
  ],
  [
    'an edge between stages of two components',
    unit('shop', ({ after }) => ({ after: [...after, { unit: 'api', rule: 'stage-order', why: '' }] })),
    facts,
    ['shop waits for api by stage-order, which does not ask for it'],
  ],
  [
    'a pair that is forbidden, live, and stays',
    { ...plan, targets: [], units: [], bad: [] },
    {
      ...facts,
      catalog: {
        ...facts.catalog,
        compatibility: { rules: [{ id: 'now', forbid: [{ shop: '2.0.0' }, { api: '2.0.0' }] }] },
      },
    },
    ['api 2.0.0 × shop 2.0.0 stays live (now)'],
  ],
  [
    'a flag that is switched for nothing',
    { ...plan, units: [...plan.units, { ...plan.units[0]!, id: 'flag-off:f', kind: 'flag-off', steps: [] }] },
    facts,
    ['flag-off:f is switched for nothing'],
  ],
  // flags
  ['flags that open a group', flagged, flagFacts, []],
  [
    'a restore that does not wait for its flag',
    unit('flag-restore:all', ({ after }) => ({ after: after.filter(({ rule }) => rule !== 'restores:all') }), flagged),
    flagFacts,
    ['flag-restore:all does not wait for flag-off'],
  ],
  [
    'a component that does not wait for the flag',
    unit('shop', () => ({ after: [] }), flagged),
    flagFacts,
    [
      'api 2.0.0 × shop 1.0.0 could be live together (shop!api)',
      'api 1.0.0 × shop 2.0.0 could be live together (api!shop)',
    ],
  ],
  [
    'a component that waits for a flag by a rule that the flag does not waive',
    unit('shop', ({ after }) => ({ after: [...after, { unit: 'flag-off:all', rule: 'other', why: '' }] }), flagged),
    flagFacts,
    ['shop waits for flag-off:all by other, which does not ask for it'],
  ],
  [
    'a restore as if the flag stopped the harm',
    unit(
      'flag-restore:all',
      ({ after }) => ({ after: [...after, { unit: 'flag-off:all', rule: 'isolates:all', why: '' }] }),
      flagged,
    ),
    flagFacts,
    ['flag-restore:all waits for flag-off:all by isolates:all, which does not ask for it'],
  ],
  ...[flagFacts, ruledTurned(flagFacts)].map((known, at): Case => [
    `a flag as if it waived a rule about what stays for good${at === 0 ? '' : ', written the other way round'}`,
    onlyMoving('shop', flagged),
    known,
    ['api 2.0.0 × shop 1.0.0 could be live together (shop!api)'],
  ]),
  [
    'a flag that is off already as if it waived a rule about what stays for good',
    onlyMoving('api', standing),
    standingFacts,
    ['api 1.0.0 × shop 2.0.0 could be live together (api!shop)'],
  ],
  // barriers
  ['barriers', barred, barrierFacts, []],
  [
    'a barrier that mixes two lists',
    barred,
    barriers(['canary', 'eu'], ['us']),
    ["barrier:1 does not keep to the catalog's lists"],
  ],
  [
    'a barrier in the wrong direction',
    barred,
    barriers(['us', 'eu'], ['canary']),
    ["barrier:1 does not keep to the catalog's lists"],
  ],
  ...[
    ['that stands before two lists', barred, barriers(['canary'], ['eu'], ['us'])] as const,
    ['that stands behind two lists', buildPlan(twoBefore), barriers(['canary'], ['eu'], ['us'])] as const,
    ['in the middle of one list', barred, barriers(['canary', 'eu', 'us'], ['asia'])] as const,
  ].map(([name, made, known]): Case => [
    `a barrier ${name}`,
    made,
    known,
    ["barrier:1 does not keep to the catalog's lists"],
  ]),
  [
    'a placement that does not wait for the barrier',
    unit('shop/us', ({ after }) => ({ after: after.filter(({ unit: awaited }) => awaited !== 'barrier:1') }), barred),
    barrierFacts,
    ['shop/us does not wait for barrier:1'],
  ],
];

function scenePlan(): Plan {
  return buildPlan(scenarios['an irreversible layer without a compensation: fix forward']!);
}

test.each(cases)('the checker on %s', (_name, made, known, faults) => {
  expect(verifyPlan(made, known)).toEqual(faults);
});
