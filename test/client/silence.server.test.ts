import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { runProgram } from '../../src/cli/program';
import { createCli, type Cli } from '../../src/cli/session';
import { words } from '../cli/session';
import { caught } from '../fakes/caught';
import { FakeTerminal } from '../fakes/terminal';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { manifestOf, shopCatalog } from './shop';

describeWithServer(['temporal', 'postgres'], 'without a worker', (temporal = '', postgres = '') => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let house: House;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });
  beforeEach(async () => {
    database = await postgresForTests(postgres);
    house = await new House({ temporal, databaseUrl: database.url, bundle }).open(shopCatalog);
  });
  afterEach(async () => {
    await house.close();
    await database.stop();
  });

  /** The real command line, on the real servers. */
  async function typed(line: string): Promise<{ readonly code: number; readonly terminal: FakeTerminal }> {
    const terminal = new FakeTerminal();
    const environment = { LASTGOOD_DATABASE_URL: database.url, LASTGOOD_DATA: '/nowhere' };
    const cli: Cli = { ...createCli(terminal, environment), withLastgood: (run) => run(house.lastgood) };
    return { code: await runProgram(cli, words(line)), terminal };
  }

  it('every call says so in time, and a survey is taken back', async () => {
    const { lastgood } = house;
    const run = await lastgood.startRollback({ environment: 'shop', components: ['orders'], reason: 'bad' });
    const silent = await Promise.all([
      caught(lastgood.planRollback({ environment: 'shop', components: ['orders'], reason: 'bad' })),
      caught(lastgood.beginRelease(manifestOf('build-1', { orders: '3.1.0' }))),
      caught(lastgood.importReleases('shop', [])),
      caught(lastgood.status(run.workflowId)),
      caught(lastgood.decide(run.workflowId, 'stop', {})),
    ]);
    expect(silent.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'WORKER_SILENT'));
    const { workflow } = house.temporal.client;
    const ends: string[] = [];
    for await (const { status } of workflow.list({ query: 'WorkflowType = "survey"' })) ends.push(status.name);
    expect(ends).toEqual(['TERMINATED', 'TERMINATED']);
  });

  it('commands end with 7 and say how to go on', async () => {
    const [rollback, check, begin, refusing] = await Promise.all([
      typed('rollback shop orders --key INC-9 --reason "bad"'),
      typed('check shop orders --json'),
      typed('release finish shop build-1 --json'),
      typed('release finish shop build-1 --on-unavailable refuse'),
    ]);
    expect(rollback.code).toBe(7);
    expect(rollback.terminal.stderr).toContain('no worker has begun with it within 10 s');
    expect(rollback.terminal.stderr).toContain('lastgood status rollback/shop/INC-9 --watch');
    expect(check.code).toBe(7);
    expect(check.terminal.json).toMatchObject({ error: { code: 'WORKER_SILENT' } });
    expect(begin.code).toBe(0);
    expect(begin.terminal.json).toMatchObject({ recorded: false, error: { code: 'WORKER_SILENT' } });
    expect(refusing.code).toBe(7);
    expect((await house.lastgood.run('rollback/shop/INC-9')).workflowId).toBe('rollback/shop/INC-9');
  });

  it('what was started goes on when one comes', async () => {
    const run = await house.lastgood.startRollback({ environment: 'shop', components: ['order'], reason: 'bad' });
    const result = house.lastgood.result(run);
    await house.startWorker();
    expect(await result).toMatchObject({ outcome: 'refused', rollback: '' });
  });
});
