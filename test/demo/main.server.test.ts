import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess } from '../../src/adapters/process-identity';
import { dist } from '../../src/demo/programs';
import type { DevState } from '../../src/dev/data-directory';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';

/** One run of the built demo without a terminal. */
class DemoRun {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  said = '';

  constructor(data: string, ...args: readonly string[]) {
    const env = { ...process.env, TEMPORAL_ADDRESS: '', LASTGOOD_DATA: data, NO_COLOR: '1' };
    this.process = spawn(process.execPath, [join(dist, 'demo/main.js'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    }
    this.ended = new Promise((done) => this.process.once('close', done));
  }

  /** Waits until it says so; fails with all that it said when it ends before. */
  async says(text: string): Promise<void> {
    const end = this.ended.then(() => true);
    while (!this.said.includes(text)) {
      const isOver = await Promise.race([end, new Promise<false>((done) => setTimeout(() => done(false), 50))]);
      if (isOver && !this.said.includes(text)) throw new Error(`it ended without saying "${text}":\n${this.said}`);
    }
  }
}

/** Every process that the demo in this directory has told us of. */
function pidsOf(run: string): readonly number[] {
  const { pids } = JSON.parse(readFileSync(join(run, 'data', 'dev.json'), 'utf8')) as DevState;
  const files = readdirSync(join(run, 'shop', 'run')).filter((name) => name.endsWith('.pid'));
  return [...Object.values(pids), ...files.map((name) => Number(readFileSync(join(run, 'shop', 'run', name), 'utf8')))];
}

describeWithServer(['temporal', 'postgres'], 'npm run demo', () => {
  const runs: DemoRun[] = [];
  let data: string;

  function demo(...args: readonly string[]): DemoRun {
    const run = new DemoRun(data, ...args);
    runs.push(run);
    return run;
  }

  beforeEach(() => {
    data = scratchDirectory();
  });
  // A demo that is stopped in the middle of its start first brings that to an end.
  afterEach(async () => {
    for (const { process, ended } of runs.splice(0)) {
      process.kill('SIGTERM');
      await ended;
    }
  }, 120_000);

  it('waits without a terminal until somebody approves elsewhere, refuses a second one, and stops without a trace', async () => {
    const first = demo();
    await first.says('the rollback waits until it is approved elsewhere');
    expect(first.said).toMatch(/\$ LASTGOOD_DATA=\S+ node \S+cli\/main\.js approve demo-/);

    const second = demo('--yes');
    expect(await second.ended).toBe(2);
    expect(second.said).toContain(`a demo runs already: process ${first.process.pid ?? 0}`);

    const pids = pidsOf(join(data, 'demo', 'run'));
    expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toHaveLength(pids.length);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(130);
    expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
    expect(readdirSync(join(data, 'demo'))).toEqual(['run']);
  }, 300_000);

  it('answers an unknown flag with the flags there are, and touches nothing', async () => {
    const run = demo('--ja');
    expect(await run.ended).toBe(2);
    expect(run.said).toContain('the demo does not know "--ja"');
    expect(run.said).toContain('npm run demo -- --crash');
    expect(readdirSync(data)).toEqual([]);
  });
});
