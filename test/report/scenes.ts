import type { LayerFact, PlanComponent, PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';
import { digest } from './digest';

/** A release of the shop, and how it stands. */
function release(component: string, version: string, start: string, more: Partial<ReleaseFact> = {}): ReleaseFact {
  const sources = [{ kind: 'registry', available: true }];
  return { component, version, digest: digest(start), status: 'good', sources, ...more };
}

const days = 86_400;
const bad = { status: 'unstable', why: 'fails 7 % of all requests' } as const;
const fresh = { status: 'unknown', why: 'live for 6 minutes only' } as const;

const releases = {
  search41: release('search', '4.1.7', '71be09', { goodForSeconds: 31 * days }),
  search42: release('search', '4.2.0', '3d0f6a', bad),
  payments20: release('payments', '2.0.4', '17aa90', { goodForSeconds: 9 * days }),
  payments21: release('payments', '2.1.0', '9f31c2', fresh),
  orders30: release('orders', '3.0.9', 'aa41e5', { goodForSeconds: 12 * days }),
  orders31: release('orders', '3.1.0', 'c20b77', bad),
  ledger16: release('ledger', '1.6.8', '0b88fa', { goodForSeconds: 31 * days }),
  ledger17: release('ledger', '1.7.2', '51d0e3', fresh),
  m41: release('orders-db', 'm41', '4ac391', { goodForSeconds: 40 * days }),
  m42: release('orders-db', 'm42', 'd10c55', fresh),
} as const;

/** What runs, by the release's name above. */
function running(...names: readonly (keyof typeof releases)[]): PlanFacts['live'] {
  return Object.fromEntries(
    names.map((name) => {
      const { component, version, digest: running } = releases[name];
      return [component, { version, digest: running }];
    }),
  );
}

function component(tier: number, layers: readonly string[], more: Partial<PlanComponent> = {}): PlanComponent {
  const named = layers.map((id) => ({
    id,
    layer: id === 'flag' ? 'feature-flag' : 'release-directory',
    versionFrom: id !== 'flag',
  }));
  return { tier, layers: named, ...more };
}

const components = {
  search: component(2, ['host']),
  payments: component(1, ['flag', 'host'], { dependsOn: ['orders'] }),
  orders: component(1, ['host']),
  ledger: component(2, ['host']),
  'orders-db': component(1, ['schema'], { kind: 'schema' }),
} as const;

/** What one layer's way back looks like. */
function way(layer: string, to: string, estimateSeconds: number, more: Partial<LayerFact> = {}): LayerFact {
  const step = { from: digest('aa'), to: digest('bb'), guard: 'atomic', summary: `current → releases/${to}` } as const;
  return { layer, reversibility: 'reversible', estimateSeconds, steps: [{ ...step, estimateSeconds }], ...more };
}

const flagOff: LayerFact = {
  layer: 'flag',
  reversibility: 'reversible',
  estimateSeconds: 1,
  steps: [
    {
      from: digest('0a'),
      to: digest('0b'),
      guard: 'atomic',
      accepts: 'any',
      summary: 'flag new-payment-flow off',
      estimateSeconds: 1,
    },
  ],
};
const paymentsBack = [flagOff, way('host', '2.0.4', 17)];
const ordersBack = [way('host', '3.0.9', 28)];

const approval = { quorum: 1, roles: ['on-call'], selfApproval: 'reversible' } as const;
const needsNewOrders = { id: 'pay21-needs-ord31', forbid: [{ payments: '>=2.1.0' }, { orders: '<3.1.0' }] } as const;
const needsNewPayments = { id: 'ord31-needs-pay21', forbid: [{ orders: '>=3.1.0' }, { payments: '<2.1.0' }] } as const;
const incident = { affectedShare: 0.07, causeKnown: false } as const;
const { search, payments, orders, ledger } = components;

const pair: Pick<PlanFacts, 'environment' | 'bad' | 'live' | 'layers' | 'decision'> = {
  environment: 'production',
  bad: ['orders'],
  live: running('payments21', 'orders31'),
  layers: { payments: paymentsBack, orders: ordersBack },
  decision: incident,
};
const pairReleases = [releases.payments20, releases.payments21, releases.orders30, releases.orders31];

/** One service, nothing special: the plan that most people see most of the time. */
const safeSingle: PlanFacts = {
  environment: 'production',
  catalog: { components: { search }, approval },
  bad: ['search'],
  live: running('search42'),
  releases: [releases.search41, releases.search42],
  layers: { search: [way('host', '4.1.7', 14)] },
  decision: incident,
};

/** Two services that need each other's new version: a flag that waives one of the rules makes an order possible. */
const safeGroupWithFlag: PlanFacts = {
  ...pair,
  catalog: {
    components: { payments, orders },
    compatibility: { rules: [needsNewOrders, needsNewPayments] },
    flags: { 'new-payment-flow': { component: 'payments', layer: 'flag', waives: ['ord31-needs-pay21'] } },
    approval,
  },
  releases: pairReleases,
  observedTogether: [{ payments: '2.0.4', orders: '3.0.9' }],
  layers: {
    payments: [{ layer: 'flag', reversibility: 'reversible', atTarget: true }, way('host', '2.0.4', 17)],
    orders: ordersBack,
  },
  flagSteps: {
    'new-payment-flow payments': {
      off: {
        from: digest('0a'),
        to: digest('0b'),
        accepts: 'any',
        summary: 'flag new-payment-flow off',
        estimateSeconds: 1,
      },
      restore: {
        from: digest('0b'),
        to: digest('0a'),
        guard: 'atomic',
        summary: 'flag new-payment-flow back on',
        estimateSeconds: 1,
      },
    },
  },
};

/** Three components with everything that a screen can say; must fit 80 × 24. */
const dataLoss: PlanFacts = {
  ...pair,
  catalog: {
    components: { payments, orders: { ...orders, dependsOn: ['ledger'] }, ledger },
    compatibility: {
      rules: [needsNewOrders, { id: 'ord30-old-ledger', forbid: [{ orders: '<3.1.0' }, { ledger: '>=1.7.0' }] }],
    },
    approval,
  },
  live: running('payments21', 'orders31', 'ledger17'),
  releases: [...pairReleases, releases.ledger16, releases.ledger17],
  layers: {
    payments: paymentsBack,
    orders: [
      way('host', '3.0.9', 28, {
        reversibility: 'lossy',
        loses: [{ kind: 'column', id: 'discount', describe: 'discount codes, unknown to 3.0.9', count: 37 }],
      }),
    ],
    ledger: [way('host', '1.6.8', 12)],
  },
  effects: [
    {
      kind: 'email',
      component: 'orders',
      describe: 'e-mails sent since 02:51',
      count: 1204,
      irreversible: true,
      compensation: 'send a correction',
    },
  ],
};

/** The same without the ledger: what the stories of the reports are about. */
export const dataLossOfTwo: PlanFacts = {
  ...dataLoss,
  catalog: { components: { payments, orders }, compatibility: { rules: [needsNewOrders] }, approval },
  live: running('payments21', 'orders31'),
  releases: pairReleases,
  layers: { payments: dataLoss.layers?.['payments'] ?? [], orders: dataLoss.layers?.['orders'] ?? [] },
};

/** A dropped column stands in the way. */
const blockedBySchema: PlanFacts = {
  environment: 'production',
  catalog: {
    components: { payments: { ...payments, dependsOn: ['orders-db'] }, orders, 'orders-db': components['orders-db'] },
    compatibility: {
      rules: [needsNewOrders, { id: 'orders-db-legacy', forbid: [{ payments: '<2.1.0' }, { 'orders-db': ['m42'] }] }],
    },
    flags: { 'new-payment-flow': { component: 'payments', layer: 'flag', waives: ['pay21-needs-ord31'] } },
    approval,
  },
  bad: ['payments'],
  live: running('payments21', 'orders31', 'm42'),
  releases: [releases.orders31, releases.payments20, releases.payments21, releases.m41, releases.m42],
  layers: {
    payments: paymentsBack,
    'orders-db': [
      {
        layer: 'schema',
        reversibility: 'irreversible',
        why: 'm42 dropped orders.legacy_total (66,666 values when it ran, no copy kept)',
        compensation:
          'restore the column from the point-in-time copy of 02:50, then plan again:  lastgood plan production payments',
        steps: [{ from: 'm42', to: 'm41', reversibility: 'irreversible', version: 'm41' }],
      },
    ],
  },
  decision: incident,
};

/** The only way leads over a component that may not move. */
const blockedByPinned: PlanFacts = {
  ...dataLoss,
  catalog: { ...dataLoss.catalog },
  pinned: [{ component: 'ledger', why: 'year-end close until 30 Nov' }],
};

/** Related components that were never seen together. */
const unknownPairs: PlanFacts = {
  ...pair,
  catalog: {
    components: {
      payments: { ...payments, dependsOn: ['orders', 'ledger'] },
      orders: { ...orders, dependsOn: ['ledger'] },
      ledger,
    },
    compatibility: { rules: [needsNewOrders] },
    approval,
  },
  live: running('payments21', 'orders31', 'ledger17'),
  releases: [...pairReleases, releases.ledger17],
  layers: {
    payments: [
      flagOff,
      {
        ...way('host', '2.0.4', 17),
        steps: [{ from: digest('aa'), to: digest('bb'), summary: 'current → releases/2.0.4' }],
      },
    ],
    orders: ordersBack,
  },
};

/** The new pair itself is forbidden: one of two must go back with the bad one, and either could. */
const choiceOfTwo: PlanFacts = {
  environment: 'production',
  catalog: {
    components: { search, payments: { ...payments, dependsOn: ['orders'] }, orders },
    compatibility: { rules: [{ id: 'pay21-not-ord31', forbid: [{ payments: '>=2.1.0' }, { orders: '>=3.1.0' }] }] },
    approval,
  },
  bad: ['search'],
  live: running('search42', 'payments21', 'orders31'),
  releases: [
    releases.search41,
    releases.search42,
    ...pairReleases.map((one) => ({ ...one, ...(one.status === 'unstable' ? fresh : {}) })),
  ],
  observedTogether: [
    { payments: '2.0.4', orders: '3.1.0' },
    { payments: '2.1.0', orders: '3.0.9' },
  ],
  layers: { search: [way('host', '4.1.7', 14)], payments: paymentsBack, orders: ordersBack },
  decision: incident,
};

/** Everything is where it should be. */
const nothingToDo: PlanFacts = {
  environment: 'production',
  catalog: { components: { orders }, approval },
  bad: ['orders'],
  live: running('orders30'),
  to: { orders: '3.0.9' },
  releases: [releases.orders30, releases.orders31],
  layers: { orders: [{ layer: 'host', reversibility: 'reversible', atTarget: true }] },
};

/** The facts behind the golden screens, by the name of their files. */
export const scenes = {
  'safe-single': safeSingle,
  'safe-group-with-flag': safeGroupWithFlag,
  'data-loss': dataLoss,
  'blocked-by-schema': blockedBySchema,
  'blocked-by-pinned': blockedByPinned,
  'unknown-pairs': unknownPairs,
  'choice-of-two': choiceOfTwo,
  'nothing-to-do': nothingToDo,
} as const;
