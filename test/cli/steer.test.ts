import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { stories } from '../report/story';
import { typed } from './typed';

/** A rollback that somebody else has approved: it stands at its next question, or where its story ends. */
const at = (story: keyof typeof stories): FakeLastgood => {
  const lastgood = new FakeLastgood(stories[story]);
  lastgood.decidedElsewhereAt = 0;
  return lastgood;
};
const person = (...types: string[]): FakeTerminal => {
  const terminal = new FakeTerminal(true);
  terminal.types.push(...types);
  return terminal;
};

describe('what a person says to a running rollback', () => {
  it.each([
    ['pause rb-1 --comment "looking first"', 'pause', { comment: 'looking first' }],
    ['resume rb-1', 'resume', {}],
    ['stop rb-1 --comment "fixing forward"', 'stop', { comment: 'fixing forward' }],
    ['retry rb-1', 'retry', {}],
    ['retry rb-1 orders/workload/1', 'retry', { target: 'orders/workload/1' }],
    ['skip rb-1 orders --reason "the host is gone"', 'skip', { target: 'orders', comment: 'the host is gone' }],
  ])('is handed over: %s', async (line, action, message) => {
    const { code, lastgood, terminal } = await typed(line, { lastgood: at('reverting') });
    expect(code).toBe(0);
    expect(lastgood.handedTo('decide')).toEqual([['rb-1', action, message]]);
    expect(terminal.stdout).toBe(`${action}: the plan is carried out\n  live now  payments 2.1.0 · orders 3.1.0`);
  });

  it('ends with 3 and the reason when it does not count', async () => {
    const lastgood = at('reverting');
    lastgood.answer = { accepted: false, code: 'NOT_A_CHOICE', why: 'it is not paused', live: { orders: '3.1.0' } };
    const { code, terminal } = await typed('resume rb-1', { lastgood });
    expect(code).toBe(3);
    expect(terminal.stdout).toBe('resume does not count (NOT_A_CHOICE): it is not paused\n  live now  orders 3.1.0');
  });

  it('is one JSON document for programs', async () => {
    const { terminal } = await typed('pause rb-1 --json', { lastgood: at('reverting') });
    expect(terminal.json).toEqual({
      accepted: true,
      code: 'ACCEPTED',
      why: 'the plan is carried out',
      live: { payments: '2.1.0', orders: '3.1.0' },
    });
  });

  it('needs a reason to skip', async () => {
    const { code, lastgood, terminal } = await typed('skip rb-1 orders', { lastgood: at('reverting') });
    expect([code, lastgood.handedTo('decide')]).toEqual([2, []]);
    expect(terminal.stderr).toContain('--reason');
  });
});

describe('reinstate', () => {
  const line = 'reinstate rb-1 --reason "worse than before"';

  it('shows where it stands and asks to type the component’s name', async () => {
    const { code, lastgood, terminal } = await typed(line, {
      terminal: person('orders'),
      lastgood: at('needs-a-decision'),
    });
    expect(code).toBe(0);
    expect(terminal.questions).toEqual(['type orders to ask for the BAD release back: ']);
    expect(terminal.out[0]).toMatch(/^NEEDS A DECISION/);
    expect(lastgood.handedTo('decide')).toEqual([['rb-1', 'reinstate', { comment: 'worse than before' }]]);
    expect(terminal.stderr).toBe('then:  lastgood approve rb-1');
  });

  it.each(['yes', 'payments', ''])('says nothing when "%s" is typed', async (word) => {
    const { code, lastgood } = await typed(line, { terminal: person(word), lastgood: at('needs-a-decision') });
    expect([code, lastgood.handedTo('decide')]).toEqual([6, []]);
  });

  it('is confirmed by name from a program, and refused without', async () => {
    const without = await typed(line, { lastgood: at('needs-a-decision') });
    expect([without.code, without.lastgood.handedTo('decide')]).toEqual([2, []]);
    expect(without.terminal.stderr).toContain('lastgood reinstate rb-production-42 --confirm orders --reason "why"');
    const named = await typed(`${line} --confirm orders`, { lastgood: at('needs-a-decision') });
    expect([named.code, named.lastgood.handedTo('decide').length]).toEqual([0, 1]);
  });
});

describe('approving a reinstate', () => {
  const asked = (): FakeLastgood => {
    const lastgood = new FakeLastgood(stories.reinstating);
    // The two questions before were answered.
    lastgood.decidedElsewhereAt = 0;
    return lastgood;
  };

  it('is refused to a program that does not name the component, whatever else it says', async () => {
    const lastgood = asked();
    await lastgood.decide('rb-1', 'decide', {});
    const { code, terminal } = await typed('approve rb-1 --yes', { lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('lastgood approve rb-production-42 --confirm orders');
  });

  it('takes the name of the component from a person, and no yes', async () => {
    for (const [word, code] of [
      ['yes', 6],
      ['orders', 0],
    ] as const) {
      const lastgood = asked();
      await lastgood.decide('rb-1', 'decide', {});
      const said = await typed('approve rb-1', { terminal: person(word), lastgood });
      expect([word, said.code]).toEqual([word, code]);
      expect(said.terminal.questions).toEqual(['type orders to put the bad release back: ']);
    }
  });
});

describe('decide', () => {
  it('hands over one of the choices, bound to the open question', async () => {
    const { code, lastgood } = await typed('decide rb-1 retry orders', { lastgood: at('needs-a-decision') });
    expect(code).toBe(0);
    expect(lastgood.handedTo('decide')).toEqual([
      ['rb-1', 'decide', { ask: expect.stringMatching(/:2$/) as string, choice: 'retry orders' }],
    ]);
  });

  it.each([
    ['2', 'stop'],
    ['retry orders', 'retry orders'],
  ])('asks a person who names none: %s', async (word, choice) => {
    const { lastgood, terminal } = await typed('decide rb-1', {
      terminal: person(word),
      lastgood: at('needs-a-decision'),
    });
    expect(terminal.questions).toEqual(['what now? [1 = retry orders, 2 = stop] ']);
    expect(lastgood.handedTo('decide')[0]).toEqual(['rb-1', 'decide', expect.objectContaining({ choice })]);
  });

  it('leaves the question open when nothing is typed', async () => {
    const { code, lastgood } = await typed('decide rb-1', { terminal: person(''), lastgood: at('needs-a-decision') });
    expect([code, lastgood.handedTo('decide')]).toEqual([6, []]);
  });

  it('shows a program the question', async () => {
    const { code, terminal } = await typed('decide rb-1 --json', { lastgood: at('needs-a-decision') });
    expect(code).toBe(6);
    expect(terminal.json).toMatchObject({ kind: 'decision', choices: [{ action: 'retry' }, { action: 'stop' }] });
  });

  it.each([
    ['reverting', 'rb-1 asks nothing now'],
    ['waiting-for-approval', 'it asks for approval, not for a choice'],
  ] as const)('is refused while it is %s', async (story, what) => {
    const lastgood = story === 'reverting' ? at(story) : new FakeLastgood(stories[story]);
    const { code, terminal } = await typed('decide rb-1 continue', { lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain(what);
  });
});
