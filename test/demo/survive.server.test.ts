import type { DevProcess } from '../../src/demo/dev-process';
import { judgeJournals } from '../../src/demo/journals';
import { progressOf } from '../../src/domain/fold-progress';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';
import { Scene } from './scene';

// This suite kills its servers, so it never uses one that somebody else runs.
delete process.env['TEMPORAL_ADDRESS'];

describeWithServer(['temporal', 'postgres'], 'a rollback in the middle of which a process is killed', () => {
  let scene: Scene;
  let leftRunning: readonly number[] = [];

  beforeAll(async () => {
    scene = new Scene(scratchDirectory());
    await scene.open();
  });

  afterAll(async () => {
    leftRunning = await scene.close();
    expect(leftRunning).toEqual([]);
  });

  async function rollsBackAlthough(victim: DevProcess, awayMs: number): Promise<void> {
    await scene.deploy('2.0.0');
    const since = new Date().toISOString();
    const key = `survive-${victim}`;
    const rollback = scene.lastgood('rollback', 'demo', 'orders', '--reason', 'orders fail', '--key', key, '--yes');
    expect(await scene.killInTheMiddle(victim)).toBe('2.0.0');
    await scene.keepAway(victim, awayMs);

    const { code, said } = await rollback;
    expect({ code, said }).toMatchObject({ code: 0 });
    const { progress, events, steps, locks, report } = await scene.aftermath(key);
    expect(progress).toMatchObject({ outcome: 'confirmed', phase: 'closed' });
    expect(judgeJournals(scene.shop.directory, scene.shop.legalOrder('1.1.0'), since)).toMatchObject({ ok: true });
    expect(steps.map((step) => step.split(' ')[1])).toEqual(steps.map(() => expect.stringMatching(/reverted|already/)));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index));
    expect(progressOf(events)).toEqual(progress);
    expect(locks).toEqual([]);
    expect(report).toContain('confirmed');
  }

  it('ends confirmed although the worker was killed', () => rollsBackAlthough('worker', 0), 300_000);

  it('ends confirmed although the Temporal server was killed', () => rollsBackAlthough('temporal', 0), 300_000);

  it(
    'ends confirmed although PostgreSQL was killed again and again',
    () => rollsBackAlthough('postgres', 5_000),
    300_000,
  );
});
