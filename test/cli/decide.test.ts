import { LastgoodError } from '../../src/domain/errors';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { plans } from '../report/fixtures';
import { approvalAsk, stories } from '../report/story';
import { typed } from './typed';

const { id: ask, planDigest } = approvalAsk;
const waiting = (): FakeLastgood => new FakeLastgood(stories['waiting-for-approval'], plans['data-loss']);
const person = (...types: string[]): FakeTerminal => {
  const terminal = new FakeTerminal(true);
  terminal.types.push(...types);
  return terminal;
};

describe.each(['approve', 'reject'] as const)('%s', (action) => {
  it('shows the plan, asks at a terminal, and binds to the ask and the digest that were shown', async () => {
    const terminal = person('yes');
    const { code, lastgood } = await typed(`${action} rb-production-42 --comment "seen, go"`, {
      terminal,
      lastgood: waiting(),
    });
    expect(code).toBe(0);
    expect(terminal.out[0]).toMatch(/^LOSES DATA: 37 discount codes/);
    expect(terminal.questions).toEqual([`${action} this plan? [yes, no] `]);
    expect(lastgood.handedTo('decide')).toEqual([
      ['rb-production-42', action, { ask, planDigest, comment: 'seen, go' }],
    ]);
    expect(terminal.out[1]).toBe(`${action}: the plan is carried out\n  live now  payments 2.1.0 · orders 3.1.0`);
  });

  it.each(['no', '', 'maybe'])('says nothing to the rollback when "%s" is typed, and ends with 6', async (word) => {
    const { code, lastgood, terminal } = await typed(`${action} rb-1`, { terminal: person(word), lastgood: waiting() });
    expect(code).toBe(6);
    expect(lastgood.handedTo('decide')).toEqual([]);
    expect(terminal.stderr).toBe('nothing was said; the ask stays open');
  });

  it.each(['--yes', '--json'])('asks nobody with %s', async (option) => {
    const { code, lastgood, terminal } = await typed(`${action} rb-1 ${option}`, {
      terminal: person(),
      lastgood: waiting(),
    });
    expect(code).toBe(0);
    expect(terminal.questions).toEqual([]);
    expect(lastgood.handedTo('decide')).toEqual([['rb-1', action, { ask, planDigest }]]);
  });

  it('answers with one JSON document', async () => {
    const { terminal } = await typed(`${action} rb-1 --json`, { lastgood: waiting() });
    expect(terminal.json).toMatchObject({
      accepted: true,
      code: 'ACCEPTED',
      live: { payments: '2.1.0', orders: '3.1.0' },
    });
    expect(terminal.stderr).toBe('');
  });

  it.each([
    [stories.confirmed, 'it has ended: confirmed', 'lastgood status rb-1'],
    [stories.reverting, 'it is reverting, and asks nothing', 'lastgood status rb-1'],
    [stories['needs-a-decision'], 'it asks: orders did not reach the target', 'lastgood retry rb-production-42 orders'],
  ])('is refused with 2 when no approval is asked for', async (story, why, next) => {
    const lastgood = new FakeLastgood(
      story.filter((event) => event.kind !== 'asked' || event.ask.kind === 'decision'),
      plans['data-loss'],
    );
    const { code, terminal } = await typed(`${action} rb-1 --yes`, { lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('rb-1 does not ask for approval now');
    expect(terminal.stderr).toContain(why);
    expect(terminal.stderr).toContain(next);
  });
});

describe('what was said', () => {
  it('ends with 3 and its reason when it did not count', async () => {
    const lastgood = waiting();
    lastgood.answer = { accepted: false, code: 'WRONG_ASK', why: 'it answers an ask that is not open', live: {} };
    const { code, terminal } = await typed('approve rb-1 --yes', { lastgood });
    expect(code).toBe(3);
    expect(terminal.stdout).toContain('approve does not count (WRONG_ASK): it answers an ask that is not open');
  });

  it.each([
    ['stop rb-1 --comment "fixing forward"', 'stop', { comment: 'fixing forward' }],
    ['retry rb-1', 'retry', {}],
    [
      'retry rb-1 orders/workload/1 --comment "disk is free"',
      'retry',
      { target: 'orders/workload/1', comment: 'disk is free' },
    ],
  ])('is handed over: %s', async (line, action, message) => {
    const { code, lastgood } = await typed(line, { lastgood: waiting() });
    expect(code).toBe(0);
    expect(lastgood.handedTo('decide')).toEqual([['rb-1', action, message]]);
  });

  it.each([
    ['UNKNOWN_ROLLBACK', 2],
    ['WORKER_SILENT', 7],
  ] as const)('ends with the exit code of %s when nobody heard it', async (code, exit) => {
    const lastgood = waiting();
    lastgood.faults.set('decide', [new LastgoodError(code, { what: 'nobody heard it' })]);
    expect((await typed('stop rb-9', { lastgood })).code).toBe(exit);
  });
});
