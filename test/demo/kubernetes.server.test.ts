import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster } from '../../src/demo/cluster';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';
import { DemoRun, pidsOf, runningOf } from './demo-run';

describeWithServer(['temporal', 'postgres', 'kubernetes'], 'npm run demo -- --kubernetes', () => {
  const never = new AbortController().signal;

  it('brings the shop back in a cluster although the worker is killed in the middle of a rollout, and leaves nothing', async () => {
    const data = scratchDirectory();
    const run = new DemoRun(data, '--kubernetes', '--yes', '--crash');
    await run.says('── The rollback');
    const pids = pidsOf(join(data, 'demo', 'run'));
    expect({ code: await run.ended, said: run.said }).toMatchObject({ code: 0 });
    expect(run.said).toContain('SIMULATED');
    expect(run.said).toMatch(/the worker \(process \d+\) was killed with SIGKILL/);
    expect(run.said).toMatch(
      /payments-settings → 1\.1\.0\n.*payments → 1\.1\.0\n.*orders → 1\.1\.0\neach transition once/,
    );
    expect(runningOf(pids)).toEqual([]);
    const report = /report\s+(\S+\.md)/.exec(run.said)?.[1] ?? '';
    expect(readFileSync(report, 'utf8')).toContain('confirmed');
  }, 300_000);

  it('says that Go is missing where the cluster can not be built, and what to do', async () => {
    const directory = scratchDirectory();
    const hooks = { say: () => undefined, stopping: never, hurrying: never };
    const env = { PATH: '/nowhere', XDG_CACHE_HOME: join(directory, 'cache') };
    const start = startCluster(directory, hooks, { env });
    await expect(start).rejects.toMatchObject({
      code: 'SERVER_NOT_AVAILABLE',
      text: {
        why: expect.stringContaining('there is no Go on PATH') as string,
        next: expect.stringContaining('npm run servers -- kubernetes') as string,
      },
    });
  });
});
