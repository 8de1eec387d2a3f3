import * as fc from 'fast-check';
import type { Decision } from '../../src/domain/approval';
import { foldProgress, progressOf } from '../../src/domain/fold-progress';
import { emptyProgress, keptDecisions, type LiveState, type Progress } from '../../src/domain/progress';
import type { RollbackEvent, RollbackEventBody } from '../../src/domain/rollback-event';

type Planned = Extract<RollbackEventBody, { kind: 'planned' }>;

const decision: Decision = {
  action: 'approve',
  atMs: 5_000,
  claimedBy: 'ben@ops',
  method: 'signal',
  accepted: true,
  code: 'ACCEPTED',
  why: 'the plan is carried out',
};

/** Two components: payments with a flag and one move, a schema that moves in two stages. */
const plan: Planned = {
  kind: 'planned',
  planDigest: 'sha256:ab',
  planRef: 'sha256:cd',
  verdict: 'SAFE',
  verdictText: 'SAFE',
  targets: [
    { component: 'payments', bad: false, from: '2.1.0', to: '2.0.4' },
    { component: 'orders-db', bad: true, from: 'm42', to: 'm40' },
  ],
  units: [
    { id: 'flag-off:new-flow', kind: 'flag-off', components: ['payments'], line: 'flag new-flow off' },
    { id: 'payments', kind: 'move', components: ['payments'], line: 'payments 2.1.0 → 2.0.4' },
    { id: 'orders-db@m41', kind: 'move', components: ['orders-db'], line: 'orders-db m42 → m41' },
    { id: 'orders-db@m40', kind: 'move', components: ['orders-db'], line: 'orders-db m41 → m40' },
    { id: 'flag-restore:new-flow', kind: 'flag-restore', components: ['payments'], line: 'flag new-flow as it was' },
  ],
  refusals: [],
};

const opened: RollbackEventBody = {
  kind: 'opened',
  rollback: 'rb-production-1',
  environment: 'production',
  components: ['orders-db'],
  reason: 'errors',
  requester: 'ana@laptop',
  trigger: 'cli',
  dryRun: false,
};

const numbered = (bodies: readonly RollbackEventBody[]): readonly RollbackEvent[] =>
  bodies.map((body, seq) => ({ ...body, seq, atMs: 1_000 + seq * 1_000 }));

const started = (unit: string): RollbackEventBody => {
  const component = plan.units.find(({ id }) => id === unit)?.components[0] ?? '';
  return { kind: 'step-started', step: `${unit}/workload/1`, unit, component, line: `${unit} begins` };
};
const reverted = (unit: string, writes: number): RollbackEventBody => ({
  kind: 'step-reverted',
  step: `${unit}/workload/1`,
  unit,
  how: writes === 0 ? 'already-there' : 'reverted',
  writes,
  summary: `${unit} written`,
});
const verified = (unit: string): RollbackEventBody => ({ kind: 'unit-verified', unit });
const failed = (unit: string): RollbackEventBody => ({
  kind: 'unit-failed',
  unit,
  step: `${unit}/workload/1`,
  code: 'NOT_SETTLED',
  why: 'it did not come up',
});
const retried = (unit: string): RollbackEventBody => ({ kind: 'unit-retried', unit, by: 'ben@ops' });

/** Any event that a rollback may have, in any order: laws of the fold must not need a sensible story. */
const anyBody: fc.Arbitrary<RollbackEventBody> = fc.oneof(
  fc.constantFrom(
    ...plan.units.flatMap(({ id }) => [started(id), reverted(id, 1), verified(id), failed(id), retried(id)]),
  ),
  fc.constantFrom<RollbackEventBody>(
    opened,
    plan,
    { kind: 'phase', phase: 'reverting' },
    { kind: 'decided', decision },
    { kind: 'drifted', component: 'payments', why: 'it runs 2.1.1' },
    { kind: 'locked', fence: 3 },
    { kind: 'restored' },
    { kind: 'noticed', note: 'a webhook failed' },
    { kind: 'closed', outcome: 'confirmed', why: 'back' },
  ),
);
const anyEvents = fc.array(anyBody, { maxLength: 40 }).map(numbered);

const liveOf = (progress: Progress): Readonly<Record<string, string>> =>
  Object.fromEntries(progress.live.map(({ component, version }) => [component, version]));

describe('the fold', () => {
  test('does not care in which order events arrive', () => {
    fc.assert(
      fc.property(
        anyEvents.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray([...events], { minLength: events.length })),
        ),
        ([events, shuffled]) => expect(progressOf(shuffled)).toEqual(progressOf(events)),
      ),
    );
  });

  test('is not moved by an event it has seen, however late it comes again', () => {
    fc.assert(
      fc.property(anyEvents, fc.array(fc.nat(), { maxLength: 10 }), (events, again) => {
        const repeated = again.flatMap((at) => events[at % Math.max(1, events.length)] ?? []);
        expect(progressOf([...events, ...repeated])).toEqual(progressOf(events));
        expect(repeated.reduce(foldProgress, progressOf(events))).toEqual(progressOf(events));
      }),
    );
  });

  test('can stop anywhere and go on from what it has', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(), (events, at) => {
        const cut = at % (events.length + 1);
        expect(events.slice(cut).reduce(foldProgress, progressOf(events.slice(0, cut)))).toEqual(progressOf(events));
      }),
    );
  });

  test('changes neither the record nor the events that it is handed', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        events.reduce(
          (progress, event) => deepFrozen(foldProgress(progress, deepFrozen(event))),
          deepFrozen(emptyProgress),
        );
      }),
    );
  });

  test('keeps its place after an event of a newer version and nothing else of it', () => {
    const event = { kind: 'teleported', seq: 7, atMs: 1 } as unknown as RollbackEvent;
    expect(foldProgress(emptyProgress, event)).toEqual({ ...emptyProgress, lastSeq: 7 });
  });
});

describe('the map of what is live', () => {
  test.each<readonly [string, readonly RollbackEventBody[], Readonly<Record<string, string>>]>([
    ['begins with what runs', [], { payments: '2.1.0', 'orders-db': 'm42' }],
    [
      'is not changed by a flag',
      [started('flag-off:new-flow'), reverted('flag-off:new-flow', 1), verified('flag-off:new-flow')],
      { payments: '2.1.0', 'orders-db': 'm42' },
    ],
    ['is mixed from the first start on', [started('payments')], { payments: '2.1.0/2.0.4 mixed', 'orders-db': 'm42' }],
    [
      'is at the target when the move is verified, although its flag is still off',
      [started('payments'), reverted('payments', 1), verified('payments')],
      { payments: '2.0.4', 'orders-db': 'm42' },
    ],
    [
      'is mixed between two stages of one component',
      [started('orders-db@m41'), verified('orders-db@m41')],
      { payments: '2.1.0', 'orders-db': 'm42/m40 mixed' },
    ],
    [
      'is at the target when the last stage is verified',
      [started('orders-db@m41'), verified('orders-db@m41'), started('orders-db@m40'), verified('orders-db@m40')],
      { payments: '2.1.0', 'orders-db': 'm40' },
    ],
    [
      'stays mixed after a failure and while it is tried again',
      [started('payments'), failed('payments'), retried('payments')],
      { payments: '2.1.0/2.0.4 mixed', 'orders-db': 'm42' },
    ],
  ])('%s', (_what, bodies, live) => {
    expect(liveOf(progressOf(numbered([opened, plan, ...bodies])))).toEqual(live);
  });

  test('agrees with a count of the moves, whatever order they start and end in', () => {
    const moves = plan.units.filter(({ kind }) => kind === 'move');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          moves.flatMap(({ id }) => [id, id]),
          { minLength: 0 },
        ),
        (walk) => {
          const seen = new Set<string>();
          const bodies = walk.map((id) => {
            if (seen.has(id)) return verified(id);
            seen.add(id);
            return started(id);
          });
          const progress = progressOf(numbered([opened, plan, ...bodies]));
          for (const { component, state } of progress.live) expect(state).toBe(counted(component, bodies));
        },
      ),
    );
  });
});

describe('the record', () => {
  test('knows when and by whom the plan was approved, and forgets it when another plan is made', () => {
    const approved = progressOf(numbered([opened, plan, { kind: 'decided', decision }]));
    expect(approved).toMatchObject({ approvedAtMs: 5_000, approvedBy: 'ben@ops' });
    const planned = progressOf(numbered([opened, plan, { kind: 'decided', decision }, plan]));
    expect([planned.approvedAtMs, planned.approvedBy]).toEqual([undefined, undefined]);
  });

  test('keeps a decision that did not count, without its effect', () => {
    const refused: Decision = { ...decision, accepted: false, code: 'WRONG_DIGEST', why: 'another plan' };
    const progress = progressOf(numbered([opened, plan, { kind: 'decided', decision: refused }]));
    expect(progress.decisions).toEqual([refused]);
    expect(progress.approvedAtMs).toBeUndefined();
  });

  test('keeps the newest decisions only, so that a flood can not grow it', () => {
    const flood = Array.from({ length: keptDecisions + 20 }, (_, at): RollbackEventBody => ({
      kind: 'decided',
      decision: { ...decision, accepted: false, atMs: at },
    }));
    const { decisions } = progressOf(numbered([opened, ...flood]));
    expect(decisions).toHaveLength(keptDecisions);
    expect(decisions.at(-1)?.atMs).toBe(keptDecisions + 19);
  });

  test('counts writes, and the first write is the first that wrote', () => {
    const progress = progressOf(
      numbered([opened, plan, reverted('payments', 0), reverted('orders-db@m41', 2), reverted('orders-db@m40', 1)]),
    );
    expect(progress).toMatchObject({ writes: 3, firstWriteAtMs: 4_000 });
  });

  test('closes only the ask that is open', () => {
    const ask = {
      id: 'run:1',
      kind: 'approval',
      planDigest: 'sha256:ab',
      question: 'approve?',
      openedAtMs: 0,
      expiresAtMs: 1,
      choices: [],
    } as const;
    const open = numbered([opened, { kind: 'asked', ask }, { kind: 'ask-closed', ask: 'run:0', how: 'void' }]);
    expect(progressOf(open).ask).toEqual(ask);
    const done = numbered([opened, { kind: 'asked', ask }, { kind: 'ask-closed', ask: 'run:1', how: 'answered' }]);
    expect(progressOf(done).ask).toBeUndefined();
  });

  test('shows why a unit failed until it is tried again, and how long it took in all', () => {
    const failure = { step: 'payments/workload/1', code: 'NOT_SETTLED', why: 'it did not come up' };
    const unitOf = (bodies: readonly RollbackEventBody[]) =>
      progressOf(numbered([opened, plan, ...bodies])).units.find(({ id }) => id === 'payments');
    const story = [started('payments'), failed('payments')];
    expect(unitOf(story)).toMatchObject({ state: 'failed', failure, startedAtMs: 3_000, endedAtMs: 4_000 });
    expect(unitOf([...story, retried('payments')])).not.toHaveProperty('failure');
    expect(unitOf([...story, retried('payments'), started('payments'), verified('payments')])).toMatchObject({
      state: 'verified',
      startedAtMs: 3_000,
      endedAtMs: 7_000,
    });
  });

  test('keeps the checks that a look at some of very many does not tell', () => {
    const check = (name: string, verdict: 'waiting' | 'recovered') => ({ component: 'orders', check: name, verdict });
    const all = [check('errors', 'waiting'), check('p95', 'waiting')];
    const some = { kind: 'checked', checks: [check('p95', 'recovered')] } as const;
    const told = (last: RollbackEventBody) =>
      progressOf(numbered([opened, { kind: 'checked', checks: all }, last])).checks;
    expect(told(some)).toEqual([check('p95', 'recovered')]);
    expect(told({ ...some, others: 'as before' })).toEqual([check('errors', 'waiting'), check('p95', 'recovered')]);
  });

  test('is confirmed only by an ending that says so', () => {
    const closed = (outcome: 'confirmed' | 'restored-unconfirmed') =>
      progressOf(numbered([opened, plan, { kind: 'restored' }, { kind: 'closed', outcome, why: '' }]));
    expect(closed('confirmed')).toMatchObject({ phase: 'closed', restoredAtMs: 3_000, confirmedAtMs: 4_000 });
    expect(closed('restored-unconfirmed').confirmedAtMs).toBeUndefined();
  });
});

/** The same answer from the events alone: how many of the component's moves have started, how many are verified. */
function counted(component: string, bodies: readonly RollbackEventBody[]): LiveState['state'] {
  const moves = plan.units.filter(({ kind, components }) => kind === 'move' && components.includes(component));
  const has = (kind: RollbackEventBody['kind']) => (id: string) =>
    bodies.some((body) => body.kind === kind && 'unit' in body && body.unit === id);
  if (moves.every(({ id }) => has('unit-verified')(id))) return 'target';
  return moves.some(({ id }) => has('step-started')(id)) ? 'mixed' : 'from';
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFrozen);
    Object.freeze(value);
  }
  return value;
}

describe('what an operator did', () => {
  const begun = [opened, plan, started('payments')] as const;
  const units = (bodies: readonly RollbackEventBody[]): readonly string[] =>
    progressOf(numbered(bodies)).units.map(({ id, state }) => `${id} ${state}`);

  it('is a pause with its end, until somebody resumes', () => {
    const paused: RollbackEventBody = { kind: 'paused', by: 'ben@ops', untilMs: 99_000 };
    expect(progressOf(numbered([...begun, paused])).paused).toEqual({ by: 'ben@ops', sinceMs: 4_000, untilMs: 99_000 });
    const resumed: RollbackEventBody = { kind: 'resumed', by: 'ana@laptop' };
    expect(progressOf(numbered([...begun, paused, resumed])).paused).toBeUndefined();
  });

  it('is a unit left out, and those that waited for it left behind', () => {
    const skipped: RollbackEventBody = { kind: 'unit-skipped', unit: 'payments', by: 'ben@ops', reason: 'gone' };
    const behind: RollbackEventBody = { kind: 'left-behind', units: ['orders-db@m41'], why: 'it waits for payments' };
    expect(units([...begun, skipped, behind])).toEqual([
      'flag-off:new-flow waiting',
      'payments skipped',
      'orders-db@m41 left-behind',
      'orders-db@m40 waiting',
      'flag-restore:new-flow waiting',
    ]);
  });

  it('is one step left out: the unit is tried again without it', () => {
    const step: RollbackEventBody = {
      kind: 'unit-skipped',
      unit: 'payments',
      step: 'payments/flag/1',
      by: 'ben@ops',
      reason: 'by hand',
    };
    expect(units([...begun, step])).toContain('payments waiting');
  });

  it('is a reinstate: its units come after the others, and the map goes back with them', () => {
    const back: RollbackEventBody = {
      kind: 'reinstate-planned',
      planDigest: 'sha256:ef',
      planRef: 'sha256:01',
      verdict: 'SAFE',
      verdictText: 'puts back payments 2.1.0',
      by: 'ben@ops',
      units: [{ id: 'reinstate:payments', components: ['payments'], line: 'back: payments 2.0.4 → 2.1.0' }],
    };
    const step: RollbackEventBody = {
      kind: 'step-started',
      step: 'reinstate:payments/workload/1',
      unit: 'reinstate:payments',
      component: 'payments',
      line: 'switch back',
    };
    const arrived: RollbackEventBody = { kind: 'unit-verified', unit: 'payments' };
    const here = (bodies: readonly RollbackEventBody[]): LiveState | undefined =>
      progressOf(numbered(bodies)).live.find(({ component }) => component === 'payments');
    const moved = [...begun, arrived, back] as const;
    expect(here(moved)).toMatchObject({ version: '2.0.4', state: 'target' });
    expect(here([...moved, step])).toMatchObject({ version: '2.1.0/2.0.4 mixed', state: 'mixed' });
    expect(here([...moved, step, { kind: 'unit-verified', unit: 'reinstate:payments' }])).toMatchObject({
      version: '2.1.0',
      state: 'from',
    });
  });

  it('is not an approval of the plan when the bad releases are approved to come back', () => {
    const ask = { id: 'run:2', kind: 'approval', about: 'reinstate', planDigest: 'sha256:ef' } as const;
    const asked = { ...ask, question: '', openedAtMs: 0, expiresAtMs: 0, choices: [] };
    const progress = progressOf(
      numbered([
        opened,
        plan,
        { kind: 'asked', ask: asked },
        { kind: 'decided', decision: { ...decision, ask: ask.id } },
      ]),
    );
    expect(progress.approvedBy).toBeUndefined();
  });
});
