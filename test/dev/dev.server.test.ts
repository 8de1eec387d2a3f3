import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { rememberedPorts } from '../../src/adapters/ports';
import { identifyProcess } from '../../src/adapters/process-identity';
import type { DevState } from '../../src/dev/data-directory';
import { describeWithServer } from '../servers/describe-with-server';
import { ask } from '../servers/postgres';
import { scratchDirectory } from '../servers/run';

const program = resolve(__dirname, '..', '..', 'dist', 'dev', 'main.js');
const catalog = `
apiVersion: lastgood.dev/v1
environment: demo
components:
  shop:
    layers:
      - id: open
        layer: feature-flag
        target: { provider: http, read: { url: "http://127.0.0.1:9/flags/open" }, write: { method: PATCH } }
`;

/** One run of the built program: what it printed, and its end. */
class DevRun {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  said = '';

  constructor(directory: string) {
    const env = { ...process.env, TEMPORAL_ADDRESS: '', LASTGOOD_DATABASE_URL: '', LASTGOOD_CATALOG: '' };
    const args = [program, '--data', directory, '--catalog', join(directory, '..', 'catalog.yaml')];
    this.process = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = new Promise((done) => this.process.once('exit', done));
  }

  /** Waits until it says so; fails with all that it said when it ends before. */
  async says(text: string): Promise<void> {
    const end = this.ended.then(() => true);
    while (!this.said.includes(text)) {
      const isOver = await Promise.race([end, pause().then(() => false)]);
      if (isOver && !this.said.includes(text)) throw new Error(`it ended without saying "${text}":\n${this.said}`);
    }
  }
}

/** Ports as if remembered from last time, far from the defaults: other runs on this machine compete for those. */
async function rememberQuietPorts(directory: string): Promise<void> {
  const base = 20_000 + (process.pid % 100) * 100;
  const wanted = { temporal: base, temporalUi: base, gateway: base, postgres: base };
  const { postgres, ...others } = await rememberedPorts(join(directory, 'ports.json'), wanted);
  mkdirSync(join(directory, 'postgres'), { mode: 0o711 });
  writeFileSync(join(directory, 'postgres', 'ports.json'), JSON.stringify({ postgres }));
  writeFileSync(join(directory, 'ports.json'), JSON.stringify(others));
}

/** Never 0: to the kernel that is our own process group. */
function pidOf(pids: DevState['pids'], name: string): number {
  const pid = pids[name];
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

function pause(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, 50);
  });
}

describeWithServer(['temporal', 'postgres'], 'lastgood dev', () => {
  let directory: string;
  const runs: DevRun[] = [];
  beforeEach(async () => {
    const scratch = scratchDirectory();
    directory = join(scratch, 'data');
    writeFileSync(join(scratch, 'catalog.yaml'), catalog);
    await rememberQuietPorts(directory);
  });
  afterEach(async () => {
    for (const { process, ended } of runs.splice(0)) {
      process.kill('SIGTERM');
      await ended;
    }
  });

  function dev(): DevRun {
    const run = new DevRun(directory);
    runs.push(run);
    return run;
  }

  function state(): DevState {
    return JSON.parse(readFileSync(join(directory, 'dev.json'), 'utf8')) as DevState;
  }

  async function isReady(): Promise<boolean> {
    return fetch(`${state().gateway}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async function describeNamespace(description?: string): Promise<string> {
    const connection = await Connection.connect({ address: state().temporalAddress });
    try {
      const { workflowService } = connection;
      const namespace = 'default';
      if (description !== undefined) await workflowService.updateNamespace({ namespace, updateInfo: { description } });
      return (await workflowService.describeNamespace({ namespace })).namespaceInfo?.description ?? '';
    } finally {
      await connection.close();
    }
  }

  it('starts everything, keeps its state over a restart, and leaves nothing running', async () => {
    const first = dev();
    await first.says('ready\n');
    expect(await isReady()).toBe(true);
    expect(statSync(join(directory, 'dev.json')).mode & 0o777).toBe(0o600);
    expect(first.said).not.toContain(new URL(state().databaseUrl).password);
    const { pids, ...addresses } = state();
    await ask(state().databaseUrl, 'create table kept as select 42 as answer');
    await describeNamespace('kept');
    first.process.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(Object.values(pids).filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);

    await dev().says('ready\n');
    expect(state()).toMatchObject(addresses);
    expect(await ask(state().databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await describeNamespace()).toBe('kept');
  });

  it('starts each of the four again when it is killed, at the same address', async () => {
    await dev().says('ready\n');
    const { pids: before, ...addresses } = state();
    for (const name of ['worker', 'temporal', 'postgres', 'gateway']) {
      process.kill(pidOf(before, name), 'SIGKILL');
      while (state().pids[name] === before[name] || !(await isReady())) await pause();
    }
    expect(state()).toMatchObject(addresses);
  });

  it('tells a second one who runs already and where', async () => {
    const first = dev();
    await first.says('ready\n');
    const second = dev();
    expect(await second.ended).toBe(0);
    expect(second.said).toContain(`runs here already: process ${first.process.pid ?? 0}`);
    expect(second.said).toContain(state().gateway);
    expect(await isReady()).toBe(true);
  });

  it('clears up after one that was killed', async () => {
    const first = dev();
    await first.says('ready\n');
    const { pids, ...addresses } = state();
    first.process.kill('SIGKILL');
    await first.ended;
    const second = dev();
    await second.says('ready\n');
    expect(state()).toMatchObject(addresses);
    for (const name of ['worker', 'temporal', 'gateway']) expect(identifyProcess(pidOf(pids, name))).toBeUndefined();
    second.process.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(second.said).toContain('stopped; the state is kept\n');
    expect(identifyProcess(pidOf(pids, 'postgres'))).toBeUndefined();
  });

  it('ends everything at once at the second Ctrl-C', async () => {
    const run = dev();
    await run.says('ready\n');
    const { pids } = state();
    run.process.kill('SIGINT');
    await run.says('again: kill at once');
    await new Promise((done) => {
      setTimeout(done, 350);
    });
    run.process.kill('SIGINT');
    expect([0, 130]).toContain(await run.ended);
    const alive = (): readonly number[] => Object.values(pids).filter((pid) => identifyProcess(pid) !== undefined);
    while (alive().length > 0) await pause();
  });
});
