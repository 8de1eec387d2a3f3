import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';
import { DemoRun, pidsOf, runningOf } from './demo-run';

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
  });

  it('waits without a terminal until somebody approves elsewhere, refuses a second one, and stops without a trace', async () => {
    const first = demo();
    await first.says('the rollback waits until it is approved elsewhere');
    expect(first.said).toMatch(/\$ LASTGOOD_DATA=\S+ node \S+cli\/main\.js approve demo-/);

    const second = demo('--yes');
    expect(await second.ended).toBe(2);
    expect(second.said).toContain(`a demo runs already: process ${first.process.pid ?? 0}`);

    const pids = pidsOf(join(data, 'demo', 'run'));
    expect(runningOf(pids)).toHaveLength(pids.length);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(130);
    expect(runningOf(pids)).toEqual([]);
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
