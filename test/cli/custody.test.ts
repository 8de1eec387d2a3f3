import type { Finding } from '../../src/domain/custody';
import { FakeLastgood } from '../fakes/lastgood';
import { typed } from './typed';

const rollbacks = [
  {
    rollback: 'rb-production-42',
    environment: 'production',
    phase: 'reverting',
    units: ['payments'],
    inFlight: ['payments/workload/1'],
    live: { payments: '2.1.0/2.0.4 mixed', orders: '3.1.0' },
  },
] as const;

const busy = (): FakeLastgood => {
  const lastgood = new FakeLastgood();
  lastgood.writesState = { rollbacks };
  return lastgood;
};

const sick = (...findings: readonly Partial<Finding>[]): FakeLastgood => {
  const lastgood = new FakeLastgood();
  const finding: Finding = {
    code: 'WORKFLOW_GONE',
    what: 'rb-production-42 stands open in the inventory, and nobody goes on with it',
    why: 'its workflow was ended in Temporal (terminated)',
    next: 'lastgood doctor --fix',
    fixed: false,
    live: { payments: '2.0.4', orders: '3.1.0/3.0.9 mixed' },
    inFlight: ['orders/workload/1'],
  };
  lastgood.findings = findings.map((change) => ({ ...finding, ...change }));
  return lastgood;
};

describe('freeze-writes', () => {
  it('says who froze them, why and since when, how to lift it, and where every open rollback stands', async () => {
    const { code, terminal, lastgood } = await typed('freeze-writes on --reason "fire"', { lastgood: busy() });
    expect(code).toBe(0);
    expect(lastgood.handedTo('freezeWrites')).toEqual([['fire']]);
    expect(terminal.stdout.replaceAll(/\n +/g, ' ')).toBe(
      'FROZEN by ana@laptop since 00:00:00 UTC: "fire"; no write goes out until somebody lifts it:  lastgood freeze-writes off\n\n' +
        '● rb-production-42 reverting · under way: payments · a write may still end: payments/workload/1 · ' +
        'live now: payments 2.1.0/2.0.4 mixed, orders 3.1.0',
    );
  });

  it('lifts the freeze, and only shows the switch without a word', async () => {
    const off = await typed('freeze-writes off --json', { lastgood: busy() });
    expect(off.lastgood.handedTo('thawWrites')).toEqual([['no reason was given']]);
    expect(off.terminal.json).toEqual({ rollbacks });
    const shown = await typed('freeze-writes');
    expect(shown.terminal.stdout).toContain('WRITES GO OUT');
    expect(shown.lastgood.handedTo('writes')).toHaveLength(1);
  });

  it('refuses another word', async () => {
    expect((await typed('freeze-writes maybe')).code).toBe(2);
  });
});

describe('doctor', () => {
  it('ends with 0 when all is well', async () => {
    const { code, terminal } = await typed('doctor');
    expect([code, terminal.stdout]).toEqual([0, expect.stringMatching(/^ALL IS WELL /)]);
  });

  it('shows what is live, what was in flight, and the command that helps', async () => {
    const { code, terminal } = await typed('doctor', { lastgood: sick({}) });
    expect(code).toBe(5);
    expect(terminal.stdout.split('\n').slice(2)).toEqual([
      '✗ WORKFLOW_GONE  rb-production-42 stands open in the inventory, and nobody goes on with it',
      '  its workflow was ended in Temporal (terminated)',
      '  live now  payments 2.0.4, orders 3.1.0/3.0.9 mixed',
      '  begun and not closed  orders/workload/1',
      '  do:  lastgood doctor --fix',
    ]);
  });

  it('ends with 0 when everything was put right, and with 7 when somebody does not answer', async () => {
    const fixed = await typed('doctor --fix', { lastgood: sick({}) });
    expect([fixed.code, fixed.terminal.stdout]).toEqual([
      0,
      expect.stringMatching(/^PUT RIGHT {2}1 thing, 1 put right/),
    ]);
    expect((await typed('doctor --json', { lastgood: sick({}, { code: 'NO_WORKER' }) })).code).toBe(7);
  });

  it('starts anew what was cut off', async () => {
    const { code, terminal, lastgood } = await typed('doctor --continue rb-production-42');
    expect([code, lastgood.handedTo('continueRollback')]).toEqual([0, [['rb-production-42']]]);
    expect(terminal.stdout).toContain('watch it:  lastgood status rollback/production/INC-381 --watch');
  });
});

describe('audit verify', () => {
  it('ends with 0 and the head of a chain that is whole, with 5 and the place where it breaks', async () => {
    const whole = await typed('audit verify');
    expect([whole.code, whole.terminal.stdout]).toEqual([0, 'WHOLE  3 entries; head abc']);
    const lastgood = new FakeLastgood();
    lastgood.auditVerdict = { whole: false, seq: 8, why: 'entry 8 or its hash was changed' };
    const broken = await typed('audit verify', { lastgood });
    expect([broken.code, broken.terminal.stdout]).toEqual([5, 'BROKEN at entry 8: entry 8 or its hash was changed']);
  });
});
