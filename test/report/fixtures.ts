import type { Plan, PlanStep, PlanTarget, PlanUnit } from '../../src/domain/plan';

/** 21 Nov 2026, 03:01:00 UTC: the present of every golden screen. */
export const nowMs = Date.UTC(2026, 10, 21, 3, 1, 0);
export const planDigest = 'sha256:8c1f0a4b7d2e9f6013a5c8b1d4e7f0a2b5c8d1e4f7a0b3c6d9e2f5a8b1c4d7e2';

/** A digest that looks like one, from its first digits. */
export const digest = (start: string): string => `sha256:${start.padEnd(64, '0')}`;

/** How a plan is shown while its approval is open. */
export const look = {
  nowMs,
  width: 80,
  trigger: 'alert OrdersErrors 02:57',
  requester: 'ana@laptop',
  expiresAtMs: nowMs + 29 * 60_000,
} as const;

const paymentsTarget: PlanTarget = {
  component: 'payments',
  bad: false,
  from: { version: '2.1.0', digest: digest('9f31c2') },
  to: { version: '2.0.4', digest: digest('17aa90') },
  goodForSeconds: 9 * 86_400 + 3_000,
  source: 'registry',
  sourcesTried: [{ kind: 'registry', available: true }],
  layers: ['flag', 'workload'],
  layersAtTarget: [],
  why: ['2.0.4 is the newest known-good release'],
};

const ordersTarget: PlanTarget = {
  ...paymentsTarget,
  component: 'orders',
  bad: true,
  from: { version: '3.1.0', digest: digest('c20b77') },
  to: { version: '3.0.9', digest: digest('aa41e5') },
  goodForSeconds: 12 * 86_400,
  layers: ['workload'],
  why: ['3.0.9 is the newest known-good release'],
};

const ledgerTarget: PlanTarget = {
  ...paymentsTarget,
  component: 'ledger',
  from: { version: '1.7.2', digest: digest('51d0e3') },
  to: { version: '1.6.8', digest: digest('0b88fa') },
  goodForSeconds: 31 * 86_400,
  source: 'cache',
  sourcesTried: [
    { kind: 'registry', available: false, why: 'image was deleted' },
    { kind: 'cache', available: true },
  ],
  layers: ['workload'],
  layersAtTarget: ['settings'],
  why: ['1.7.0 was passed over: marked unstable since 2 Nov', '1.6.8 is the newest known-good release'],
};

/** One step, as short as a test needs it. */
function step(unit: string, component: string, layer: string, summary: string): PlanStep {
  return {
    id: `${unit}/${layer}/1`,
    component,
    layer,
    summary,
    from: digest('aa'),
    to: digest('bb'),
    reversibility: 'reversible',
    guard: 'atomic',
    estimateSeconds: 12,
  };
}

const paymentsUnit: PlanUnit = {
  id: 'payments',
  kind: 'move',
  components: ['payments'],
  after: [],
  steps: [
    step('payments', 'payments', 'flag', 'flag new-payment-flow off'),
    step('payments', 'payments', 'workload', 'switch to releases/2.0.4'),
  ],
  estimateSeconds: 20,
  tailSeconds: 48,
};

const ordersUnit: PlanUnit = {
  id: 'orders',
  kind: 'move',
  components: ['orders'],
  after: [
    {
      unit: 'payments',
      rule: 'pay21-needs-ord31',
      why: 'payments 2.1 × orders 3.0 is forbidden',
    },
  ],
  steps: [step('orders', 'orders', 'workload', 'switch to releases/3.0.9')],
  estimateSeconds: 28,
  tailSeconds: 28,
};

const advice: Plan['advice'] = {
  decision: 'ROLL BACK',
  rule: 'D3',
  confidence: 'high',
  for: ['the cause is unknown', '7 % of requests fail'],
  against: [],
  flips: [],
};

const base: Plan = {
  environment: 'production',
  bad: ['orders'],
  verdict: 'SAFE',
  verdictText: 'SAFE (evidence: 4 of 4 pairs seen or ruled)',
  digest: planDigest,
  targets: [paymentsTarget, ordersTarget],
  units: [paymentsUnit, ordersUnit],
  refusals: [],
  cannotUndo: [],
  willLose: [],
  risks: [],
  advice,
  estimate: {
    sequential: 60,
    waves: 48,
    eventDriven: 48,
    criticalPath: 48,
    basis: 'last 7 rollbacks of these components',
  },
  evidence: { seen: 4, total: 4 },
  accepted: [],
  needs: { quorum: 1, roles: ['on-call'], selfApproval: 'reversible' },
};

const singleUnit: PlanUnit = { ...ordersUnit, after: [] };

/** One service, nothing special: the plan that most people see most of the time. */
const safeSingle: Plan = {
  ...base,
  verdictText: 'SAFE (evidence: no related pairs)',
  targets: [ordersTarget],
  units: [singleUnit],
  evidence: { seen: 0, total: 0 },
  estimate: { ...base.estimate, sequential: 28, eventDriven: 28 },
};

/** Two services that must go back in order, the first with its flag. */
const safeGroupWithFlag: Plan = base;

/** Three components with everything that a screen can say; must fit 80 × 24. */
export const dataLoss: Plan = {
  ...base,
  verdict: 'LOSES DATA',
  verdictText: "LOSES DATA: 37 orders' discount field",
  targets: [paymentsTarget, ordersTarget, ledgerTarget],
  units: [
    paymentsUnit,
    ordersUnit,
    {
      ...singleUnit,
      id: 'ledger',
      components: ['ledger'],
      after: [{ unit: 'orders', rule: 'requires:orders@3.1.0:ledger', why: 'orders 3.1 × ledger 1.6 is forbidden' }],
      steps: [step('ledger', 'ledger', 'workload', 'switch to releases/1.6.8')],
    },
  ],
  cannotUndo: [
    {
      component: 'orders',
      kind: 'email',
      id: 'confirmations',
      describe: 'order confirmations sent since 02:51',
      count: 1204,
      compensation: 'send the correction template',
    },
  ],
  willLose: [
    {
      component: 'orders',
      kind: 'column',
      id: 'discount_code',
      describe: 'discount codes written since 02:51, unknown to 3.0.9',
      count: 37,
    },
  ],
  risks: ['payments 2.0.4 × ledger 1.6 never seen together; treated as compatible (catalog policy)'],
  evidence: { seen: 3, total: 4 },
};

const droppedColumn =
  'orders-db m42 → m41 can not be undone: it dropped orders.legacy_total (66,666 non-null values when it ran, no copy kept)';

/** A dropped column stands in the way. */
const blockedBySchema: Plan = {
  ...base,
  bad: ['payments'],
  verdict: 'BLOCKED',
  verdictText: `BLOCKED: ${droppedColumn}`,
  targets: [{ ...paymentsTarget, bad: true }],
  units: [],
  refusals: [
    {
      code: 'IRREVERSIBLE',
      components: ['orders-db'],
      path: [{ from: 'payments', to: 'orders-db', rule: 'orders-db-legacy' }],
      why: droppedColumn,
      offers: [
        'go back only as far as the schema allows:  lastgood plan production payments --to payments=2.0.9',
        'restore the column from the point-in-time copy of 02:50, then plan again:  lastgood plan production payments',
        'fix forward: payments 2.1.1 without new-payment-flow',
      ],
    },
  ],
  advice: { ...advice, decision: 'REFUSE', rule: 'D1', for: ['a needed layer is irreversible'] },
};

/** The only way leads over a component that may not move. */
const blockedByPinned: Plan = {
  ...base,
  verdict: 'BLOCKED',
  verdictText: 'BLOCKED: ledger is pinned and would have to move',
  targets: [ordersTarget, paymentsTarget],
  units: [],
  refusals: [
    {
      code: 'PINNED',
      components: ['ledger'],
      path: [
        { from: 'orders', to: 'payments', rule: 'pay21-needs-ord31' },
        { from: 'payments', to: 'ledger', rule: 'requires:payments@2.1.0:ledger' },
      ],
      why: 'ledger is pinned (year-end close until 30 Nov) and payments can not go back without it',
      offers: ['waive pay21-needs-ord31 by turning new-payment-flow off', 'fix forward: orders 3.1.1'],
    },
  ],
  advice: { ...advice, decision: 'FIX FORWARD', rule: 'D2', for: ['no legal order exists'] },
};

/** Related components that were never seen together. */
const unknownPairs: Plan = {
  ...base,
  verdict: 'UNKNOWN',
  verdictText: 'UNKNOWN: 2 related pairs without evidence (1 of 3 seen or ruled)',
  risks: [
    'payments 2.0.4 × ledger 1.7 never seen together; treated as compatible (catalog policy)',
    'orders 3.0.9 × ledger 1.7 never seen together; treated as compatible (catalog policy)',
    'orders workload is read, then written: a change by others in between is not noticed',
  ],
  evidence: { seen: 1, total: 3 },
};

/** The new pair itself is forbidden: one of two components must go back, and a person says which. */
const choiceOfTwo: Plan = {
  ...base,
  bad: ['orders', 'payments'],
  verdict: 'BLOCKED',
  verdictText: 'BLOCKED: orders 3.1 × payments 2.1 is forbidden and either of them could go back',
  targets: [],
  units: [],
  refusals: [
    {
      code: 'CHOICE_NEEDED',
      components: ['orders', 'payments'],
      path: [],
      why: 'orders 3.1.0 and payments 2.1.0 may not be live together (pay21-not-ord31), and going back with either one ends it at the same cost',
      offers: [
        'orders back to 3.0.9 (28 s):  lastgood rollback production orders --reason "why"',
        'payments back to 2.0.4 (20 s):  lastgood rollback production payments --reason "why"',
      ],
    },
  ],
};

/** Everything is where it should be. */
const nothingToDo: Plan = {
  ...base,
  verdictText: 'SAFE (nothing to do)',
  targets: [{ ...ordersTarget, from: ordersTarget.to, layers: [], layersAtTarget: ['workload'] }],
  units: [],
  evidence: { seen: 0, total: 0 },
  estimate: { ...base.estimate, sequential: 0, eventDriven: 0 },
};

/** All plans by the name of their golden file. */
export const plans = {
  'safe-single': safeSingle,
  'safe-group-with-flag': safeGroupWithFlag,
  'data-loss': dataLoss,
  'blocked-by-schema': blockedBySchema,
  'blocked-by-pinned': blockedByPinned,
  'unknown-pairs': unknownPairs,
  'choice-of-two': choiceOfTwo,
  'nothing-to-do': nothingToDo,
} as const;
