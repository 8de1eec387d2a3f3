import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { runProgram } from '../../src/cli/program';
import { createCli } from '../../src/cli/session';
import { connect, type Lastgood } from '../../src/client';
import { words } from '../cli/session';
import { caught } from '../fakes/caught';
import { TcpProxy } from '../fakes/tcp-proxy';
import { FakeTerminal } from '../fakes/terminal';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { scratchDirectory } from '../servers/run';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';
import { breakTheShop, manifestOf, shopCatalog } from './shop';

describeWithServer(['temporal', 'postgres'], 'a Temporal server that goes away', (temporal = '', postgres = '') => {
  let bundle: WorkflowBundleWithSourceMap;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let house: House;
  let line: TcpProxy;
  let lastgood: Lastgood;
  const wish = { environment: 'shop', components: ['orders'], reason: 'bad' };

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });
  beforeEach(async () => {
    database = await postgresForTests(postgres);
    house = await new House({ temporal, databaseUrl: database.url, bundle }).open(shopCatalog);
    await house.startWorker();
    line = new TcpProxy(temporal);
    await line.mend();
    lastgood = await connect({
      databaseUrl: database.url,
      temporal: { address: line.address, namespace: house.namespace },
      identity: 'ana@test',
    });
  });
  afterEach(async () => {
    await lastgood.close();
    await line.cut();
    await house.close();
    await database.stop();
  });

  it('is named with its address, and closing then harms nobody', async () => {
    const run = await lastgood.startRollback(wish);
    const waiting = lastgood.result(run, AbortSignal.timeout(500)).catch(() => 'given up');
    await line.cut();
    const error = await caught(lastgood.status(run.workflowId));
    expect(error.code).toBe('TEMPORAL_UNREACHABLE');
    expect(error.text.what).toContain(line.address);
    await lastgood.close();
    // A retry of the SDK that outlived the connection would throw out of a timer now.
    await sleep(1_500);
    expect(await waiting).toBe('given up');
  });

  it('ends every command that asks it with 7, its address and what to do', async () => {
    await breakTheShop(house);
    const { workflowId } = await lastgood.startRollback(wish);
    const rollback = await asked(house.lastgood, workflowId);
    await line.cut();
    const manifest = join(scratchDirectory(), 'next.yaml');
    writeFileSync(manifest, JSON.stringify(manifestOf('next', { orders: '3.2.0' })));
    const told = await Promise.all(
      linesThatAsk(rollback, manifest).map(async (command) => {
        const terminal = new FakeTerminal();
        const code = await runProgram(createCli(terminal, environment()), words(command));
        return { command, code, said: terminal.stderr };
      }),
    );
    const why = expect.stringMatching(
      new RegExp(`^TEMPORAL_UNREACHABLE  Temporal does not answer at ${line.address}\n[^]*lastgood dev`),
    );
    expect(told).toEqual(told.map(({ command }) => ({ command, code: 7, said: why })));
  });

  it('is not missed by a command that needs the inventory alone', async () => {
    await line.cut();
    const terminal = new FakeTerminal();
    expect(await runProgram(createCli(terminal, environment()), ['gate', 'shop', 'orders@3.0.9'])).not.toBe(7);
    expect(await runProgram(createCli(terminal, environment()), ['list'])).toBe(0);
  });

  it('delays a result and does not lose it', async () => {
    await breakTheShop(house);
    const run = await lastgood.startRollback(wish);
    const result = lastgood.result(run);
    await line.cut();
    for (;;) {
      const { ask, rollback } = await house.lastgood.status(run.workflowId);
      if (ask === undefined) continue;
      await house.lastgood.decide(rollback, 'reject', { ask: ask.id, planDigest: ask.planDigest });
      break;
    }
    await house.lastgood.result(run);
    await line.mend();
    expect(await result).toMatchObject({ outcome: 'rejected' });
  });

  function environment(): NodeJS.ProcessEnv {
    const { address } = line;
    const data = '/nowhere';
    return {
      LASTGOOD_DATABASE_URL: database.url,
      LASTGOOD_DATA: data,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: house.namespace,
    };
  }
});

/** Every command that needs a workflow, with this rollback and this manifest. */
function linesThatAsk(rollback: string, manifest: string): readonly string[] {
  return [
    `approve ${rollback}`,
    `reject ${rollback}`,
    `pause ${rollback}`,
    `resume ${rollback}`,
    `stop ${rollback}`,
    `retry ${rollback} orders`,
    `skip ${rollback} orders --reason x`,
    `reinstate ${rollback} --reason x`,
    `status ${rollback}`,
    `status ${rollback} --json`,
    'plan shop orders',
    'check shop',
    'rollback shop orders --reason bad --key another',
    `release begin -f ${manifest} --on-unavailable refuse`,
    'release finish shop bad --on-unavailable refuse',
    'import shop',
  ];
}

/** Waits until the rollback asks; answers with its `rb-…` id. */
async function asked(lastgood: Lastgood, name: string): Promise<string> {
  for (;;) {
    const { ask, rollback } = await lastgood.status(name);
    if (ask !== undefined) return rollback;
    await sleep(50);
  }
}
