import type { Ask, Decision } from '../../src/domain/approval';
import type { DecisionContext, UnitStanding } from '../../src/domain/consideration';
import { considerDecision, readMessage } from '../../src/domain/decide';

const ask: Ask = {
  id: 'run-1:1',
  kind: 'approval',
  planDigest: 'sha256:aa',
  question: 'approve?',
  openedAtMs: 0,
  expiresAtMs: 1_000,
  choices: [],
};
const question: Ask = {
  ...ask,
  id: 'run-1:2',
  kind: 'decision',
  choices: [
    { action: 'retry', target: 'orders', consequence: 'orders is tried again', command: 'lastgood retry rb-1 orders' },
    { action: 'skip', target: 'orders', consequence: 'orders stays', command: 'lastgood skip rb-1 orders' },
    { action: 'continue', consequence: 'ledger goes on', command: 'lastgood decide rb-1 continue' },
    { action: 'stop', consequence: 'all stays', command: 'lastgood stop rb-1' },
  ],
};
const context: DecisionContext = {
  closed: false,
  ask,
  approvedAsk: undefined,
  dispatched: false,
  restored: false,
  stopping: false,
  paused: false,
  reinstating: false,
  noReinstate: undefined,
  units: [],
  resumeWithinMs: 14_400_000,
  verdict: 'SAFE',
  requester: 'ana@host',
  selfApproval: 'reversible',
  earlier: [],
  heard: 1,
};
const fitting = { ask: 'run-1:1', planDigest: 'sha256:aa' };
const accepted: Decision = {
  action: 'approve',
  atMs: 1,
  claimedBy: 'ben@host',
  method: 'signal',
  accepted: true,
  code: 'ACCEPTED',
  why: 'the plan is carried out',
};
const unit = (id: string, state: UnitStanding['state'], after: readonly string[] = []): UnitStanding => ({
  id,
  state,
  after,
  steps: [`${id}/flag/1`, `${id}/workload/1`],
});
const inTheMiddle: DecisionContext = {
  ...context,
  ask: question,
  dispatched: true,
  units: [unit('payments', 'verified'), unit('orders', 'failed', ['payments']), unit('search', 'waiting', ['orders'])],
};

describe('an approval', () => {
  it('counts when it names the open ask and the digest of its plan', () => {
    expect(considerDecision('approve', fitting, 'ben@host', context)).toMatchObject({
      accepted: true,
      code: 'ACCEPTED',
      effect: { kind: 'approve' },
    });
  });

  it.each([
    ['no ask at all', {}, 'WRONG_ASK'],
    ['an ask of an earlier run', { ...fitting, ask: 'run-0:1' }, 'WRONG_ASK'],
    ['no digest', { ask: 'run-1:1' }, 'WRONG_DIGEST'],
    ['the digest of another plan', { ...fitting, planDigest: 'sha256:bb' }, 'WRONG_DIGEST'],
  ])('does not count with %s', (_name, message, code) => {
    expect(considerDecision('approve', message, 'ben@host', context)).toMatchObject({ accepted: false, code });
  });

  it('is answered the same when it comes twice, and acts once', () => {
    const later = { ...context, ask: undefined, earlier: [{ ...accepted, ask: ask.id }] };
    expect(considerDecision('approve', fitting, 'ben@host', later)).toEqual({
      accepted: true,
      code: 'DUPLICATE',
      why: 'the plan is carried out',
    });
  });

  it('does not count when nothing is asked, or after the end', () => {
    expect(considerDecision('approve', fitting, 'ben@host', { ...context, ask: undefined }).code).toBe('NO_OPEN_ASK');
    expect(considerDecision('approve', fitting, 'ben@host', { ...context, closed: true }).code).toBe('CLOSED');
  });

  it.each([
    ['reversible', 'SAFE', true],
    ['reversible', 'LOSES DATA', false],
    ['always', 'LOSES DATA', true],
    ['never', 'SAFE', false],
  ] as const)('by the requester under selfApproval %s of a plan that is %s: %s', (selfApproval, verdict, counts) => {
    const own = considerDecision('approve', fitting, 'ana@host', { ...context, selfApproval, verdict });
    expect(own).toMatchObject({ accepted: counts, code: counts ? 'ACCEPTED' : 'SELF_APPROVAL' });
  });

  it('of a reinstate is not for the one who wanted it, where nobody may approve their own request', () => {
    const back = {
      ...context,
      selfApproval: 'never',
      ask: { ...ask, about: 'reinstate', requester: 'ben@host' },
    } as const;
    expect(considerDecision('approve', fitting, 'ben@host', back).code).toBe('SELF_APPROVAL');
    expect(considerDecision('approve', fitting, 'ana@host', back)).toMatchObject({
      accepted: true,
      why: 'the bad releases are put back',
    });
  });
});

describe('a rejection', () => {
  it('still wins after an approval, as long as nothing is dispatched', () => {
    const approved = { ...context, ask: undefined, approvedAsk: ask.id };
    expect(considerDecision('reject', fitting, 'ben@host', approved).accepted).toBe(true);
    expect(considerDecision('reject', fitting, 'ben@host', { ...approved, dispatched: true }).accepted).toBe(false);
  });

  it('of a reinstate does not end the rollback', () => {
    const back = { ...context, ask: { ...ask, about: 'reinstate' } } as const;
    expect(considerDecision('reject', fitting, 'ben@host', back).why).toBe(
      'nothing is put back; it asks again what to do',
    );
  });
});

describe('stop, pause and resume', () => {
  it('stops once, and says the same to whoever says it again', () => {
    const first = considerDecision('stop', {}, 'ben@host', context);
    const second = considerDecision('stop', {}, 'eve@host', { ...context, stopping: true });
    expect(first).toMatchObject({ accepted: true, code: 'ACCEPTED', effect: { kind: 'stop' } });
    expect(second).toEqual({ accepted: true, code: 'DUPLICATE', why: first.why });
  });

  it('pauses once, and says until when and what happens then', () => {
    const first = considerDecision('pause', {}, 'ben@host', context);
    expect(first).toMatchObject({ accepted: true, effect: { kind: 'pause' } });
    expect(first.why).toContain('without a resume within 4 h it stops and everything stays as it is then');
    const second = considerDecision('pause', {}, 'ben@host', { ...context, paused: true });
    expect(second).toEqual({ accepted: true, code: 'DUPLICATE', why: first.why });
  });

  it.each([
    ['stopping', { stopping: true }],
    ['confirming', { restored: true }],
  ])('has nothing to pause while it is %s', (_name, change) => {
    expect(considerDecision('pause', {}, 'ben@host', { ...context, ...change }).code).toBe('NOT_A_CHOICE');
  });

  it('resumes what is paused, once', () => {
    const resumed = { ...context, earlier: [{ ...accepted, action: 'resume' }] } as const;
    expect(considerDecision('resume', {}, 'ben@host', { ...context, paused: true }).effect).toEqual({ kind: 'resume' });
    expect(considerDecision('resume', {}, 'ben@host', resumed).code).toBe('DUPLICATE');
    expect(considerDecision('resume', {}, 'ben@host', context).code).toBe('NOT_A_CHOICE');
  });
});

describe('retry', () => {
  it.each([
    ['the unit', { target: 'orders' }],
    ['one of its steps', { target: 'orders/workload/1' }],
    ['nothing, as only one has failed', {}],
  ])('tries a failed unit again by %s', (_name, message) => {
    expect(considerDecision('retry', message, 'ben@host', inTheMiddle).effect).toEqual({
      kind: 'retry',
      unit: 'orders',
    });
  });

  it.each([
    ['what has not failed', { target: 'payments' }, inTheMiddle],
    ['what does not exist', { target: 'ledger' }, inTheMiddle],
    ['nothing where nothing failed', {}, { ...inTheMiddle, units: [] }],
  ])('does not try %s', (_name, message, where) => {
    expect(considerDecision('retry', message, 'ben@host', where).code).toBe('NOT_A_CHOICE');
  });

  it('is answered the same while the unit that it named runs again', () => {
    const running = {
      ...inTheMiddle,
      units: [unit('orders', 'running')],
      earlier: [{ ...accepted, action: 'retry', target: 'orders' }],
    } as const;
    expect(considerDecision('retry', { target: 'orders' }, 'ben@host', running)).toMatchObject({
      accepted: true,
      code: 'DUPLICATE',
    });
  });

  it('that answers an ask of before counts for nothing new', () => {
    const stale = { ask: 'run-1:1', target: 'orders' };
    expect(considerDecision('retry', stale, 'ben@host', inTheMiddle).code).toBe('WRONG_ASK');
  });
});

describe('skip', () => {
  it('leaves a failed or waiting unit out, and says who is left behind', () => {
    const orders = considerDecision('skip', { target: 'orders', comment: 'gone' }, 'ben@host', inTheMiddle);
    expect(orders).toMatchObject({ accepted: true, effect: { kind: 'skip', unit: 'orders' } });
    expect(orders.why).toContain('left behind, because it waits for it: search');
    const search = considerDecision('skip', { target: 'search', comment: 'gone' }, 'ben@host', inTheMiddle);
    expect(search.effect).toEqual({ kind: 'skip', unit: 'search' });
  });

  it('leaves one step out and says that the unit is not at its target', () => {
    const step = considerDecision('skip', { target: 'orders/flag/1', comment: 'by hand' }, 'ben@host', inTheMiddle);
    expect(step.effect).toEqual({ kind: 'skip', unit: 'orders', step: 'orders/flag/1' });
    expect(step.why).toContain('it does not count as being at its target');
  });

  it.each([
    ['without a reason', { target: 'orders' }, 'NO_REASON'],
    ['of what is at its target', { target: 'payments', comment: 'x' }, 'NOT_A_CHOICE'],
    ['of what does not exist', { target: 'ledger', comment: 'x' }, 'NOT_A_CHOICE'],
  ])('does not count %s', (_name, message, code) => {
    expect(considerDecision('skip', message, 'ben@host', inTheMiddle).code).toBe(code);
  });

  it('does not count for a unit that runs, and is answered the same for one that is skipped', () => {
    const of = (state: UnitStanding['state']) => ({ ...inTheMiddle, units: [unit('orders', state)] });
    const message = { target: 'orders', comment: 'gone' };
    expect(considerDecision('skip', message, 'ben@host', of('running')).code).toBe('NOT_A_CHOICE');
    expect(considerDecision('skip', message, 'ben@host', of('skipped')).code).toBe('DUPLICATE');
  });
});

describe('reinstate', () => {
  it('asks for its own approval once something was touched', () => {
    expect(considerDecision('reinstate', {}, 'ben@host', inTheMiddle).effect).toEqual({ kind: 'reinstate' });
    expect(considerDecision('reinstate', {}, 'ben@host', { ...inTheMiddle, reinstating: true }).code).toBe('DUPLICATE');
  });

  it.each([
    ['nothing was touched', { units: [unit('orders', 'waiting')] }],
    ['it was found impossible', { noReinstate: 'it would make a forbidden pair live' }],
    ['it is stopping', { stopping: true }],
  ])('does not count when %s', (_name, change) => {
    expect(considerDecision('reinstate', {}, 'ben@host', { ...inTheMiddle, ...change }).code).toBe('NOT_A_CHOICE');
  });
});

describe('decide', () => {
  const say = (choice: string, change: object = {}) =>
    considerDecision('decide', { ask: question.id, choice, ...change }, 'ben@host', inTheMiddle);

  it('does what the choice says', () => {
    expect(say('retry orders').effect).toEqual({ kind: 'retry', unit: 'orders' });
    expect(say('skip orders', { comment: 'gone' }).effect).toEqual({ kind: 'skip', unit: 'orders' });
    expect(say('continue').effect).toEqual({ kind: 'continue' });
    expect(say('stop').effect).toEqual({ kind: 'stop' });
  });

  it.each([
    ['a choice that is not offered', () => say('reinstate'), 'NOT_A_CHOICE'],
    ['no ask', () => say('continue', { ask: undefined }), 'WRONG_ASK'],
    ['another ask', () => say('continue', { ask: 'run-0:1' }), 'WRONG_ASK'],
    ['a skip without a reason', () => say('skip orders'), 'NO_REASON'],
  ])('does not count with %s', (_name, answer, code) => {
    expect(answer()).toMatchObject({ accepted: false, code });
  });

  it('is answered the same when it comes twice', () => {
    const earlier = [
      { ...accepted, action: 'decide', ask: question.id, choice: 'continue', why: 'ledger goes on' },
    ] as const;
    const later = considerDecision('decide', { ask: question.id, choice: 'continue' }, 'ben@host', {
      ...inTheMiddle,
      ask: undefined,
      earlier,
    });
    expect(later).toEqual({ accepted: true, code: 'DUPLICATE', why: 'ledger goes on' });
  });
});

describe('a flood of messages', () => {
  it('is not listened to any more, but approve, reject and stop are', () => {
    const flood = { ...context, heard: 200 };
    expect(considerDecision('pause', {}, 'ben@host', flood).code).toBe('TOO_MANY');
    expect(considerDecision('stop', {}, 'ben@host', flood).accepted).toBe(true);
    expect(considerDecision('approve', fitting, 'ben@host', flood).accepted).toBe(true);
  });
});

describe('reading what a person sent', () => {
  it.each([[undefined], [null]])('takes %s for an empty message', (raw) => {
    expect(readMessage(raw)).toEqual({});
  });

  it.each([['approve'], [['a']], [42], [{ ask: 7 }], [{ lastgoodUnreadable: 'Unknown encoding' }]])(
    'finds %j unreadable instead of throwing',
    (raw) => expect(readMessage(raw)).toBeUndefined(),
  );

  it('keeps known text fields, reads a reason as the comment, and caps their length', () => {
    expect(readMessage({ ask: 'a', comment: 'x'.repeat(9_999), other: {} })).toEqual({
      ask: 'a',
      comment: 'x'.repeat(1_000),
    });
    expect(readMessage({ target: 'orders', reason: 'gone' })).toEqual({ target: 'orders', comment: 'gone' });
  });
});
