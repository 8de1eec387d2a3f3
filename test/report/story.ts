import type { Ask, Decision } from '../../src/domain/approval';
import type { OutlineTarget } from '../../src/domain/plan';
import type { RollbackEvent, RollbackEventBody } from '../../src/domain/rollback-event';
import type { CheckState } from '../../src/domain/verification';
import { planDigest } from './fixtures';

/** 21 Nov 2026, 02:58:10 UTC: when the rollback of the golden screens was asked for. */
export const openedAtMs = Date.UTC(2026, 10, 21, 2, 58, 10);
export const rollback = 'rb-production-42';

/** Events in order from `[seconds after the request, what happened]`. */
function events(entries: readonly (readonly [number, RollbackEventBody])[]): readonly RollbackEvent[] {
  return entries.map(([seconds, body], seq) => ({ ...body, seq, atMs: openedAtMs + Math.round(seconds * 1_000) }));
}

type Entry = readonly [number, RollbackEventBody];

const targets: readonly [OutlineTarget, OutlineTarget] = [
  { component: 'payments', bad: false, from: '2.1.0', to: '2.0.4' },
  { component: 'orders', bad: true, from: '3.1.0', to: '3.0.9' },
];

const units = [
  { id: 'payments', kind: 'move', components: ['payments'], line: 'payments 2.1.0 → 2.0.4' },
  { id: 'orders', kind: 'move', components: ['orders'], line: 'orders 3.1.0 → 3.0.9' },
] as const;

export const approvalAsk: Ask = {
  id: '0198f3c2-6f0a-7c11-9a53-2f6f0f1f7a10:1',
  kind: 'approval',
  planDigest,
  question: 'approve the plan?',
  openedAtMs: openedAtMs + 3_000,
  expiresAtMs: openedAtMs + 3_000 + 30 * 60_000,
  choices: [
    { action: 'approve', consequence: 'the plan is carried out', command: `lastgood approve ${rollback}` },
    { action: 'reject', consequence: 'nothing is touched', command: `lastgood reject ${rollback}` },
  ],
};

const decisionAsk: Ask = {
  ...approvalAsk,
  id: '0198f3c2-6f0a-7c11-9a53-2f6f0f1f7a10:2',
  kind: 'decision',
  question: 'orders did not reach the target; what now?',
  openedAtMs: openedAtMs + 148_000,
  expiresAtMs: openedAtMs + 148_000 + 15 * 60_000,
  choices: [
    {
      action: 'retry',
      target: 'orders',
      consequence: 'orders is tried again; its dependents wait for it',
      command: `lastgood retry ${rollback} orders`,
    },
    {
      action: 'stop',
      consequence: 'everything stays as the map shows; nothing else starts',
      command: `lastgood stop ${rollback}`,
    },
  ],
};

/** A decision as the desk records it. */
function decision(seconds: number, more: Partial<Decision>): Decision {
  return {
    action: 'approve',
    atMs: openedAtMs + seconds * 1_000,
    ask: approvalAsk.id,
    claimedBy: 'ben@ops',
    method: 'signal',
    accepted: true,
    code: 'ACCEPTED',
    why: 'the plan is carried out',
    ...more,
  };
}

const opened: Entry = [
  0,
  {
    kind: 'opened',
    rollback,
    environment: 'production',
    components: ['orders'],
    reason: 'orders answer 500 since deployment 812',
    requester: 'ana@laptop',
    trigger: 'cli',
    dryRun: false,
  },
];

const planned: readonly Entry[] = [
  [0.1, { kind: 'phase', phase: 'planning' }],
  [
    1.1,
    {
      kind: 'planned',
      planDigest,
      planRef: 'sha256:4f9b',
      verdict: 'SAFE',
      verdictText: 'SAFE (evidence: 4 of 4 pairs seen or ruled)',
      targets,
      units,
      refusals: [],
    },
  ],
  [1.2, { kind: 'phase', phase: 'rehearsing' }],
  [
    2.6,
    {
      kind: 'rehearsed',
      results: [
        { step: 'payments/flag/1', component: 'payments', result: 'passed', level: 'flag exists, token accepted' },
        {
          step: 'payments/workload/1',
          component: 'payments',
          result: 'passed',
          level: 'artifact present, digest equal',
        },
        { step: 'orders/workload/1', component: 'orders', result: 'passed', level: 'artifact present, digest equal' },
      ],
    },
  ],
];

const asked: readonly Entry[] = [
  [2.9, { kind: 'phase', phase: 'awaiting-approval' }],
  [3, { kind: 'asked', ask: approvalAsk }],
];

const wrongDigest = decision(40, {
  claimedBy: 'eve@desk',
  accepted: false,
  code: 'WRONG_DIGEST',
  why: 'the digest is that of an older plan; approve the one that is shown',
});

const approved: readonly Entry[] = [
  [40, { kind: 'decided', decision: wrongDigest }],
  [90, { kind: 'decided', decision: decision(90, { comment: 'go, INC-381' }) }],
  [90, { kind: 'ask-closed', ask: approvalAsk.id, how: 'answered' }],
  [90.4, { kind: 'locked', fence: 7 }],
  [90.6, { kind: 'marked', unstable: ['orders 3.1.0'], held: ['payments 2.1.0'] }],
  [90.7, { kind: 'phase', phase: 'reverting' }],
];

const begin = (seconds: number, unit: string, layer: string, line: string): Entry => [
  seconds,
  { kind: 'step-started', step: `${unit}/${layer}/1`, unit, component: unit, line },
];
const done = (seconds: number, unit: string, layer: string, summary: string): readonly Entry[] => [
  [seconds, { kind: 'step-reverted', step: `${unit}/${layer}/1`, unit, how: 'reverted', writes: 1, summary }],
  [seconds + 2, { kind: 'step-verified', step: `${unit}/${layer}/1`, unit, summary }],
];

const paymentsBack: readonly Entry[] = [
  begin(91, 'payments', 'flag', 'flag new-payment-flow off'),
  ...done(93, 'payments', 'flag', 'flag new-payment-flow is off, seen by 3/3 clients'),
  begin(95.5, 'payments', 'workload', 'switch to releases/2.0.4'),
  ...done(104, 'payments', 'workload', 'running 2.0.4, probes 5/5'),
  [108.6, { kind: 'unit-verified', unit: 'payments' }],
];

const ordersGoing: Entry = begin(109, 'orders', 'workload', 'switch to releases/3.0.9');
const ordersBack: readonly Entry[] = [
  ordersGoing,
  ...done(133, 'orders', 'workload', 'running 3.0.9, probes 5/5'),
  [136, { kind: 'unit-verified', unit: 'orders' }],
  [137, { kind: 'restored' }],
  [137, { kind: 'phase', phase: 'confirming' }],
];

const ordersFailed: readonly Entry[] = [
  ordersGoing,
  [
    147,
    {
      kind: 'unit-failed',
      unit: 'orders',
      step: 'orders/workload/1',
      code: 'NOT_SETTLED',
      why: '4/10 ready; pod orders-7c9 CrashLoopBackOff: "missing env LEDGER_URL"',
    },
  ],
  [147.5, { kind: 'phase', phase: 'needs-decision' }],
  [148, { kind: 'asked', ask: decisionAsk }],
];

const baseline = {
  component: 'orders',
  check: 'error rate',
  atMs: openedAtMs - 600_000,
  state: 'value',
  value: 0.002,
} as const;

/** What the checks said while the system came back. */
const checksWaiting: readonly CheckState[] = [
  {
    component: 'orders',
    check: 'error rate',
    verdict: 'waiting',
    reading: {
      check: 'error rate',
      atMs: openedAtMs + 147_000,
      state: 'value',
      value: 0.023,
      unit: 'share',
      requests: 812,
    },
    baseline,
    why: '2.3 % is above 0.7 % (baseline 0.2 % + 0.5 points)',
  },
  {
    component: 'orders',
    check: 'p95',
    verdict: 'no-data',
    reading: { check: 'p95', atMs: openedAtMs + 147_000, state: 'no-data', unit: 'seconds', requests: 3 },
    baseline: { ...baseline, check: 'p95', value: 0.176 },
    why: '3 requests in 30 s, 20 are needed',
  },
  {
    component: 'payments',
    check: 'health',
    verdict: 'waiting',
    cleanSinceMs: openedAtMs + 140_000,
    earliestMs: openedAtMs + 440_000,
    reading: { check: 'health', atMs: openedAtMs + 147_000, state: 'value', value: 5, unit: 'passes' },
  },
];

const checksRecovered: readonly CheckState[] = [
  {
    component: 'orders',
    check: 'error rate',
    verdict: 'recovered',
    cleanSinceMs: openedAtMs + 150_000,
    reading: {
      check: 'error rate',
      atMs: openedAtMs + 440_000,
      state: 'value',
      value: 0.002,
      unit: 'share',
      requests: 9120,
    },
    baseline,
  },
  {
    component: 'orders',
    check: 'p95',
    verdict: 'recovered',
    cleanSinceMs: openedAtMs + 155_000,
    reading: { check: 'p95', atMs: openedAtMs + 440_000, state: 'value', value: 0.181, unit: 'seconds' },
    baseline: { ...baseline, check: 'p95', value: 0.176 },
  },
];

/** Nothing new starts: payments is back, orders has not begun. */
const paused: readonly Entry[] = [
  [107, { kind: 'decided', decision: decision(107, { action: 'pause', comment: 'looking at the database first' }) }],
  [107, { kind: 'paused', by: 'ben@ops', untilMs: openedAtMs + 107_000 + 4 * 3_600_000 }],
  [109, { kind: 'phase', phase: 'paused' }],
];

/** Putting the bad releases back, as it is asked about. */
const reinstateAsk: Ask = {
  ...approvalAsk,
  id: '0198f3c2-6f0a-7c11-9a53-2f6f0f1f7a10:3',
  about: 'reinstate',
  planDigest: planDigest.replace('8c1f', '0bac'),
  question: 'put back the BAD releases (plan 0bac0a4b7d2e): puts back the BAD orders 3.1.0, then payments 2.1.0',
  openedAtMs: openedAtMs + 172_000,
  expiresAtMs: openedAtMs + 172_000 + 30 * 60_000,
  awaits: ['on-call'],
  otherwise: 'nothing is put back, and everything stays as the map shows',
  requester: 'ben@ops',
  choices: [
    {
      action: 'approve',
      consequence: 'puts back the BAD orders 3.1.0, then payments 2.1.0; the gate stays closed',
      command: `lastgood approve ${rollback}`,
    },
    { action: 'reject', consequence: 'nothing is put back', command: `lastgood reject ${rollback}` },
  ],
};

const back = (unit: string, line: string) => ({ id: `reinstate:${unit}`, components: [unit], line: `back: ${line}` });
const reinstateAsked: readonly Entry[] = [
  [
    170,
    { kind: 'decided', decision: decision(170, { action: 'reinstate', comment: '3.0.9 can not read the new orders' }) },
  ],
  [170, { kind: 'ask-closed', ask: decisionAsk.id, how: 'answered' }],
  [170, { kind: 'phase', phase: 'reinstating' }],
  [
    171,
    {
      kind: 'reinstate-planned',
      planDigest: reinstateAsk.planDigest,
      planRef: 'sha256:6c01',
      verdict: 'SAFE',
      verdictText: 'puts back the BAD orders 3.1.0, then payments 2.1.0',
      by: 'ben@ops',
      units: [back('orders', 'orders 3.0.9 → 3.1.0'), back('payments', 'payments 2.0.4 → 2.1.0')],
    },
  ],
  [172, { kind: 'asked', ask: reinstateAsk }],
];
const putBack = (seconds: number, unit: string, line: string): readonly Entry[] => [
  [
    seconds,
    { kind: 'step-started', step: `reinstate:${unit}/workload/1`, unit: `reinstate:${unit}`, component: unit, line },
  ],
  [seconds + 9, { kind: 'unit-verified', unit: `reinstate:${unit}` }],
];
const reinstated: readonly Entry[] = [
  [180, { kind: 'decided', decision: decision(180, { ask: reinstateAsk.id, why: 'the bad releases are put back' }) }],
  [180, { kind: 'ask-closed', ask: reinstateAsk.id, how: 'answered' }],
  ...putBack(181, 'orders', 'switch to releases/3.1.0'),
  ...putBack(191, 'payments', 'switch to releases/2.1.0'),
];

const closed = (
  seconds: number,
  outcome: Extract<RollbackEventBody, { kind: 'closed' }>['outcome'],
  why: string,
): Entry => [seconds, { kind: 'closed', outcome, why }];
const untouched = [opened, ...planned] as const;
const restored = [...untouched, ...asked, ...approved, ...paymentsBack, ...ordersBack] as const;

/** Every state that people can meet, by the name of its golden file. */
export const stories = {
  planning: events([opened, [0.1, { kind: 'phase', phase: 'planning' }]]),
  rehearsing: events(untouched.slice(0, -1)),
  'waiting-for-approval': events([...untouched, ...asked, [40, { kind: 'decided', decision: wrongDigest }]]),
  reverting: events([...untouched, ...asked, ...approved, ...paymentsBack, ordersGoing]),
  'needs-a-decision': events([...untouched, ...asked, ...approved, ...paymentsBack, ...ordersFailed]),
  confirming: events([...restored, [148, { kind: 'checked', checks: checksWaiting }]]),
  confirmed: events([
    ...restored,
    [148, { kind: 'checked', checks: checksWaiting }],
    [442, { kind: 'checked', checks: checksRecovered }],
    [443, { kind: 'phase', phase: 'reporting' }],
    [444, { kind: 'reported', path: 'reports/rb-production-42.md' }],
    closed(444, 'confirmed', '2 of 2 checks are back at their baseline'),
  ]),
  'restored-unconfirmed': events([
    ...restored,
    [1040, { kind: 'checked', checks: checksWaiting }],
    [1041, { kind: 'reported', path: 'reports/rb-production-42.md' }],
    closed(1041, 'restored-unconfirmed', 'orders error rate is above its baseline after 15 min'),
  ]),
  refused: events([
    opened,
    [
      1.1,
      {
        kind: 'planned',
        planDigest,
        planRef: 'sha256:4f9b',
        verdict: 'BLOCKED',
        verdictText: 'BLOCKED: orders-db m42 → m41 can not be undone',
        targets,
        units: [],
        refusals: [
          'orders-db m42 → m41 can not be undone: it dropped orders.legacy_total. Instead:  lastgood plan production payments --to payments=2.0.9',
        ],
      },
    ],
    closed(1.3, 'refused', 'orders-db m42 → m41 can not be undone; nothing was touched'),
  ]),
  rehearsed: events([
    [0, { ...opened[1], kind: 'opened', dryRun: true } as RollbackEventBody],
    ...planned,
    [2.8, { kind: 'reported', path: 'reports/rb-production-42.md' }],
    closed(2.9, 'rehearsed', '3 of 3 steps passed; nothing was touched'),
  ]),
  'rehearsal-failed': events([
    ...untouched.slice(0, -1),
    [
      2.6,
      {
        kind: 'rehearsed',
        results: [
          { step: 'payments/flag/1', component: 'payments', result: 'passed', level: 'flag exists' },
          {
            step: 'payments/workload/1',
            component: 'payments',
            result: 'unavailable',
            level: 'the command has no dry run',
          },
          {
            step: 'orders/workload/1',
            component: 'orders',
            result: 'failed',
            level: 'artifact',
            why: 'releases/3.0.9 is not there',
          },
        ],
      },
    ],
    closed(2.9, 'refused', 'the dry run of orders/workload/1 failed; nothing was touched'),
  ]),
  rejected: events([
    ...untouched,
    ...asked,
    [
      60,
      {
        kind: 'decided',
        decision: decision(60, { action: 'reject', comment: 'fix forward is out in 2 min', why: 'nothing is touched' }),
      },
    ],
    [60, { kind: 'ask-closed', ask: approvalAsk.id, how: 'answered' }],
    closed(60.4, 'rejected', 'ben@ops rejected the plan: "fix forward is out in 2 min"; nothing was touched'),
  ]),
  expired: events([
    ...untouched,
    ...asked,
    [1803, { kind: 'ask-closed', ask: approvalAsk.id, how: 'expired' }],
    closed(1803, 'expired', 'nobody decided within 30 min; nothing was touched'),
  ]),
  stopped: events([
    ...untouched,
    ...asked,
    ...approved,
    ...paymentsBack,
    [110, { kind: 'decided', decision: decision(110, { action: 'stop', why: 'running steps end' }) }],
    closed(111, 'stopped', 'ben@ops said stop; everything stays as the map shows'),
  ]),
  paused: events([...untouched, ...asked, ...approved, ...paymentsBack, ...paused]),
  reinstating: events([...untouched, ...asked, ...approved, ...paymentsBack, ...ordersFailed, ...reinstateAsked]),
  reinstated: events([
    ...untouched,
    ...asked,
    ...approved,
    ...paymentsBack,
    ...ordersFailed,
    ...reinstateAsked,
    ...reinstated,
    closed(201, 'stopped', 'reinstated, as ben@ops wanted: the BAD orders 3.1.0, payments 2.1.0 run again'),
  ]),
  skipped: events([
    ...untouched,
    ...asked,
    ...approved,
    begin(91, 'payments', 'flag', 'flag new-payment-flow off'),
    [
      95,
      {
        kind: 'unit-failed',
        unit: 'payments',
        step: 'payments/flag/1',
        code: 'HTTP_UNREACHABLE',
        why: 'HTTP_UNREACHABLE  the flag service does not answer\n  it is down, or the address is wrong',
      },
    ],
    [
      120,
      { kind: 'decided', decision: decision(120, { action: 'skip', target: 'payments', comment: 'switched by hand' }) },
    ],
    [120, { kind: 'unit-skipped', unit: 'payments', by: 'ben@ops', reason: 'switched by hand' }],
    [120.1, { kind: 'left-behind', units: ['orders'], why: 'it waits for payments, which was skipped' }],
    closed(
      120.2,
      'failed',
      'payments skipped, orders left behind: not every target runs; everything stays as the map shows',
    ),
  ]),
  failed: events([
    ...untouched,
    ...asked,
    ...approved,
    ...paymentsBack,
    ...ordersFailed,
    [1048, { kind: 'ask-closed', ask: decisionAsk.id, how: 'expired' }],
    closed(1048, 'failed', 'orders failed and nobody decided in time; everything stays as the map shows'),
  ]),
  drifted: events([
    ...untouched,
    ...asked,
    ...approved.slice(0, 3),
    [91, { kind: 'drifted', component: 'orders', why: 'it runs 3.1.1, which is neither 3.1.0 nor 3.0.9' }],
    [91.2, { kind: 'phase', phase: 'planning' }],
    [
      92,
      {
        kind: 'planned',
        planDigest: planDigest.replace('8c1f', '77aa'),
        planRef: 'sha256:51b0',
        verdict: 'SAFE',
        verdictText: 'SAFE (evidence: 4 of 4 pairs seen or ruled)',
        targets: [targets[0], { component: 'orders', bad: true, from: '3.1.1', to: '3.0.9' }],
        units,
        refusals: [],
      },
    ],
    [92, { kind: 'noticed', note: 'the plan changed: orders starts from 3.1.1' }],
    [92.4, { kind: 'phase', phase: 'awaiting-approval' }],
  ]),
} as const;
