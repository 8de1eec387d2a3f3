import type { Ask } from '../../src/domain/approval';
import { considerDecision, readMessage, retriedUnit, type DecisionContext } from '../../src/domain/decide';

const ask: Ask = {
  id: 'run-1:1',
  kind: 'approval',
  planDigest: 'sha256:aa',
  question: 'approve?',
  openedAtMs: 0,
  expiresAtMs: 1_000,
  choices: [],
};
const context: DecisionContext = {
  closed: false,
  ask,
  approvedAsk: undefined,
  dispatched: false,
  stopping: false,
  failedUnits: [],
  verdict: 'SAFE',
  requester: 'ana@host',
  selfApproval: 'reversible',
  earlier: [],
};
const fitting = { ask: 'run-1:1', planDigest: 'sha256:aa' };

describe('an approval', () => {
  it('counts when it names the open ask and the digest of its plan', () => {
    expect(considerDecision('approve', fitting, 'ben@host', context)).toMatchObject({
      accepted: true,
      code: 'ACCEPTED',
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

  it('does not count twice, and says that it was recorded before', () => {
    const earlier = [
      {
        action: 'approve',
        atMs: 1,
        ask: ask.id,
        claimedBy: 'ben@host',
        method: 'signal',
        accepted: true,
        code: 'ACCEPTED',
        why: '',
      },
    ] as const;
    const later = { ...context, ask: undefined, earlier };
    expect(considerDecision('approve', fitting, 'ben@host', later)).toMatchObject({
      accepted: false,
      code: 'DUPLICATE',
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
  ] as const)('by the requester under selfApproval %s of a plan that is %s: %s', (selfApproval, verdict, accepted) => {
    const own = considerDecision('approve', fitting, 'ana@host', { ...context, selfApproval, verdict });
    expect(own).toMatchObject({ accepted, code: accepted ? 'ACCEPTED' : 'SELF_APPROVAL' });
  });
});

describe('a rejection', () => {
  it('still wins after an approval, as long as nothing is dispatched', () => {
    const approved = { ...context, ask: undefined, approvedAsk: ask.id };
    expect(considerDecision('reject', fitting, 'ben@host', approved).accepted).toBe(true);
    expect(considerDecision('reject', fitting, 'ben@host', { ...approved, dispatched: true }).accepted).toBe(false);
  });
});

describe('stop and retry', () => {
  it('stops once', () => {
    expect(considerDecision('stop', {}, 'ben@host', context).accepted).toBe(true);
    expect(considerDecision('stop', {}, 'ben@host', { ...context, stopping: true }).code).toBe('DUPLICATE');
  });

  it('retries only what has failed, by unit or by step', () => {
    const failed = { ...context, failedUnits: ['orders', 'payments'] };
    expect(considerDecision('retry', { target: 'orders' }, 'ben@host', failed).accepted).toBe(true);
    expect(considerDecision('retry', { target: 'orders/workload/1' }, 'ben@host', failed).accepted).toBe(true);
    expect(considerDecision('retry', { target: 'ledger' }, 'ben@host', failed).code).toBe('NOT_A_CHOICE');
    expect(considerDecision('retry', {}, 'ben@host', failed).code).toBe('NOT_A_CHOICE');
    expect(considerDecision('retry', {}, 'ben@host', context).code).toBe('NOT_A_CHOICE');
    expect(retriedUnit(undefined, ['orders'])).toBe('orders');
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

  it('keeps known text fields and caps their length', () => {
    expect(readMessage({ ask: 'a', comment: 'x'.repeat(9_999), other: {} })).toEqual({
      ask: 'a',
      comment: 'x'.repeat(2_000),
    });
  });
});
