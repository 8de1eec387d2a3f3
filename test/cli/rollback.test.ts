import { LastgoodError } from '../../src/domain/errors';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import type { Deployment } from '../../src/domain/release';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { nowMs, plans } from '../report/fixtures';
import { approvalAsk, stories } from '../report/story';
import { typed } from './typed';

const line = 'rollback production orders --reason "5xx since 02:51"';
const ends = [
  ['confirmed', 0],
  ['rehearsed', 0],
  ['refused', 3],
  ['rejected', 4],
  ['expired', 4],
  ['failed', 5],
  ['restored-unconfirmed', 8],
  ['stopped', 9],
] as const;

/** A rollback whose questions are all decided by others, at once. */
function decidedElsewhere(story: readonly RollbackEvent[]): FakeLastgood {
  const undecided = story.map((event) =>
    event.kind === 'asked' ? { ...event, kind: 'phase', phase: 'planning' } : event,
  );
  return new FakeLastgood(undecided as readonly RollbackEvent[], plans['data-loss']);
}

const theStory = (story: readonly RollbackEvent[]): FakeLastgood => new FakeLastgood(story, plans['data-loss']);
const person = (...types: string[]): FakeTerminal => {
  const terminal = new FakeTerminal(true);
  terminal.types.push(...types);
  return terminal;
};

describe('a rollback in a pipeline', () => {
  it('hands over what was typed', async () => {
    const { lastgood } = await typed(
      'start production payments/eu orders --reason "5xx" --key INC-381 --to orders=3.0.8 --to payments/eu=2.0.4 --accept rule-a --accept rule-b --again --detach',
    );
    expect(lastgood.handedTo('startRollback')).toEqual([
      [
        {
          environment: 'production',
          components: ['payments/eu', 'orders'],
          reason: '5xx',
          to: { orders: '3.0.8', 'payments/eu': '2.0.4' },
          dryRun: false,
          accept: ['rule-a', 'rule-b'],
          trigger: 'cli',
        },
        { key: 'INC-381', again: true },
      ],
    ]);
    expect(lastgood.handedTo('close')).toHaveLength(1);
  });

  it.each(ends)('that ends as %s ends with exit code %i and its last screen', async (outcome, code) => {
    const ended = await typed(line, { lastgood: decidedElsewhere(stories[outcome]) });
    expect(ended.code).toBe(code);
    expect(ended.terminal.out.at(-1)).toMatch(
      /^(CONFIRMED|REHEARSED|REFUSED|REJECTED|EXPIRED|FAILED|RESTORED|STOPPED)/,
    );
    expect(ended.terminal.err).toEqual([]);
    expect(ended.terminal.screens).toEqual([]);
  });

  it.each(ends)(
    'with --json, that ends as %s, prints its record as one document and the rest on stderr',
    async (outcome, code) => {
      const ended = await typed(`${line} --json`, { lastgood: decidedElsewhere(stories[outcome]) });
      expect(ended.code).toBe(code);
      expect(ended.terminal.json).toMatchObject({ rollback: 'rb-production-42', outcome });
      expect(ended.terminal.stderr).toContain('rb-production-42');
    },
  );

  it('prints each event once, as a line', async () => {
    const { terminal } = await typed(line, { lastgood: decidedElsewhere(stories.confirmed) });
    expect(
      terminal.out.filter((text) => text.includes('unit') || text.includes('RESTORED  every target')),
    ).toHaveLength(1);
    expect(terminal.out[0]).toBe(
      '00:00  ● rb-production-42  orders of production: "orders answer 500 since deployment 812"',
    );
  });

  it('that waits for approval shows the plan, leaves it to a human and ends with 6', async () => {
    const { code, terminal, lastgood } = await typed(line, { lastgood: theStory(stories['waiting-for-approval']) });
    expect(code).toBe(6);
    expect(terminal.stdout).toContain('LOSES DATA: 37 discount codes');
    expect(terminal.out.at(-1)).toBe(
      'it waits for a human:  lastgood approve rb-production-42  or:  lastgood reject rb-production-42',
    );
    expect(lastgood.handedTo('decide')).toEqual([]);
    expect(lastgood.handedTo('planOf')).toEqual([['sha256:4f9b']]);
  });

  it('that needs a decision shows the map and the commands, and ends with 6', async () => {
    const lastgood = theStory(stories['needs-a-decision']);
    const { code, terminal } = await typed(`${line} --yes`, { lastgood });
    expect(code).toBe(6);
    expect(terminal.out.at(-1)).toContain('lastgood retry rb-production-42 orders');
    expect(terminal.out.at(-1)).toContain('live now');
  });

  it('that waits prints one JSON document when a program asked for one', async () => {
    const { code, terminal } = await typed(`${line} --json`, { lastgood: theStory(stories['waiting-for-approval']) });
    expect(code).toBe(6);
    expect(terminal.json).toMatchObject({ phase: 'awaiting-approval', ask: { id: approvalAsk.id } });
  });

  it('with --yes approves exactly what was shown, as oneself', async () => {
    const { code, terminal, lastgood } = await typed(`${line} --yes`, { lastgood: theStory(stories.confirmed) });
    expect(code).toBe(0);
    const { id, planDigest } = approvalAsk;
    expect(lastgood.handedTo('decide')).toEqual([
      ['rb-production-42', 'approve', { ask: id, planDigest, comment: '--yes' }],
    ]);
    expect(terminal.stderr).toContain('approved as ana@laptop (--yes)');
  });

  it('with --yes that may not approve itself says why, and leaves it to somebody else with 6', async () => {
    const lastgood = theStory(stories['waiting-for-approval']);
    lastgood.answer = {
      accepted: false,
      code: 'SELF_APPROVAL',
      why: 'the plan loses data, so somebody else must approve it',
      live: {},
    };
    const { code, terminal } = await typed(`${line} --yes`, { lastgood });
    expect(code).toBe(6);
    expect(terminal.stderr).toContain('SELF_APPROVAL');
    expect(terminal.stdout).toContain('lastgood approve rb-production-42');
  });

  it('says that it attached, and that an ended one is an old result', async () => {
    const open = decidedElsewhere(stories.confirmed);
    open.attached = { attached: true, ended: false };
    const attached = await typed(line, { lastgood: open });
    expect(attached.terminal.stderr).toBe('attached to rollback/production/INC-381, which was started before');
    const over = decidedElsewhere(stories.failed);
    over.attached = { attached: true, ended: true };
    const old = await typed(`${line} --key INC-381`, { lastgood: over });
    expect(old.code).toBe(5);
    expect(old.terminal.stderr).toContain('to start anew under the key INC-381 add --again');
  });

  it('with --detach leaves at once and names the command to watch it', async () => {
    const { code, terminal, lastgood } = await typed(`${line} --detach`, { lastgood: theStory(stories.confirmed) });
    expect(code).toBe(0);
    expect(terminal.stdout).toContain('lastgood status rollback/production/INC-381 --watch');
    expect(lastgood.handedTo('events')).toEqual([]);
    const machine = await typed(`${line} --detach --json`);
    expect(machine.terminal.json).toMatchObject({ workflowId: 'rollback/production/INC-381', attached: false });
  });

  it.each([
    ['KEY_IN_USE', 3],
    ['TEMPORAL_UNREACHABLE', 7],
    ['BAD_REQUEST', 2],
  ] as const)('that can not be started ends with the exit code of %s', async (code, exit) => {
    const lastgood = new FakeLastgood();
    lastgood.faults.set('startRollback', [new LastgoodError(code, { what: 'it did not start' })]);
    const ended = await typed(`${line} --json`, { lastgood });
    expect(ended.code).toBe(exit);
    expect(ended.terminal.json).toMatchObject({ error: { code, what: 'it did not start' } });
    expect(ended.terminal.stderr).toContain(`${code}  it did not start`);
    expect(lastgood.handedTo('close')).toHaveLength(1);
  });

  it('that no worker begins with ends with 7 and says that it is started', async () => {
    const { code, terminal } = await typed(line, { lastgood: new FakeLastgood() });
    expect(code).toBe(7);
    expect(terminal.stderr).toContain('WORKER_SILENT  no worker has begun with it within 5 s');
    expect(terminal.stderr).toContain('goes on by itself as soon as a worker runs');
    expect(terminal.stderr).toContain('lastgood worker');
  });

  it('that no worker can open ends with the worker’s own words and their exit code', async () => {
    const lastgood = new FakeLastgood();
    const why =
      'CATALOG_UNKNOWN_COMPONENT  there is no component "order" in production; did you mean "orders"?\n  components: orders, payments\n  give a name of the catalog; what is missing there has to be added to it';
    lastgood.unopened = { rollback: '', outcome: 'refused', why, live: {} };
    const { code, terminal } = await typed(line, { lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toBe(why);
  });

  it('that is ended from outside ends with 5 and says so', async () => {
    const lastgood = theStory(stories.reverting.filter(({ kind }) => kind !== 'asked'));
    lastgood.faults.set('result', [
      new LastgoodError('ROLLBACK_CUT_OFF', { what: 'the workflow was ended from outside' }),
    ]);
    const { code, terminal } = await typed(line, { lastgood });
    expect(code).toBe(5);
    expect(terminal.stderr).toContain('ROLLBACK_CUT_OFF');
  });

  it('is watched through an outage of the inventory, which is said once', async () => {
    const lastgood = decidedElsewhere(stories.confirmed);
    const away = new LastgoodError('DATABASE_UNREACHABLE', { what: 'the inventory does not answer' });
    lastgood.faults.set('events', [away, away, away]);
    const { code, terminal } = await typed(line, { lastgood });
    expect(code).toBe(0);
    expect(terminal.err).toEqual([
      expect.stringContaining('the rollback goes on without being seen') as string,
      'the inventory answers again',
    ]);
  });

  it('is left with 7 when the inventory stays away', async () => {
    const lastgood = decidedElsewhere(stories.confirmed);
    const away = new LastgoodError('DATABASE_UNREACHABLE', { what: 'the inventory does not answer' });
    lastgood.faults.set(
      'events',
      Array.from({ length: 100 }, () => away),
    );
    expect((await typed(line, { lastgood })).code).toBe(7);
  });

  it('is seen to its end in the inventory although Temporal is away', async () => {
    const lastgood = decidedElsewhere(stories.confirmed);
    lastgood.faults.set('result', [new LastgoodError('TEMPORAL_UNREACHABLE', { what: 'Temporal does not answer' })]);
    expect((await typed(line, { lastgood })).code).toBe(0);
  });
});

describe('a rollback at a terminal', () => {
  const { id: ask, planDigest } = approvalAsk;

  it('shows the plan, asks, approves what was shown, and redraws one screen to the end', async () => {
    const { code, terminal, lastgood } = await typed(line, {
      terminal: person('yes'),
      lastgood: theStory(stories.confirmed),
    });
    expect(code).toBe(0);
    expect(terminal.out[0]).toMatch(/^LOSES DATA: 37 discount codes/);
    expect(terminal.questions).toEqual(['approve this plan? [yes, no = reject, Enter = leave it waiting] ']);
    expect(lastgood.handedTo('decide')).toEqual([['rb-production-42', 'approve', { ask, planDigest }]]);
    expect(terminal.out.at(-1)).toMatch(/^CONFIRMED/);
    expect(terminal.stdout).not.toContain('00:00  ●');
  });

  it.each(['n', 'NO', ' no '])('rejects when "%s" is typed', async (word) => {
    const { code, lastgood } = await typed(line, { terminal: person(word), lastgood: theStory(stories.rejected) });
    expect(lastgood.handedTo('decide')).toEqual([['rb-production-42', 'reject', { ask, planDigest }]]);
    expect(code).toBe(4);
  });

  it('asks again until it understands', async () => {
    const terminal = person('maybe', 'constructor', 'y');
    const { lastgood } = await typed(line, { terminal, lastgood: theStory(stories.confirmed) });
    expect(terminal.questions).toHaveLength(3);
    expect(lastgood.handedTo('decide')).toHaveLength(1);
  });

  it('leaves it waiting at Enter, goes on watching, and does not ask again', async () => {
    const lastgood = theStory(stories.confirmed);
    lastgood.decidedElsewhereAt = 30;
    const { code, terminal } = await typed(line, { terminal: person(''), lastgood });
    expect(code).toBe(0);
    expect(terminal.stderr).toContain('left waiting; decide later:  lastgood approve rb-production-42');
    expect(terminal.questions).toHaveLength(1);
    expect(lastgood.handedTo('decide')).toEqual([]);
  });

  it('ends its question when somebody decides elsewhere', async () => {
    const lastgood = theStory(stories.confirmed);
    lastgood.decidedElsewhereAt = 10;
    const { code, terminal } = await typed(line, { terminal: person(), lastgood });
    expect(code).toBe(0);
    expect(terminal.stderr).toBe('decided elsewhere');
    expect(lastgood.handedTo('decide')).toEqual([]);
  });

  it('says so when the decision did not count', async () => {
    const lastgood = theStory(stories.confirmed);
    lastgood.answer = { accepted: false, code: 'WRONG_DIGEST', why: 'it names another plan', live: {} };
    lastgood.decidedElsewhereAt = 30;
    const { terminal } = await typed(line, { terminal: person('yes'), lastgood });
    expect(terminal.stderr).toContain('that did not count (WRONG_DIGEST): it names another plan');
  });

  it('fails when what was typed can not be said to the rollback', async () => {
    const lastgood = theStory(stories.confirmed);
    lastgood.faults.set('decide', [new LastgoodError('WORKER_SILENT', { what: 'no worker answered' })]);
    const { code, terminal } = await typed(line, { terminal: person('yes'), lastgood });
    expect(code).toBe(7);
    expect(terminal.stderr).toContain('WORKER_SILENT  no worker answered');
  });

  it.each([
    ['1', 'retry orders'],
    ['retry orders', 'retry orders'],
    ['2', 'stop'],
  ])('offers the choices of a decision: %s', async (word, choice) => {
    const lastgood = theStory(stories.failed);
    const terminal = person('yes', '9', word);
    await typed(line, { terminal, lastgood });
    expect(terminal.questions.slice(1)).toEqual(
      Array.from({ length: 2 }, () => 'what now? [1 = retry orders, 2 = stop, Enter = leave it waiting] '),
    );
    const [, decision] = lastgood.handedTo('decide');
    expect(decision).toEqual(['rb-production-42', 'decide', { ask: expect.stringMatching(/:2$/) as string, choice }]);
  });

  it('is left with Ctrl-C: it goes on, and how to stop it is said', async () => {
    const terminal = person();
    terminal.beforeAnswer = () => terminal.pressCtrlC();
    const { code } = await typed(line, { terminal, lastgood: theStory(stories['waiting-for-approval']) });
    expect(code).toBe(130);
    expect(terminal.stderr).toContain('rb-production-42 goes on without you');
    expect(terminal.stderr).toContain('lastgood status rb-production-42 --watch');
    expect(terminal.stderr).toContain('lastgood stop rb-production-42');
    expect(terminal.stderr).not.toContain('decided elsewhere');
  });

  it('is told after a while that no worker runs, and waits on', async () => {
    const terminal = person();
    const lastgood = new FakeLastgood();
    lastgood.onLook = (look) => look === 60 && terminal.pressCtrlC();
    const { code } = await typed(line, { terminal, lastgood });
    expect(code).toBe(130);
    expect(terminal.err[0]).toContain('WORKER_SILENT  no worker has begun with it within 5 s');
    expect(terminal.err.filter((text) => text.includes('WORKER_SILENT'))).toHaveLength(1);
    expect(terminal.err.at(-1)).toContain('lastgood status rollback/production/INC-381 --watch');
  });

  it('never draws over its question', async () => {
    const lastgood = theStory(stories.confirmed);
    lastgood.decidedElsewhereAt = 40;
    lastgood.portion = 4;
    const terminal = person();
    await typed(line, { terminal, lastgood });
    expect(terminal.screens.length).toBeGreaterThan(0);
  });
});

describe('a rollback that names no component', () => {
  const deployment = (id: string, more: Partial<Deployment> = {}): Deployment => ({
    environment: 'production',
    deployment: id,
    status: 'succeeded',
    by: 'ci@runner',
    beganAtMs: nowMs - 6 * 60_000,
    releases: [
      { component: 'orders', digest: 'sha256:1', version: '3.1.0' },
      { component: 'payments', digest: 'sha256:2', version: '2.1.0' },
    ],
    ...more,
  });
  const noComponent = 'rollback production --reason "it is bad"';
  const withDeployments = (story: readonly RollbackEvent[] = []): FakeLastgood => {
    const lastgood = theStory(story);
    const search = [{ component: 'search', digest: 'sha256:3', version: '9' }];
    lastgood.deployments = [deployment('build-812'), deployment('build-811', { status: 'failed', releases: search })];
    return lastgood;
  };

  it('offers the deployments of the last hour as numbered choices', async () => {
    const terminal = person('3', 'two', '2');
    const { lastgood } = await typed(`${noComponent} --detach`, { terminal, lastgood: withDeployments() });
    expect(terminal.out[0]).toMatch(
      /^Deployments of the last hour in production\n {2}1 {2}.*build-812 {2}orders 3\.1\.0, payments 2\.1\.0 {2}succeeded/,
    );
    expect(terminal.questions).toHaveLength(3);
    expect(lastgood.handedTo('recentDeployments')).toEqual([['production', 3_600_000]]);
    expect(lastgood.handedTo('startRollback')).toMatchObject([[{ components: ['search'] }, {}]]);
  });

  it('starts nothing at Enter', async () => {
    const { code, lastgood, terminal } = await typed(noComponent, {
      terminal: person(''),
      lastgood: withDeployments(),
    });
    expect(code).toBe(2);
    expect(terminal.stderr).toBe('nothing was started');
    expect(lastgood.handedTo('startRollback')).toEqual([]);
  });

  it('lists them as commands where nobody can choose, and ends with 2', async () => {
    const { code, lastgood, terminal } = await typed(noComponent, { lastgood: withDeployments() });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('lastgood rollback production orders payments --reason "why"  (build-812');
    expect(terminal.stderr).toContain('lastgood rollback production search --reason "why"  (build-811');
    expect(lastgood.handedTo('startRollback')).toEqual([]);
  });

  it.each([
    [undefined, 'nothing that is live in production was deployed in the last hour'],
    ['the inventory knows no environment "production"', 'the inventory knows no environment "production"'],
  ])('says why there is nothing to offer', async (stranger, why) => {
    const lastgood = new FakeLastgood();
    lastgood.strangers = stranger;
    const { code, terminal } = await typed(noComponent, { terminal: person(), lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain(why);
  });
});
