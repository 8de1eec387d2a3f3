import { FakeLastgood } from '../fakes/lastgood';
import { plans } from '../report/fixtures';
import { stories } from '../report/story';
import { typed } from './typed';

const confirmed = (): FakeLastgood => {
  const lastgood = new FakeLastgood(stories.confirmed, plans['data-loss']);
  lastgood.decidedElsewhereAt = 0;
  return lastgood;
};
const empty = (stranger?: string): FakeLastgood => {
  const lastgood = new FakeLastgood();
  lastgood.rows = [];
  lastgood.strangers = stranger;
  return lastgood;
};

describe('list', () => {
  it('asks for what was typed', async () => {
    const { lastgood } = await typed('list --open --environment production --limit 7', { lastgood: confirmed() });
    expect(lastgood.handedTo('list')).toEqual([[{ environment: 'production', open: true, limit: 7 }]]);
  });

  it('is a table, and one JSON document for programs', async () => {
    const table = await typed('list', { lastgood: confirmed() });
    expect(table.terminal.stdout).toMatch(/^ {2}rollback .*state\n/);
    expect((await typed('list --json', { lastgood: confirmed() })).terminal.json).toHaveLength(1);
    expect((await typed('list --json', { lastgood: empty() })).terminal.json).toEqual([]);
  });

  it('is empty without words of doubt when nothing was asked of it', async () => {
    const { code, terminal } = await typed('list', { lastgood: empty('the inventory knows no environment yet') });
    expect([code, terminal.stdout, terminal.stderr]).toEqual([0, 'no rollbacks', '']);
  });
});

describe('history', () => {
  it('shows times and averages, and is one JSON document for programs', async () => {
    const table = await typed('history production', { lastgood: confirmed() });
    expect(table.terminal.stdout).toContain('0:47');
    const { terminal, lastgood } = await typed('history production --limit 3 --json', { lastgood: confirmed() });
    expect(terminal.json).toMatchObject({
      rows: [{ rollback: 'rb-production-42' }],
      metrics: { total: 1, restored: 1 },
    });
    expect(lastgood.handedTo('records')).toEqual([[{ environment: 'production', limit: 3 }]]);
  });

  it('leaves dry runs out', async () => {
    const { terminal } = await typed('history production --json', { lastgood: new FakeLastgood(stories.rehearsed) });
    expect(terminal.json).toMatchObject({ rows: [], metrics: { total: 0 } });
  });
});

it.each(['history prodution', 'list --environment prodution'])(
  '%s is an error when nobody knows the environment',
  async (line) => {
    const what = 'the inventory knows no environment "prodution"; did you mean "production"?';
    const { code, terminal } = await typed(line, { lastgood: empty(what) });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain(`BAD_REQUEST  ${what}`);
  },
);

describe('report', () => {
  it('is Markdown for people', async () => {
    const { code, terminal } = await typed('report rb-production-42', { lastgood: confirmed() });
    expect(code).toBe(0);
    expect(terminal.stdout).toMatch(/^# /);
    expect(terminal.stdout).not.toMatch(/\n$/);
  });

  it.each(['report rb-production-42 --json', 'report rb-production-42 --format json'])(
    'is one JSON document: %s',
    async (line) => {
      const { terminal } = await typed(line, { lastgood: confirmed() });
      expect(terminal.json).toMatchObject({ rollback: 'rb-production-42', outcome: 'confirmed' });
    },
  );

  it('of a rollback that nobody knows is an error', async () => {
    const { code, terminal } = await typed('report rb-9 --format json', { lastgood: new FakeLastgood() });
    expect(code).toBe(2);
    expect(terminal.json).toMatchObject({ error: { code: 'UNKNOWN_ROLLBACK' } });
  });
});
