import type { PlanFacts } from '../../src/domain/plan-facts';
import { LastgoodError } from '../../src/domain/errors';
import { buildPlan } from '../../src/planning';
import { expectGolden } from '../report/golden';
import { factsFor, oldNew, release } from './build';

const good = factsFor(['shop', 'api'], ['shop']);

/** The facts of the shop with one thing replaced, of whatever type. */
const facts = (over: Readonly<Record<string, unknown>>): PlanFacts => ({ ...good, ...over });
const catalog = (over: Readonly<Record<string, unknown>>): PlanFacts =>
  facts({ catalog: { ...good.catalog, ...over } });
const rules = (...written: readonly unknown[]): PlanFacts => catalog({ compatibility: { rules: written } });
const component = (over: Readonly<Record<string, unknown>>): PlanFacts =>
  catalog({ components: { shop: over, api: {} } });
const releases = (...more: readonly unknown[]): PlanFacts => facts({ releases: [...good.releases, ...more] });
const rule = (id: string, left: unknown, right: unknown): unknown => ({ id, forbid: [left, right] });
const flag = (over: Readonly<Record<string, unknown>>): PlanFacts =>
  catalog({
    compatibility: { rules: [oldNew('shop!api')] },
    flags: { f: { component: 'shop', layer: 'flag', waives: ['shop!api'], ...over } },
  });
const many = (count: number): readonly string[] => Array.from({ length: count }, (_none, at) => `r${at}`);
/** A record with an own key `__proto__`, as JSON makes it. */
const hostile = (value: unknown): unknown => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`);
const live = { version: '2.0.0', digest: 'x2' };
const step = (from: string, to: string): unknown => ({ from, to });
const layers = (...steps: readonly unknown[]): PlanFacts =>
  catalogKind({ shop: [{ layer: 'migrations', reversibility: 'reversible', steps }] });
function catalogKind(found: unknown): PlanFacts {
  return facts({ catalog: { components: { shop: { kind: 'schema' }, api: {} } }, layers: found });
}

const cases: Readonly<Record<string, PlanFacts>> = {
  'a rule names an unknown component': rules(rule('r', { shop: '*' }, { apo: '*' })),
  'in a large catalog an unknown component is named without the list of all': {
    ...rules(rule('r', { shop: '*' }, { nobody: '*' })),
    catalog: {
      components: Object.fromEntries(
        Array.from({ length: 13 }, (_none, at) => [`c${at}`, {}]).concat([
          ['shop', {}],
          ['api', {}],
        ]),
      ),
      compatibility: { rules: [rule('r', { shop: '*' }, { nobody: '*' }) as never] },
    },
  },
  'a range of a rule can match nothing': rules(rule('r', { shop: '>2 <1' }, { api: '*' })),
  'a list of versions is empty': rules(rule('r', { shop: [] }, { api: '*' })),
  'a version is no text': rules(rule('r', { shop: 2 }, { api: '*' })),
  'a list of versions holds something else': rules(rule('r', { shop: ['1.0.0', null] }, { api: '*' })),
  'a rule is about three components': rules({ id: 'r', forbid: [{ shop: '*' }, { api: '*' }, { db: '*' }] }),
  'a rule is about one component': rules({ id: 'r', forbid: [{ shop: '*' }] }),
  'a rule forbids nothing that can be read': rules({ id: 'r', forbid: 'shop' }),
  'one side of a rule names two components': rules(rule('r', { shop: '*', api: '*' }, { api: '*' })),
  'one side of a rule names none': rules(rule('r', {}, { api: '*' })),
  'one side of a rule is no map': rules(rule('r', null, { api: '*' })),
  'one side of a rule is called __proto__': rules(rule('r', hostile('*'), { api: '*' })),
  'two rules have one name': rules(oldNew('shop!api'), oldNew('shop!api')),
  'a rule has no name': rules({ forbid: [{ shop: '*' }, { api: '*' }] }),
  'a rule is called like an edge of the planner': rules(rule('stage-order', { shop: '*' }, { api: '*' })),
  'a rule is called like a requirement': rules(rule('requires:shop@1:api', { shop: '*' }, { api: '*' })),
  'a release requires exactly what a rule forbids': {
    ...rules(rule('no-new-api', { shop: '>=1 <2' }, { api: '>=2' })),
    releases: [
      ...good.releases.filter(({ digest }) => digest !== 'shop1'),
      release('shop', '1.0.0', 'good', { requires: { api: '>=2.1.0' } }),
    ],
  },
  'a range can not judge what runs': {
    ...rules(rule('r', { shop: '>=2' }, { api: '>=2' })),
    live: { shop: { version: 'blue', digest: 'shop2' }, api: { version: '2.0.0', digest: 'api2' } },
  },
  'a release requires a range that can match nothing': releases(
    release('shop', '1.5.0', 'good', { digest: 'shop15', requires: { api: '>2 <1' } }),
  ),
  'a release is told twice, differently': releases(release('shop', '1.0.0', 'unstable')),
  'a release has no version': releases({ component: 'shop', digest: 'd', status: 'good' }),
  'a version holds a control character': releases(release('shop', '1.0\u0000.1', 'good')),
  'a digest is half of a character': releases(release('shop', '1.0.1', 'good', { digest: '\ud800' })),
  'a status is a guess': releases({ component: 'shop', version: '1.1.0', digest: 'd', status: 'probably' }),
  'a time that a release was good is negative': releases(
    release('shop', '1.1.0', 'good', { digest: 'd', goodForSeconds: -1 }),
  ),
  'a time that a release was live is no number': releases(
    release('shop', '1.1.0', 'good', { digest: 'd', lastLiveAtMs: Number.NaN }),
  ),
  'a requirement is no text': releases({ ...release('shop', '1.1.0', 'good', { digest: 'd' }), requires: { api: 3 } }),
  'the steps of a chain go round in a circle': layers(step('2.0.0', '1.0.0'), step('1.0.0', '2.0.0')),
  'the steps of a chain come back to the middle': layers(
    step('2.0.0', '1.5.0'),
    step('1.5.0', '1.0.0'),
    step('1.0.0', '1.5.0'),
  ),
  'a step leads nowhere': layers({ from: '2.0.0' }),
  'a layer does not say whether it can be undone': catalogKind({ shop: [{ layer: 'migrations', steps: [] }] }),
  'a flag waives nothing': flag({ waives: [] }),
  'a flag waives what is no list': flag({ waives: 'shop!api' }),
  'a flag waives a rule that is not there': flag({ waives: ['shop!db'] }),
  'a flag is of an unknown component': flag({ component: 'db' }),
  'a flag is called like a unit': catalog({
    compatibility: { rules: [oldNew('shop!api')] },
    flags: { 'a:b': { component: 'shop', layer: 'flag', waives: ['shop!api'] } },
  }),
  'a component is called __proto__': catalog({ components: hostile({}) }),
  'a component is called like a placement': catalog({ components: { 'shop/eu': {} } }),
  'a component has an empty name': catalog({ components: { '': {} } }),
  'a placement is called like a stage': component({ placements: { 'e@u': {} } }),
  'a component depends on an unknown one': component({ dependsOn: ['db'] }),
  'two layers of a component have one id': component({
    layers: [
      { id: 'a', layer: 'x' },
      { id: 'a', layer: 'y' },
    ],
  }),
  'a layer id can not be part of a step id': component({ layers: [{ id: 'a/b', layer: 'x' }] }),
  'a format is read as nobody can tell': component({ formats: { orders: { writes: 2, reads: 'all' } } }),
  'a group is about an unknown component': catalog({ groups: [{ components: ['shop', 'db'], mechanism: 'router' }] }),
  'a group moves in a way that nobody knows': catalog({
    groups: [{ components: ['shop', 'api'], mechanism: 'magic' }],
  }),
  'nothing may run at a time': catalog({ policies: { maxConcurrentUnits: 0 } }),
  'half a unit may run at a time': catalog({ policies: { maxConcurrentUnits: 1.5 } }),
  'what is live is called __proto__': facts({ live: hostile(live) }),
  'what is live is unknown to the catalog': facts({ live: { ...good.live, db: live } }),
  'what is live has a placement that the catalog lacks': facts({ live: { ...good.live, 'shop/eu': live } }),
  'what is live has no version': facts({ live: { ...good.live, shop: { digest: 'd' } } }),
  'what is live has no digest': facts({ live: { ...good.live, shop: { version: '2.0.0' } } }),
  'nobody knows what the bad component runs': facts({ live: { api: live } }),
  'nothing is bad': facts({ bad: [] }),
  'an unknown component is bad': facts({ bad: ['db'] }),
  'what is bad is no text': facts({ bad: [7] }),
  'an unknown component is pinned': facts({ pinned: [{ component: 'db', why: 'x' }] }),
  'an unknown component has a target': facts({ to: { db: '1.0.0' } }),
  'layers are of an unknown component': facts({ layers: { constructor: [] } }),
  'a rule that is not there is accepted': facts({ accept: ['nothing'] }),
  'a rule that is not there is accepted, where there are eight': {
    ...rules(...many(8).map((id) => rule(id, { shop: '1.0.0' }, { api: '2.0.0' }))),
    accept: ['nothing'],
  },
  'a rule that is not there is accepted, where there are nine': {
    ...rules(...many(8).map((id) => rule(id, { shop: '1.0.0' }, { api: '2.0.0' }))),
    releases: good.releases.map((found) => (found.digest === 'shop1' ? { ...found, requires: { api: '<3' } } : found)),
    accept: ['r7', 'requires:shop@1.0.0:api', 'requires:shop@2.0.0:api'],
  },
  'a flag that nobody knows stops the harm': { ...flag({}), decision: { flagIsolates: 'g' } },
  'a flag stops the harm where there is none': facts({ decision: { flagIsolates: 'g' } }),
  'a name is longer than 256 characters': releases(release('shop', '1.5.0', 'good', { digest: 'd'.repeat(257) })),
  'the environment has no name': facts({ environment: '' }),
  'the catalog is missing': facts({ catalog: undefined }),
  'the components are a list': catalog({ components: [] }),
  'what is live is nothing': facts({ live: null }),
  'the releases are a map': facts({ releases: {} }),
  'what is bad is a text': facts({ bad: 'shop' }),
};

function complaint(made: PlanFacts): string {
  try {
    buildPlan(made);
  } catch (thrown) {
    if (thrown instanceof LastgoodError) return thrown.message;
    throw thrown;
  }
  return 'no error at all';
}

test('every kind of bad input is one clear error: where, what, why, and what to write instead', () => {
  const told = Object.entries(cases).map(([name, made]) => `# ${name}\n${complaint(made)}\n`);
  expectGolden('../planning/bad-input.txt', told.join('\n'));
});

test.each(Object.entries(cases))('%s: the error is of the input, and nothing of it is retried', (_name, made) => {
  expect(complaint(made)).toMatch(/^(FACTS_INVALID|CATALOG_UNKNOWN_COMPONENT) {2}/);
});

test.each<readonly [string, PlanFacts, string]>([
  [
    'an id of 129 characters',
    component({ layers: [{ id: 'l'.repeat(129) }] }),
    `layers of shop  "${'l'.repeat(129)}" can not be an id`,
  ],
  ['a format that no number reads', component({ formats: { row: { reads: 'v1..3' } } }), 'row reads "v1..3"'],
  ['an accepted rule that ends like a pair', facts({ accept: ['unknown'] }), 'there is no rule "unknown"'],
  [
    'a placement that a component with two of them has not',
    catalog({ components: { shop: { placements: { eu: {}, us: {} } }, api: {} } }),
    'its placements: eu, us',
  ],
])('%s is refused in these words', (_what, made, words) => {
  const told = made.catalog.components['shop']?.placements === undefined ? made : { ...made, bad: ['shop/asia'] };
  expect(complaint(told)).toContain(words);
});

describe('input without end', () => {
  const rule0 = oldNew('shop!api');

  test.each([
    [
      'rules',
      () => catalog({ compatibility: { rules: Array.from({ length: 1_000_000 }, () => rule0) } }),
      'catalog.compatibility.rules  catalog.compatibility.rules has 1000000 entries\n  the limit is 500000\n',
    ],
    [
      'releases',
      () => facts({ releases: Array.from({ length: 1_000_001 }, () => good.releases[0]) }),
      'releases  releases has 1000001 entries\n  the limit is 1000000\n',
    ],
    [
      'bad components',
      () => facts({ bad: Array.from({ length: 200_001 }, () => 'shop') }),
      'bad  bad has 200001 entries\n  the limit is 200000\n',
    ],
  ])('a million %s are refused before any of them is looked at', (_name, made, told) => {
    expect(complaint(made())).toContain(told);
  });

  test('every id may be the name of something that all objects have', () => {
    const names = ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
    const made = factsFor(names, ['constructor'], {
      catalog: { compatibility: { rules: [oldNew('constructor!valueOf'), oldNew('valueOf!toString')] } },
    });
    expect(buildPlan(made).units.map(({ id }) => id)).toEqual(['toString', 'valueOf', 'constructor']);
  });
});

describe('what only looks like bad input', () => {
  test('lists and names may be as long as they may be', () => {
    const digest = 'd'.repeat(256);
    const long = facts({
      bad: Array.from({ length: 200_000 }, () => 'shop'),
      releases: good.releases.map((found) => (found.digest === 'shop1' ? { ...found, digest } : found)),
    });
    expect(buildPlan(long).targets[0]?.to.digest).toBe(digest);
  });

  test.each<readonly [string, PlanFacts]>([
    ['an id of 128 characters', component({ layers: [{ id: 'l'.repeat(128) }] })],
    [
      'a rule whose name only holds a reserved word',
      rules(rule('team-requires:api', { shop: '5.0.0' }, { api: '5.0.0' })),
    ],
    ['an accepted pair of which nobody knows anything', facts({ accept: ['unknown:api@1.0.0:shop@2.0.0'] })],
  ])('%s is no bad input', (_what, made) => {
    expect(complaint(made)).toBe('no error at all');
  });

  test('a release told twice in the same words, with its keys in another order, is one release', () => {
    const [first] = good.releases.filter(({ digest }) => digest === 'shop1');
    const again = Object.fromEntries(Object.entries(first!).toReversed());
    expect(buildPlan(releases(again))).toEqual(buildPlan(good));
  });

  test('a requirement of a release that nobody would go back to may match nothing', () => {
    const old = release('shop', '0.5.0', 'unknown', { digest: 'shop05', requires: { api: '>2 <1' } });
    expect(buildPlan(releases(old)).refusals).toEqual([]);
  });

  test('an exact name in a rule works without semver', () => {
    const named = factsFor(['shop', 'api'], ['shop'], {
      catalog: { compatibility: { rules: [{ id: 'r', forbid: [{ shop: 'green' }, { api: ['blue'] }] }] } },
      live: { shop: { version: 'blue', digest: 's2' }, api: { version: 'blue', digest: 'a2' } },
      releases: [release('shop', 'green', 'good', { digest: 's1' }), release('api', 'green', 'good', { digest: 'a1' })],
    });
    expect(buildPlan(named).units.map(({ id, after }) => [id, after.length])).toEqual([
      ['api', 0],
      ['shop', 1],
    ]);
  });

  test('nobody knows what the bad component runs, and an obstacle says why: that is a refusal, no error', () => {
    const unreachable = { code: 'HTTP_UNREACHABLE', component: 'shop', why: 'shop does not answer' };
    const plan = buildPlan(facts({ live: { api: live }, obstacles: [unreachable] }));
    expect(plan.refusals).toMatchObject([{ code: 'HTTP_UNREACHABLE', components: ['shop'] }]);
    expect(plan.bad).toEqual(['shop']);
  });
});
