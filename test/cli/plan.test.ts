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

  it.each([
    ['--flag-only', { flagOnly: true }],
    [
      '--severity 2 --affected 7% --cause unknown',
      { decision: { severity: 2, affectedShare: 0.07, causeKnown: false } },
    ],
    ['--fix-in 20m --data none --cause known', { decision: { fixEtaMin: 20, data: 'none', causeKnown: true } }],
    ['--flag-isolates new-payment-flow', { decision: { flagIsolates: 'new-payment-flow' } }],
    ['--affected 0.5', { decision: { affectedShare: 0.5 } }],
  ])('hands over %s', async (options, wish) => {
    const { lastgood } = await typed(`plan production orders ${options}`, { lastgood: planned('safe-single') });
    expect(lastgood.handedTo('planRollback')).toMatchObject([[wish]]);
    const started = await typed(`rollback production orders --reason x --detach ${options}`, {
      lastgood: planned('safe-single'),
    });
    expect(started.lastgood.handedTo('startRollback')).toMatchObject([[wish, {}]]);
  });

  it.each([
    ['--severity 0', /Allowed choices are 1, 2, 3, 4/],
    ['--affected 107%', /"107%" is not a share/],
    ['--fix-in soon', /"soon" is not a duration/],
  ])('refuses %s', async (options, sentence) => {
    const { code, terminal } = await typed(`plan production orders ${options}`);
    expect(code).toBe(2);
    expect(terminal.stderr).toMatch(sentence);
  });

  it('prints what is different from the plan that was shown before', async () => {
    const lastgood = planned('data-loss');
    lastgood.earlier = plans['safe-group-with-flag'];
    const { code, terminal } = await typed('plan production orders --changes', { lastgood });
    expect(code).toBe(10);
    expect(terminal.stdout).toMatch(
      /^LOSES DATA: .*\n {2}different from the plan of rb-production-42 \(shown .* ago\) in \d+/,
    );
    expect(terminal.stdout).toContain('• verdict: SAFE → LOSES DATA');
    const machine = await typed('plan production orders --changes --json', { lastgood });
    expect(machine.terminal.json).toMatchObject({ since: 'rb-production-42', digest: plans['data-loss'].digest });
  });

  it('says so when the decision is the same, and when there is no earlier plan', async () => {
    const lastgood = planned('data-loss');
    expect((await typed('plan production orders --changes', { lastgood })).terminal.stdout).toContain(
      'no earlier plan for these components is known',
    );
    lastgood.earlier = plans['data-loss'];
    expect((await typed('plan production orders --changes', { lastgood })).terminal.stdout).toContain(
      'the same decision as in rb-production-42',
    );
  });

  it('prints all of the advice, and Markdown for a pull request', async () => {
    const advice = await typed(`${offline} --why advice`);
    expect(advice.terminal.stdout).toMatch(/^ROLL BACK: the cause is unknown.*\(D6, high confidence\)/);
    expect(advice.terminal.stdout).toContain('would flip it: ');
    expect((await typed(`${offline} --format md`)).terminal.stdout).toMatch(/^### LOSES DATA/);
  });

  it('offline changes what the document asks for by what is typed', async () => {
    const { terminal } = await typed(`${offline} --severity 4 --cause known --fix-in 30s --data none --json`);
    expect(terminal.json).toMatchObject({ advice: { decision: 'FIX FORWARD', rule: 'D7' } });
    const refused = await typed(`${offline} --to orders=9.9.9`);
    expect([refused.code, refused.terminal.stdout]).toEqual([3, expect.stringContaining('known are 3.0.9')]);
  });

  it.each([`${offline} --changes`, `plan production orders --offline examples/two-services.facts.json`])(
    'refuses what can not go together: %s',
    async (line) => {
      const { code, terminal } = await typed(line);
      expect(code).toBe(2);
      expect(terminal.stderr).toContain('--offline goes without');
    },
  );

  it('explains one unit, in words and as JSON', async () => {
    const said = await typed('plan production orders --why payments', { lastgood: planned('data-loss') });
    expect(said.code).toBe(0);
    expect(said.terminal.stdout).toContain('pay21-needs-ord31');
    const machine = await typed('plan production orders --why payments --json', { lastgood: planned('data-loss') });
    expect(machine.terminal.json).toMatchObject({
      unit: 'payments',
      reasons: expect.arrayContaining([expect.stringContaining('pay21')]),
    });
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
