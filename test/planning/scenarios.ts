import type { LayerFact, PlanFacts } from '../../src/domain/plan-facts';
import { factsFor, layer, oldNew, release } from './build';

const both = { rules: ['shop!api', 'api!shop'].map(oldNew) };
const two = ['shop', 'api'] as const;
const needsApi = { rules: [oldNew('shop!api')] };
const flags = (...waives: readonly string[]) => ({
  fast: { component: 'shop', layer: 'switch', waives },
});
const step = (from: string, to: string, over: Partial<NonNullable<LayerFact['steps']>[number]> = {}) => ({
  from,
  to,
  guard: 'atomic' as const,
  ...over,
});
const shop = (over: Parameters<typeof factsFor>[2] = {}): PlanFacts => factsFor(['shop'], ['shop'], over);
const pair = (over: Parameters<typeof factsFor>[2] = {}, bad: readonly string[] = ['shop']): PlanFacts =>
  factsFor(two, bad, over);
const running = (name: string, over: object = {}) => ({ version: '2.0.0', digest: `${name}2`, ...over });
const live = (over: Readonly<Record<string, object>>): PlanFacts['live'] => ({
  shop: running('shop', over['shop']),
  api: running('api', over['api']),
});
const places = (...names: readonly string[]): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, {}]));
const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_none, at) => `c${String(at).padStart(2, '0')}`);
const ring = (names: readonly string[]) => ({
  rules: names.map((name, at) => oldNew(`${name}!${names[(at + 1) % names.length]!}`)),
});

const chain = (steps: LayerFact['steps'], over: Partial<PlanFacts> = {}): PlanFacts => ({
  environment: 'production',
  catalog: {
    components: {
      db: {
        kind: 'schema',
        layers: [
          { id: 'copy', layer: 'x' },
          { id: 'migrations', layer: 'y' },
        ],
      },
    },
  },
  bad: ['db'],
  live: { db: { version: 'm9', digest: 'd9' } },
  releases: ['m9', 'm10', 'm8', 'm7'].map((version) => ({
    component: 'db',
    version,
    digest: `d${version.slice(1)}`,
    status: version === 'm7' ? ('good' as const) : ('unknown' as const),
  })),
  layers: {
    db: [
      { layer: 'migrations', reversibility: 'reversible', estimateSeconds: 30, steps: steps! },
      layer(5, { layer: 'copy', reversibility: 'lossy', why: 'rows written since' }),
      layer(1, { layer: 'audit' }),
    ],
  },
  ...over,
});

/** Questions with their whole answer in test/golden/planning/plans: what is decided, in which order, and every sentence. */
export const scenarios: Readonly<Record<string, PlanFacts>> = {
  // what can not be undone
  'a layer that loses data says what': shop({
    layers: {
      shop: [
        layer(3, {
          layer: 'files',
          reversibility: 'lossy',
          loses: [{ kind: 'rows', id: 'orders', describe: 'orders', count: 12 }],
        }),
        layer(3, {
          layer: 'cache',
          reversibility: 'lossy',
          loses: ['17 sessions of 2 users'],
          compensation: ['warm it', 'tell them'],
        }),
        layer(3, { layer: 'blob', reversibility: 'lossy' }),
        layer(3, { layer: 'done', reversibility: 'lossy', atTarget: true, why: 'nothing' }),
      ],
    },
  }),
  'what can not be undone beside the path is listed with its compensation': shop({
    catalog: {
      components: {
        shop: {
          effects: [
            { kind: 'email', describe: 'order confirmations', irreversible: true, compensation: 'send a correction' },
            { kind: 'event', describe: 'orders placed', irreversible: false },
          ],
        },
      },
    },
    effects: [
      { kind: 'email', describe: 'order confirmations', irreversible: true, component: 'shop', count: 41 },
      { kind: 'webhook', describe: 'partners called', irreversible: true, count: 3 },
    ],
    layers: { shop: [layer(2, { cannotUndo: ['bills that were printed'], compensation: 'print them again' })] },
  }),
  'an irreversible layer refuses the plan with its compensation': shop({
    layers: {
      shop: [
        layer(1, { reversibility: 'irreversible', why: 'it dropped a column', compensation: ['restore the copy'] }),
      ],
    },
  }),
  'an irreversible layer without a compensation: fix forward': shop({
    layers: { shop: [layer(1, { reversibility: 'irreversible' })] },
  }),
  'one irreversible step refuses the plan and is named': shop({
    layers: {
      shop: [{ layer: 'w', reversibility: 'reversible', steps: [step('a', 'b', { reversibility: 'irreversible' })] }],
    },
  }),
  'an irreversible layer that is at its target already is in nobody’s way': shop({
    layers: { shop: [layer(1, { reversibility: 'irreversible', atTarget: true }), layer(1, { layer: 'files' })] },
  }),
  'a layer that can not be asked refuses the plan': shop({
    layers: { shop: [layer(1, { reversibility: 'unavailable', why: 'no backup is there', compensation: 'take one' })] },
  }),
  'a target that can not read what was written since is refused': pair({
    catalog: { components: { shop: {}, api: { formats: { orders: { writes: 3, reads: '1..3' } } } } },
    releases: [
      release('api', '2.0.0', 'unknown'),
      release('shop', '1.0.0', 'good', { formats: { orders: { writes: 1, reads: { from: 1, to: 2 } } } }),
    ],
  }),
  'a target that reads what was written since is fine': pair({
    catalog: { components: { shop: {}, api: { formats: { orders: { writes: 3, reads: '3' } } } } },
    releases: [
      release('api', '2.0.0', 'unknown'),
      release('shop', '1.0.0', 'good', { formats: { orders: { writes: 1, reads: '1..3' } } }),
    ],
  }),
  'nobody recorded what the target can read: a risk': shop({
    catalog: {
      components: { shop: { formats: { orders: { writes: 3, reads: '1..3' }, carts: { writes: 1, reads: '1' } } } },
    },
  }),
  // flags
  'a flag that stops the harm goes first although no edge needs it, and stays off': shop({
    catalog: {
      compatibility: { rules: [oldNew('shop!shop')] },
      components: { shop: { strategy: 'recreate' } },
      flags: flags('shop!shop'),
    },
    decision: { flagIsolates: 'fast' },
    layers: { shop: [layer(60)] },
  }),
  'the only flag of the bad component stops the harm': pair({
    catalog: { compatibility: needsApi, flags: flags('shop!api') },
    decision: { flagIsolates: true },
  }),
  'a flag of somebody else does not stop the harm by itself': pair(
    { catalog: { compatibility: needsApi, flags: flags('shop!api') }, decision: { flagIsolates: true } },
    ['api'],
  ),
  'a flag that is off already opens the group and must stay off': pair({
    catalog: { compatibility: both, flags: flags('api!shop') },
    live: live({ shop: { flags: { fast: false } } }),
  }),
  'two flags open the group, and the fewest are switched': pair({
    catalog: {
      compatibility: both,
      flags: { ...flags('api!shop'), all: { component: 'api', layer: 'switch', waives: ['api!shop', 'shop!api'] } },
    },
    live: live({ shop: { flags: { fast: true } }, api: { flags: { all: true } } }),
  }),
  'what a flag writes is what was assessed, and its own layer waits for the restore': pair({
    catalog: {
      compatibility: both,
      flags: flags('api!shop'),
      components: {
        shop: {
          layers: [
            { id: 'switch', layer: 'f' },
            { id: 'workload', layer: 'w' },
          ],
        },
        api: {},
      },
    },
    flagSteps: { fast: { off: { from: '{"on":true}', to: '{"on":false}', summary: 'fast: off for all' } } },
    layers: {
      shop: [
        layer(20),
        { layer: 'switch', reversibility: 'reversible', steps: [step('on', 'beta', { estimateSeconds: 2 })] },
      ],
      api: [layer(10)],
    },
  }),
  'a restore that was assessed is written as it was': pair({
    catalog: { compatibility: both, flags: flags('api!shop') },
    flagSteps: { fast: { restore: { from: 'off', to: 'beta', guard: 'atomic' } } },
  }),
  'only the flags are switched, the releases stay': pair({
    catalog: {
      compatibility: both,
      flags: { ...flags('api!shop'), zoom: { component: 'shop', layer: 's', waives: ['shop!api'] } },
    },
    flagOnly: true,
  }),
  'only the flags: there is none that is on': pair({
    catalog: { compatibility: both, flags: flags('api!shop') },
    live: live({ shop: { flags: { fast: false } } }),
    flagOnly: true,
  }),
  'more flags than can be tried: not proven to be the fewest': factsFor(many(13), ['c00'], {
    catalog: {
      compatibility: ring(many(13)),
      flags: Object.fromEntries(
        many(13).map((name, at) => [
          `f${name}`,
          { component: name, layer: 's', waives: [`${name}!${many(13)[(at + 1) % 13]!}`] },
        ]),
      ),
    },
  }),
  // accepted rules and groups
  'a rule that is accepted by name draws no edge, and the plan is not called safe': pair({
    catalog: { compatibility: needsApi },
    accept: ['shop!api'],
  }),
  'an accepted end is live in the end, and not called safe': pair(
    {
      catalog: { compatibility: { rules: [{ id: 'old', forbid: [{ shop: '1.0.0' }, { api: '1.0.0' }] }] } },
      accept: ['old'],
    },
    ['shop', 'api'],
  ),
  'a group in a window that was accepted is named as such': pair({
    catalog: { compatibility: both, groups: [{ components: ['shop', 'api'], mechanism: 'window' }] },
    layers: { shop: [layer(7)], api: [layer(5)] },
  }),
  'a group that is stopped together says for how long': pair({
    catalog: {
      compatibility: both,
      groups: [
        { components: ['shop', 'api', 'db'], mechanism: 'window' },
        { components: ['shop', 'api'], mechanism: 'quiesce' },
        { components: ['api', 'shop'], mechanism: 'router' },
        { components: ['shop'], mechanism: 'router' },
      ],
      components: { shop: {}, api: {}, db: {} },
    },
    layers: { shop: [layer(7.5)], api: [layer(5)] },
  }),
  'a group of thirteen has a short name, and is refused without a mechanism': factsFor(many(13), ['c05'], {
    catalog: { compatibility: ring(many(13)) },
  }),
  'a group of twelve is named by all of its members': factsFor(many(12), ['c05'], {
    catalog: { compatibility: ring(many(12)), groups: [{ components: many(12), mechanism: 'router' }] },
  }),
  'old and new of one component may not meet, and its strategy would make them': shop({
    catalog: { compatibility: { rules: [oldNew('shop!shop')] } },
  }),
  // placements
  'placements go back in the order of the barriers': {
    ...shop({
      catalog: {
        components: { shop: { placements: places('canary', 'eu', 'us') }, api: {} },
        compatibility: needsApi,
        policies: { maxConcurrentUnits: 2, dispatch: { barriers: [['canary'], ['asia'], ['us', 'eu']] } },
      },
      layers: { shop: [layer(10)], api: [layer(4)] },
    }),
    live: { shop: running('shop'), api: running('api') },
    releases: pair().releases,
  },
  'a rule holds within one placement, and across all of them with scope any': {
    ...shop({
      catalog: {
        components: {
          shop: { placements: places('eu', 'us') },
          api: { placements: places('eu', 'us') },
          db: { placements: places('eu', 'us') },
        },
        compatibility: { rules: [oldNew('shop!api'), { ...oldNew('shop!db'), scope: 'any' }] },
      },
    }),
    bad: ['shop/eu'],
    live: Object.fromEntries(['shop', 'api', 'db'].map((name) => [name, running(name)])),
    releases: ['shop', 'api', 'db'].map((name) => release(name, '1.0.0', 'good')),
  },
  'a barrier that the rules contradict is left out, and said so': {
    ...shop({
      catalog: {
        components: { shop: { placements: places('eu', 'us') } },
        compatibility: { rules: [{ id: 'us-first', forbid: [{ shop: '1.0.0' }, { shop: '2.0.0' }], scope: 'any' }] },
        policies: { dispatch: { barriers: [['eu'], ['us']] } },
        groups: [{ components: ['shop'], mechanism: 'router' }],
      },
    }),
    accept: [],
    catalog: {
      components: {
        shop: { placements: places('eu', 'us'), strategy: 'recreate' },
        api: { placements: places('eu', 'us') },
      },
      compatibility: { rules: [{ ...oldNew('shop!api'), scope: 'any' }] },
      policies: { dispatch: { barriers: [['eu'], ['us']] } },
    },
    bad: ['shop/eu'],
    live: { shop: running('shop'), 'api/us': running('api') },
    releases: pair().releases,
  },
  'a placement has its own releases and its own target': {
    ...shop({ catalog: { components: { shop: { placements: places('eu', 'us') } } } }),
    live: { shop: running('shop'), 'shop/us': { version: '3.0.0', digest: 'shop3' } },
    releases: [
      release('shop', '1.0.0', 'good'),
      release('shop', '0.9.0', 'good'),
      release('shop/us', '2.5.0', 'good', { digest: 'us25' }),
    ],
    to: { 'shop/eu': '0.9.0' },
  },
  'a pinned component is pinned in all of its placements': {
    ...shop({ catalog: { components: { shop: { placements: places('eu', 'us') } } } }),
    pinned: [
      { component: 'shop', why: 'frozen' },
      { component: 'shop/us', why: 'audit' },
    ],
  },
  // what nobody knows
  'an unknown pair with a component of tier 1 is never called safe': pair({
    catalog: { components: { shop: { tier: 1, dependsOn: ['api'] }, api: {} } },
  }),
  'a pair that was seen together counts as evidence': pair({
    catalog: { components: { shop: { tier: 1, dependsOn: ['api'] }, api: {} } },
    observedTogether: [{ shop: '1.0.0', api: '2.0.0' }],
  }),
  'a pair that was seen and is forbidden: the rule wins, and people are told': pair({
    catalog: { compatibility: needsApi },
    observedTogether: [{ shop: '1.0.0', api: '2.0.0' }],
  }),
  'the pessimistic policy takes along what nobody has seen': pair({
    catalog: {
      components: { shop: { dependsOn: ['api'] }, api: {} },
      compatibility: { default: 'unknown-pessimistic' },
    },
  }),
  'the pessimistic policy puts in order what was seen in one of the two orders': pair({
    catalog: {
      components: { shop: { dependsOn: ['api'] }, api: {} },
      compatibility: { default: 'unknown-pessimistic' },
    },
    observedTogether: [{ shop: '2.0.0', api: '1.0.0' }],
  }),
  'a group of the catalog that lacks a member says nothing of the others': pair({
    catalog: {
      compatibility: both,
      components: { shop: {}, api: {}, db: {}, cache: {} },
      groups: [{ components: ['shop', 'db', 'cache'], mechanism: 'router' }],
    },
  }),
  'what is live is mixed, and a digest is unknown': shop({
    live: { shop: { version: '2.0.0', digest: '', mixed: 'workload 2.0.0, files 1.9.0' } },
  }),
  'what was not assessed is refused where others were': pair({
    catalog: {
      compatibility: needsApi,
      components: {
        shop: { layers: [{ id: 'workload', layer: 'x' }] },
        api: {
          layers: [
            { id: 'files', layer: 'x' },
            { id: 'db', layer: 'x' },
          ],
        },
      },
    },
    layers: { shop: [layer(3, { risks: ['slow'] })], api: [layer(1, { layer: 'db' })] },
  }),
  'layers that nobody has assessed keep anybody from calling it safe': shop({
    catalog: { components: { shop: { layers: [{ id: 'workload', layer: 'x' }] } } },
  }),
  // obstacles
  'obstacles count by how near they are': pair({
    catalog: { components: { shop: { dependsOn: ['api'] }, api: {}, db: {} } },
    obstacles: [
      { code: 'LOCK_HELD', component: 'shop', why: 'shop is locked', remedy: 'wait' },
      { code: 'HTTP_UNREACHABLE', component: 'api', why: 'api does not answer' },
      { code: 'HTTP_UNREACHABLE', component: 'db', why: 'db does not answer' },
    ],
  }),
  'an obstacle of the whole environment stops everything': shop({
    obstacles: [{ code: 'WORKER_SILENT', why: 'no worker answers' }],
  }),
  // choices
  'what is forbidden and live is a choice: the cheaper side moves': factsFor(['a', 'b', 'c', 'd'], ['d'], {
    catalog: {
      compatibility: { rules: [{ id: 'incident', forbid: [{ a: '2.0.0' }, { b: '2.0.0' }] }, oldNew('b!c')] },
    },
  }),
  'more live pairs than can be searched: legal, and said not to be proven': factsFor([...many(44), 'z'], ['z'], {
    catalog: {
      compatibility: {
        rules: Array.from({ length: 21 }, (_none, at) => ({
          id: `live${at}`,
          forbid: [{ [many(44)[2 * at]!]: '2.0.0' }, { [many(44)[2 * at + 1]!]: '2.0.0' }],
        })),
      },
    },
  }),
  // chains
  'the stages of a chain go one by one, its other layers with the last': chain([step('m9', 'm8'), step('m8', 'm7')]),
  'the steps of a chain may be told in any order': chain([
    step('m8', 'm7', { estimateSeconds: 9 }),
    step('m9', 'm8', { summary: 'down 9' }),
  ]),
  'a chain without any release goes where its steps lead': chain([step('m9', 'm8'), step('m8', 'm7')], {
    releases: [],
  }),
  'a chain stops at the release that was asked for': chain([step('m9', 'm8'), step('m8', 'm7')], {
    to: { db: 'm8' },
    releases: [{ component: 'db', version: 'm8', digest: 'd8', status: 'good' }],
  }),
  'a service with named stages is a chain too': {
    ...shop({
      layers: {
        shop: [
          {
            layer: 'w',
            reversibility: 'reversible',
            steps: [step('2', '1.5', { version: '1.5.0' }), step('1.5', '1', { version: '1.0.0' })],
          },
        ],
      },
    }),
  },
  'a layer in several writes is one unit with several steps': shop({
    layers: {
      shop: [
        {
          layer: 'traffic',
          reversibility: 'lossy',
          estimateSeconds: 9,
          steps: [
            step('100', '50'),
            step('50', '10', { accepts: 'any', guard: 'read-then-write' }),
            step('10', '0', { guard: 'read-then-write' }),
          ],
        },
      ],
    },
  }),
  // nothing to do, and targets
  'nothing is left to do': shop({ live: { shop: { version: '1.0.0', digest: 'shop1' } }, to: { shop: '1.0.0' } }),
  'a target by its digest, which no source has any more': shop({
    to: { shop: 'shop1' },
    releases: [
      release('shop', '1.0.0', 'good', {
        sources: [
          { kind: 'git', available: false },
          { kind: 'local cache', available: false, why: 'evicted' },
        ],
      }),
    ],
  }),
  'versions that a range can not judge are passed over': {
    ...pair({ catalog: { compatibility: { rules: [{ id: 'r', forbid: [{ shop: '<2' }, { api: '>=9' }] }] } } }),
    releases: [release('shop', 'nightly', 'good', { digest: 'n' }), release('shop', '1.0.0', 'good')],
  },
};
