import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LastgoodError } from '../../src/domain/errors';
import { FakeLastgood } from '../fakes/lastgood';
import { plans } from '../report/fixtures';
import { stories } from '../report/story';
import { typed } from './typed';

const planned = (name: keyof typeof plans): FakeLastgood => new FakeLastgood(stories.rehearsed, plans[name]);
const offline = 'plan --offline examples/two-services.facts.json';

describe.each(['plan', 'check'])('%s production orders', (command) => {
  it.each([
    ['safe-single', 0, 'SAFE'],
    ['data-loss', 10, 'LOSES DATA'],
    ['unknown-pairs', 10, 'UNKNOWN'],
    ['blocked-by-schema', 3, 'BLOCKED'],
  ] as const)('that is %s ends with %i', async (name, code, verdict) => {
    const ended = await typed(`${command} production orders`, { lastgood: planned(name) });
    expect(ended.code).toBe(code);
    expect(ended.terminal.stdout.startsWith(verdict)).toBe(true);
    const machine = await typed(`${command} production orders --json`, { lastgood: planned(name) });
    expect(machine.code).toBe(code);
    expect(machine.terminal.json).toMatchObject({ verdict });
    expect(machine.terminal.stderr).toBe('');
  });

  it('that could not be made ends with the worker’s own words', async () => {
    const why = 'HTTP_UNREACHABLE  GET http://127.0.0.1:9/ failed\n  connect ECONNREFUSED\n  look at the service';
    const story = stories.refused.map((event) => (event.kind === 'closed' ? { ...event, why } : event));
    const { code, terminal } = await typed(`${command} production orders`, { lastgood: new FakeLastgood(story) });
    expect([code, terminal.stderr]).toEqual([7, why]);
  });

  it.each([
    ['WORKER_SILENT', 7],
    ['CATALOG_UNKNOWN_COMPONENT', 2],
    ['CATALOG_NOT_FOUND', 2],
  ] as const)('ends with the exit code of %s', async (code, exit) => {
    const lastgood = planned('safe-single');
    lastgood.faults.set('planRollback', [new LastgoodError(code, { what: 'no plan' })]);
    const ended = await typed(`${command} production orders --json`, { lastgood });
    expect(ended.code).toBe(exit);
    expect(ended.terminal.json).toMatchObject({ error: { code } });
  });
});

describe('plan', () => {
  it('hands over what was typed', async () => {
    const { lastgood } = await typed('plan production orders --to orders=3.0.8 --accept rule-a', {
      lastgood: planned('safe-single'),
    });
    expect(lastgood.handedTo('planRollback')).toMatchObject([
      [{ environment: 'production', components: ['orders'], to: { orders: '3.0.8' }, accept: ['rule-a'] }],
    ]);
  });

  it('explains one unit, in words and as JSON', async () => {
    const said = await typed('plan production orders --why payments', { lastgood: planned('data-loss') });
    expect(said.code).toBe(0);
    expect(said.terminal.stdout).toContain('pay21-needs-ord31');
    const machine = await typed('plan production orders --why payments --json', { lastgood: planned('data-loss') });
    expect(machine.terminal.json).toMatchObject({ unit: 'payments', reasons: expect.arrayContaining([expect.stringContaining('pay21')]) });
  });

  it('names its units when the one that was asked about is not there', async () => {
    const { code, terminal } = await typed('plan production orders --why paymets', { lastgood: planned('data-loss') });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('the plan has no unit "paymets"; did you mean "payments"?');
    expect(terminal.stdout).toBe('');
  });

  it('offline asks no server, and makes the same plan byte for byte', async () => {
    const first = await typed(`${offline} --json`);
    const second = await typed(`${offline} --json`);
    expect(first.terminal.json).toMatchObject({ verdict: 'LOSES DATA' });
    expect(second.terminal.stdout).toBe(first.terminal.stdout);
    expect(first.lastgood.calls).toEqual([]);
  });
});

describe('facts that can not be used', () => {
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'lastgood-facts-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ['{"environment": 1}', 'FACTS_INVALID'],
    ['not: [json', 'FACTS_INVALID'],
  ])('%s', async (text, code) => {
    const path = join(directory, 'facts.json');
    writeFileSync(path, text);
    const ended = await typed(`plan --offline ${path}`);
    expect(ended.code).toBe(2);
    expect(ended.terminal.stderr).toContain(code);
  });

  it('because nothing is there', async () => {
    const { code, terminal } = await typed(`plan --offline ${join(directory, 'nothing.json')}`);
    expect(code).toBe(2);
    expect(terminal.stderr).toMatch(/^BAD_REQUEST {2}.*nothing\.json can not be read\n {2}there is no such file/);
  });
});
