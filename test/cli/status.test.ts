import { LastgoodError } from '../../src/domain/errors';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { stories } from '../report/story';
import { typed } from './typed';

/** The story as it is after others have decided everything in it. */
const after = (story: readonly RollbackEvent[]): FakeLastgood => {
  const lastgood = new FakeLastgood(story);
  lastgood.decidedElsewhereAt = 0;
  return lastgood;
};

describe('the status of a rollback', () => {
  it.each([
    ['reverting', 0, 'REVERTING 1/2'],
    ['confirmed', 0, 'CONFIRMED'],
    ['rehearsed', 0, 'REHEARSED'],
    ['refused', 3, 'REFUSED'],
    ['rejected', 4, 'REJECTED'],
    ['restored-unconfirmed', 8, 'RESTORED, NOT CONFIRMED'],
    ['stopped', 9, 'STOPPED'],
  ] as const)('%s ends with %i', async (name, code, headline) => {
    const ended = await typed('status rb-production-42', { lastgood: after(stories[name]) });
    expect(ended.code).toBe(code);
    expect(ended.terminal.stdout).toContain(headline);
    expect(ended.terminal.stderr).toBe('');
  });

  it('ends with 6 while it waits for a human', async () => {
    const lastgood = new FakeLastgood(stories['waiting-for-approval']);
    const { code, terminal } = await typed('status rb-production-42', { lastgood });
    expect(code).toBe(6);
    expect(terminal.stdout).toContain('lastgood approve rb-production-42');
  });

  it('is one JSON document for programs', async () => {
    const { code, terminal } = await typed('status rb-1 --json', { lastgood: after(stories.stopped) });
    expect(code).toBe(9);
    expect(terminal.json).toMatchObject({ rollback: 'rb-production-42', outcome: 'stopped' });
  });

  it('is that of the newest open one when none is named, and others are counted', async () => {
    const lastgood = after(stories.reverting);
    const [row] = await lastgood.list({});
    if (row === undefined) throw new Error('no row');
    lastgood.rows = [row, row, row];
    const { terminal } = await typed('status', { lastgood });
    expect(lastgood.handedTo('list').at(-1)).toEqual([{ open: true, limit: 20 }]);
    expect(terminal.stderr).toBe('2 more are open:  lastgood list --open');
  });

  it.each([
    ['status', 'no rollback is open; past ones:  lastgood list'],
    ['status --json', 'null'],
  ])('says that none is open: %s', async (line, said) => {
    const lastgood = new FakeLastgood();
    lastgood.rows = [];
    const { code, terminal } = await typed(line, { lastgood });
    expect([code, terminal.stdout]).toEqual([0, said]);
  });

  it.each(['WORKER_SILENT', 'TEMPORAL_UNREACHABLE'] as const)(
    'is what the inventory has when nobody else answers (%s), and ends with 7',
    async (code) => {
      const lastgood = after(stories.reverting);
      lastgood.faults.set('status', [new LastgoodError(code, { what: 'nobody answers' })]);
      const ended = await typed('status rb-production-42', { lastgood });
      expect(ended.code).toBe(7);
      expect(ended.terminal.stdout).toContain('REVERTING 1/2');
      expect(ended.terminal.stderr).toContain(`${code}  nobody answers`);
      expect(ended.terminal.stderr).toContain('it may be older than the truth');
    },
  );

  it('is an error when nobody knows it', async () => {
    const lastgood = new FakeLastgood();
    lastgood.faults.set('status', [new LastgoodError('UNKNOWN_ROLLBACK', { what: 'there is no rollback "rb-9"' })]);
    const { code, terminal } = await typed('status rb-9', { lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('see all: lastgood list');
  });
});

describe('status --watch', () => {
  it('stays through a question that it does not ask, until others have decided', async () => {
    const lastgood = new FakeLastgood(stories.confirmed);
    lastgood.decidedElsewhereAt = 20;
    const terminal = new FakeTerminal(true);
    const { code } = await typed('status rb-production-42 --watch', { lastgood, terminal });
    expect(code).toBe(0);
    expect(terminal.questions).toEqual([]);
    expect(terminal.screens[0]).toMatch(/^WAITING FOR APPROVAL/);
    expect(terminal.out.at(-1)).toMatch(/^CONFIRMED/);
  });

  it('leaves the rollback running at Ctrl-C and says so', async () => {
    const lastgood = new FakeLastgood(stories['needs-a-decision']);
    const terminal = new FakeTerminal(true);
    lastgood.onLook = (look) => look === 5 && terminal.pressCtrlC();
    const { code } = await typed('status rb-production-42 --watch', { lastgood, terminal });
    expect(code).toBe(130);
    expect(terminal.stderr).toContain('rb-production-42 goes on without you');
    expect(terminal.screens.at(-1)).toBe('kept');
  });

  it('prints its record as one JSON document in the end', async () => {
    const lastgood = new FakeLastgood(stories.failed);
    lastgood.decidedElsewhereAt = 5;
    lastgood.onLook = (look) => (lastgood.decidedElsewhereAt = look > 10 ? look : 5);
    const { code, terminal } = await typed('status rb-production-42 --watch --json', { lastgood });
    expect(code).toBe(5);
    expect(terminal.json).toMatchObject({ outcome: 'failed' });
  });
});
