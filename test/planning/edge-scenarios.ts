import type { LayerFact, PlanFacts, ReleaseFact, StepFact } from '../../src/domain/plan-facts';
import { factsFor, layer, oldNew, release } from './build';

const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_none, at) => `c${String(at).padStart(2, '0')}`);
const pairs = (...written: readonly string[]) => ({ rules: written.map(oldNew) });
const places = { placements: { eu: {}, us: {} } };
const step = (from: string, to: string, over: Partial<StepFact> = {}): StepFact => ({
  from,
  to,
  guard: 'atomic',
  ...over,
});
const shop = (over: Parameters<typeof factsFor>[2] = {}): PlanFacts => factsFor(['shop'], ['shop'], over);
const two = (over: Parameters<typeof factsFor>[2] = {}): PlanFacts => factsFor(['shop', 'api'], ['shop'], over);
const running = (name: string, over: object = {}) => ({ version: '2.0.0', digest: `${name}2`, ...over });

/** A schema that runs m9, without any release. */
function schema(...layers: readonly LayerFact[]): PlanFacts {
  return {
    environment: 'production',
    catalog: { components: { db: { kind: 'schema' } } },
    bad: ['db'],
    live: { db: { version: 'm9', digest: 'd9' } },
    releases: [],
    layers: { db: layers },
  };
}

const way = (name: string, ...steps: readonly StepFact[]): LayerFact => ({
  layer: name,
  reversibility: 'reversible',
  steps,
});

/** Both run 4.0.0 and were good at 3.0.0, 2.0.0 and 1.0.0. */
function histories(rules: NonNullable<PlanFacts['catalog']['compatibility']>['rules']): PlanFacts {
  const names = ['shop', 'api'];
  return {
    ...factsFor(names, names, { catalog: { compatibility: { rules: rules! } } }),
    live: Object.fromEntries(names.map((name) => [name, { version: '4.0.0', digest: `${name}4` }])),
    releases: names.flatMap((name) => ['3.0.0', '2.0.0', '1.0.0'].map((version) => release(name, version, 'good'))),
  };
}

const formats = (writes: number, reads: string): Partial<ReleaseFact> => ({ formats: { orders: { writes, reads } } });

/** The ends and the rare ways of the planner, with their whole answer in test/golden/planning/plans. */
export const edgeScenarios: Readonly<Record<string, PlanFacts>> = {
  // flags
  'of four flags the two that are needed are switched': factsFor(['shop', 'api', 'db', 'cache'], ['shop', 'db'], {
    catalog: {
      compatibility: {
        rules: [...pairs('shop!api', 'api!shop', 'db!cache', 'cache!db').rules, { ...oldNew('shop!api'), id: 'again' }],
      },
      flags: {
        fa: { component: 'shop', layer: 's', waives: ['shop!api'] },
        fb: { component: 'shop', layer: 's', waives: ['again'] },
        fc: { component: 'shop', layer: 's', waives: ['api!shop'] },
        fd: { component: 'db', layer: 's', waives: ['db!cache'] },
      },
    },
  }),
  'a flag that is off in one region only is switched': {
    ...two({
      catalog: {
        components: { shop: places, api: {} },
        compatibility: pairs('shop!api', 'api!shop'),
        flags: { fast: { component: 'shop', layer: 's', waives: ['shop!api'] } },
      },
    }),
    live: {
      'shop/eu': running('shop', { flags: { fast: false } }),
      'shop/us': running('shop', { flags: { fast: true } }),
      api: running('api'),
    },
  },
  // groups
  'a router switches a group at once': two({
    catalog: {
      compatibility: pairs('shop!api', 'api!shop'),
      groups: [{ components: ['shop', 'api'], mechanism: 'router', layer: 'route' }],
    },
    layers: { shop: [layer(5), layer(1, { layer: 'route' })], api: [layer(7)] },
  }),
  'what can be stopped is stopped around its steps': two({
    catalog: {
      compatibility: pairs('shop!api', 'api!shop'),
      groups: [{ components: ['shop', 'api'], mechanism: 'quiesce' }],
    },
    layers: {
      shop: [
        layer(5, {
          quiesced: [
            step('new', 'none', { phase: 'stop', estimateSeconds: 2 }),
            step('none', 'some', { estimateSeconds: 3 }),
            step('some', 'old', { phase: 'start', estimateSeconds: 4 }),
          ],
        }),
      ],
      api: [layer(7)],
    },
  }),
  'a group of six is named by all of its members in the refusal': factsFor(many(6), ['c00'], {
    catalog: { compatibility: { rules: many(6).map((name, at) => oldNew(`${name}!${many(6)[(at + 1) % 6]!}`)) } },
  }),
  'a barrier waits for a group of which one member is in a region': {
    ...two({
      catalog: {
        components: { shop: places, api: {} },
        compatibility: { rules: [oldNew('shop!api'), oldNew('api!shop')] },
        groups: [{ components: ['shop', 'api'], mechanism: 'quiesce' }],
        policies: { dispatch: { barriers: [['eu'], ['us']] } },
      },
    }),
    bad: ['shop/eu'],
    live: { shop: running('shop'), api: running('api') },
  },
  'what moves along and can not be undone: the bad one is what must be corrected': two({
    catalog: { compatibility: pairs('shop!api') },
    layers: { shop: [layer(1)], api: [layer(1, { reversibility: 'irreversible' })] },
  }),
  // order and evidence
  'forty in a row: what has gone back long before is never met': factsFor(many(40), ['c00'], {
    catalog: {
      components: Object.fromEntries(many(40).map((name) => [name, name === 'c00' ? { dependsOn: ['c39'] } : {}])),
      compatibility: {
        rules: many(39).map((name, at) => oldNew(`${name}!${many(40)[at + 1]!}`)),
      },
    },
  }),
  'more risks than anybody reads are counted': factsFor(many(30), ['c00', 'c01', 'c02', 'c03'], {
    catalog: {
      components: Object.fromEntries(
        many(30).map((name, at) => [name, at < 4 ? { dependsOn: many(30).filter((other) => other !== name) } : {}]),
      ),
    },
  }),
  'two rules forbid old and new of one component: the first by name is said': shop({
    catalog: { compatibility: { rules: ['z-own', 'a-own'].map((id) => ({ ...oldNew('shop!shop'), id })) } },
  }),
  'two rules ask for one edge': two({
    catalog: { compatibility: { rules: ['z', 'a'].map((id) => ({ ...oldNew('shop!api'), id })) } },
  }),
  'many rules write many versions of one component': two({
    catalog: {
      compatibility: {
        rules: [...many(12), ...many(12)].map((name, at) => ({
          id: `r${String(at).padStart(2, '0')}`,
          forbid: [{ shop: `1.0.0 || 0.${Number(name.slice(1))}.0` }, { api: at === 21 ? '2.0.0' : '7.0.0' }],
        })),
      },
    },
  }),
  'a list of one name is no range, and two names are not one': two({
    catalog: {
      compatibility: {
        rules: [
          { id: 'range', forbid: [{ shop: '1.x' }, { api: '9.0.0' }] },
          { id: 'name', forbid: [{ shop: ['1.x'] }, { api: '2.0.0' }] },
          { id: 'names', forbid: [{ shop: ['1.0', '.0'] }, { api: '2.0.0' }] },
          { id: 'other', forbid: [{ shop: ['1.0.0'] }, { api: '9.0.0' }] },
        ],
      },
    },
  }),
  // chains
  'of two ways of a schema the one that leaves what is live': schema(
    way('copy', step('a', 'b')),
    way('migrations', step('m9', 'm8')),
  ),
  'of two ways that leave what is live the one that leads to the target': {
    ...schema(way('copy', step('m9', 'x')), way('migrations', step('m9', 'm8'))),
    releases: [release('db', 'm8', 'good', { digest: 'd8' })],
  },
  'steps that lead from what runs to the target are stages': shop({
    layers: { shop: [way('blue', step('2.0.0', '1.5.0'), step('1.5.0', '1.0.0'))] },
  }),
  'one step from what runs to the target is one move': shop({
    layers: { shop: [way('blue', step('2.0.0', '1.0.0'))] },
  }),
  'steps that lead elsewhere are one move': shop({
    layers: { shop: [way('blue', step('2.0.0', '1.5.0'), step('1.5.0', '0.9.0'))] },
  }),
  'one of several steps names its stage': shop({
    layers: { shop: [way('blue', step('2', '1.5', { version: '1.5.0' }), step('1.5', '1.0.0'))] },
  }),
  'a pinned schema does not begin': {
    ...schema(way('migrations', step('m9', 'm8'), step('m8', 'm7', { reversibility: 'irreversible' }))),
    pinned: [{ component: 'db', why: 'audit' }],
  },
  'the first step of a schema can not be undone': schema(
    way('migrations', step('m9', 'm8', { reversibility: 'irreversible' }), step('m8', 'm7')),
  ),
  'no release is known at all': shop({ releases: [] }),
  'what depends on something does so within one placement': {
    ...two({ catalog: { components: { shop: { ...places, dependsOn: ['api'] }, api: places } } }),
    bad: ['shop/eu'],
  },
  'what nobody has seen moves along within one placement': {
    ...two({
      catalog: {
        components: { shop: { ...places, dependsOn: ['api'] }, api: places },
        compatibility: { default: 'unknown-pessimistic' },
      },
    }),
    bad: ['shop/eu'],
  },
  'a set that was seen is known by the name of a placement too': {
    ...histories([{ id: 'r', forbid: [{ shop: '9.0.0' }, { api: '9.0.0' }] }]),
    catalog: { components: { shop: { ...places, dependsOn: ['api'] }, api: {} } },
    observedTogether: [{ 'shop/eu': '2.0.0', 'shop/us': '3.0.0', api: '2.0.0' }],
  },
  'a rule and a requirement ask for the same edge in several stages': {
    ...two({ catalog: { components: { shop: {}, api: { kind: 'schema' } } } }),
    live: { shop: running('shop'), api: { version: 'm9', digest: 'm9' } },
    releases: [
      release('shop', '1.0.0', 'good', { requires: { api: 'm7' } }),
      release('api', 'm7', 'good', { digest: 'm7' }),
    ],
    layers: { shop: [layer(1)], api: [way('migrations', step('m9', 'm8'), step('m8', 'm7'))] },
  },
  // formats
  'what is written is read from the release that runs, not from another with its label': two({
    releases: [
      release('api', '2.0.0', 'unknown', { digest: 'other', ...formats(9, '9') }),
      release('api', '2.0.0', 'unknown', formats(3, '1..3')),
      release('shop', '1.0.0', 'good', formats(1, '1..3')),
    ],
  }),
  'a release that nobody has seen by its digest is known by its label': two({
    live: { shop: running('shop'), api: { version: '2.0.0', digest: 'unseen' } },
    releases: [
      release('api', '2.0.0', 'unknown', formats(9, '9')),
      release('shop', '1.0.0', 'good', formats(1, '1..3')),
    ],
  }),
  'a target reads one version only, and an older one was written': two({
    releases: [release('api', '2.0.0', 'unknown', formats(2, '2')), release('shop', '1.0.0', 'good', formats(3, '3'))],
  }),
  // what is lost
  'what is lost is counted in the verdict': shop({
    layers: {
      shop: [
        layer(1, {
          loses: [
            { kind: 'rows', id: 'carts', describe: 'carts', count: 12 },
            { kind: 'rows', id: 'visits', describe: '7 visits', count: 7 },
          ],
        }),
      ],
    },
  }),
  'a count that is in the words already is not said twice': shop({
    layers: { shop: [layer(1, { loses: [{ kind: 'rows', id: 'visits', describe: '7 visits', count: 7 }] })] },
  }),
  'effects of a component count in each of its placements, effects of one placement there': {
    ...shop({ catalog: { components: { shop: places } } }),
    effects: [
      { kind: 'email', describe: 'offers', irreversible: true, component: 'shop', count: 3 },
      { kind: 'email', describe: 'bills', irreversible: true, component: 'shop/eu', count: 4 },
    ],
  },
  // obstacles
  'obstacles of every weight, near and far': {
    ...factsFor(['shop', 'api', 'db'], ['shop'], {
      catalog: { components: { shop: { ...places, dependsOn: ['api'] }, api: {}, db: {} } },
    }),
    bad: ['shop/eu'],
    obstacles: (['doubt', 'note', 'blocks'] as const).flatMap((weight) =>
      ['shop/eu', 'shop', 'shop/us', 'api', 'db'].flatMap((component) =>
        weight === 'blocks' && component.startsWith('shop') && component !== 'shop/us'
          ? []
          : [{ code: `IT_${weight.toUpperCase()}`, component, why: `${component} ${weight}`, weight }],
      ),
    ),
  },
  'an obstacle that is about a component as a whole stops each of its placements': {
    ...shop({ catalog: { components: { shop: places } } }),
    bad: ['shop/eu'],
    obstacles: [{ code: 'LOCK_HELD', component: 'shop', why: 'shop is locked' }],
  },
  // targets
  'what is asked of one placement wins over what is asked of its component': {
    ...shop({ catalog: { components: { shop: places } } }),
    releases: [release('shop', '1.0.0', 'good'), release('shop', '0.9.0', 'good')],
    to: { 'shop/eu': '0.9.0', shop: '1.0.0' },
  },
  'two targets that exclude each other, and then two others: both go further back': histories([
    { id: 'r', forbid: [{ shop: '3.0.0' }, { api: '<4' }] },
    { id: 's', forbid: [{ shop: '2.0.0' }, { api: '3.0.0' }] },
  ]),
  'two releases that require each other move together': {
    ...two(),
    releases: [
      release('shop', '1.0.0', 'good', { requires: { api: '<2' } }),
      release('api', '1.0.0', 'good', { requires: { shop: '<2' } }),
    ],
  },
  'a requirement is accepted by name': {
    ...two(),
    releases: [release('shop', '1.0.0', 'good', { requires: { api: '<2' } })],
    accept: ['requires:shop@1.0.0:api'],
  },
  'a release that was built three times has one target': {
    ...shop(),
    releases: [
      release('shop', '1.0.0', 'good'),
      release('shop', '1.0.0', 'good'),
      release('shop', '1.0.0', 'good', { digest: 'rebuilt' }),
    ],
  },
};
