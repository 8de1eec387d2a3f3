import { mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench } from '../fakes/bench';
import { caught } from '../fakes/caught';
import { ReleaseHost } from '../fakes/release-host';

let host: ReleaseHost;
beforeEach(async () => {
  host = await ReleaseHost.create();
});
afterEach(() => host.remove());

const bench = (more = {}): Bench => new Bench('release-directory', { ...host.target, ...more });
/** A host whose process is not started: its version is the content of a file. */
const still = (more = {}): Bench => {
  const version = { command: ['cat', join(host.root, 'run', 'version')] };
  return bench({ reload: host.journalCommand, version, settle: '300ms', ...more });
};
const runs = (version: string): void => writeFileSync(join(host.root, 'run', 'version'), `${version}\n`);
const current = (): string => readlinkSync(join(host.root, 'current'));

describe('what is observed', () => {
  it('is what runs beside what is linked', async () => {
    host.unpack('2.0.4');
    host.unpack('2.1.0');
    host.link('2.1.0');
    runs('2.0.4');
    const seen = await still().observe();
    expect(seen).toMatchObject({ version: '2.0.4', settled: false, health: 'healthy' });
    expect(seen).not.toHaveProperty('digest');
    expect(seen.summary).toBe('current → releases/2.1.0, but 2.0.4 runs');
    expect(seen.candidates).toMatchObject([
      { version: '2.0.4', source: 'releases/2.0.4', digest: expect.stringMatching(/^sha256:/) as string },
    ]);
  });

  it('names the linked release while nothing answers, so that a crashed release has a name', async () => {
    host.unpack('2.1.0');
    host.link('2.1.0');
    const seen = await still().observe();
    expect(seen).toMatchObject({
      version: '2.1.0',
      digest: expect.any(String) as string,
      settled: false,
      health: 'unhealthy',
    });
    expect(seen.summary).toMatch(
      /^current → releases\/2\.1\.0, and nothing says what runs \(cat ended with 1: .*No such file/,
    );
  });

  it.each<[string, () => void, string]>([
    ['nothing is linked', () => undefined, 'there is no link current'],
    [
      'a link leads out',
      () => symlinkSync('/etc', join(host.root, 'current')),
      'current → /etc, which is no directory under releases',
    ],
    [
      'a link climbs out',
      () => symlinkSync('releases/../../etc', join(host.root, 'current')),
      'current → releases/../../etc, which is no directory under releases',
    ],
    ['the linked directory is gone', () => host.link('9.9.9'), 'current → releases/9.9.9, which is not there'],
  ])('is said in words when %s', async (_, arrange, summary) => {
    arrange();
    const seen = await bench({ version: undefined }).observe();
    expect(seen.summary).toBe(summary);
    expect(seen).not.toHaveProperty('digest');
  });

  it('reads absolute links like relative ones', async () => {
    host.unpack('2.1.0');
    host.link('2.1.0');
    const before = await still().observe();
    rmSync(join(host.root, 'current'));
    symlinkSync(join(host.root, 'releases', '2.1.0/'), join(host.root, 'current'));
    expect((await still().observe()).fingerprint).toBe(before.fingerprint);
  });
});

describe('a target that is refused', () => {
  it.each<[string, () => void, string, string]>([
    [
      'is missing',
      () => rmSync(join(host.root, 'releases', '2.0.4'), { recursive: true }),
      'ARTIFACT_MISSING',
      'is not there',
    ],
    [
      'has another content',
      () => writeFileSync(join(host.root, 'releases', '2.0.4', 'x'), ''),
      'ARTIFACT_CHANGED',
      'does not hold what was recorded',
    ],
  ])('because its directory %s', async (_, damage, code, why) => {
    host.unpack('2.0.4');
    host.unpack('2.1.0');
    host.link('2.0.4');
    const layer = still();
    const goal = await layer.captured('2.0.4');
    host.link('2.1.0');
    const step = await layer.stepTo(goal);
    damage();
    expect(await layer.assess(goal)).toMatchObject({
      kind: 'refused',
      reason: 'unavailable',
      code,
      why: expect.stringContaining(why) as string,
    });
    expect(await layer.dryRun(step)).toMatchObject({ result: 'failed', why: expect.stringContaining(why) as string });
    expect((await caught(layer.revert(step))).code).toBe(code);
    expect(current()).toBe('releases/2.1.0');
  });

  it.each(['../../etc', 'a/b', '..', '.hidden', '-rf', ''])(
    'because the label %j is no name of a directory',
    async (version) => {
      host.unpack('2.1.0');
      host.link('2.1.0');
      const plan = await still().assess({ version });
      expect(plan).toMatchObject({
        kind: 'refused',
        code: 'ARTIFACT_MISSING',
        why: `"${version}" can not be the name of a directory`,
      });
    },
  );

  it('because nothing was linked when it was captured', async () => {
    const layer = still();
    const goal = await layer.captured('0.0.0');
    host.unpack('2.1.0');
    host.link('2.1.0');
    expect(await layer.assess(goal)).toMatchObject({
      kind: 'refused',
      why: `nothing was linked in ${host.root} when this state was captured`,
    });
  });
});

describe('the goal', () => {
  it('is the recorded artifact, in the directory that the capture knows it by', async () => {
    host.unpack('build-77');
    host.unpack('2.1.0');
    host.link('build-77');
    const layer = still();
    const goal = await layer.captured('2.0.4');
    const { digest = '' } = await layer.observe();
    host.link('2.1.0');
    const artifact = { layer: 'workload', name: 'orders', digest };
    expect((await layer.stepTo({ ...goal, artifact })).goal).toMatchObject({ version: 'build-77', digest });
  });

  it('is the directory as it is now where nothing was recorded, which is said as a risk', async () => {
    host.unpack('2.0.4');
    host.unpack('2.1.0');
    host.link('2.1.0');
    const plan = await still().assess({ version: '2.0.4' });
    expect(plan).toMatchObject({
      risks: [`no digest was recorded for 2.0.4; ${host.root}/releases/2.0.4 is trusted as it is now`],
    });
  });

  it('can not be reinstated later when nothing is linked now', async () => {
    host.unpack('2.0.4');
    const step = await still().stepTo({ version: '2.0.4' });
    expect(step.oneWay).toBe('current points at no release directory now, so there is nothing to reinstate');
  });
});

describe('a move that was left half done', () => {
  const halfDone = async (running: string) => {
    for (const version of ['2.0.4', '2.1.0', '3.0.0']) host.unpack(version);
    host.link('2.1.0');
    runs('2.1.0');
    const layer = still();
    const step = await layer.stepTo({ version: '2.0.4' });
    host.link('2.0.4');
    runs(running);
    return { layer, step };
  };

  it('is continued when the old version still runs', async () => {
    const { layer, step } = await halfDone('2.1.0');
    expect(await layer.relate(step)).toBe('between');
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(host.journal).toEqual(['2.0.4']);
  });

  it('is continued when nothing runs', async () => {
    const { layer, step } = await halfDone('');
    expect(await layer.relate(step)).toBe('between');
  });

  it('is drift when something else runs, unless the stamp says that the move is ours', async () => {
    const { layer, step } = await halfDone('3.0.0');
    expect(await layer.relate(step)).toBe('elsewhere');
    symlinkSync(`switching ${step.from} ${step.to} rb-test-1:layer/1`, join(host.root, '.lastgood-operation'));
    expect(await layer.relate(step)).toBe('between');
  });

  it('is planned as a reload alone', async () => {
    const { layer } = await halfDone('2.1.0');
    const step = await layer.stepTo({ version: '2.0.4' });
    expect(step.from).toBe(step.to);
    expect(await layer.relate(step)).toBe('between');
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
  });
});

describe('the reload command', () => {
  const badDeployment = async (more = {}) => {
    host.unpack('2.0.4');
    host.unpack('2.1.0');
    await host.deploy('2.0.4');
    const layer = bench(more);
    const goal = await layer.captured('2.0.4');
    await host.deploy('2.1.0');
    return { layer, step: await layer.stepTo(goal) };
  };

  it('that fails leaves a half-done move that is said, and that a retry finishes', async () => {
    const { layer, step } = await badDeployment();
    host.mood = 'fails';
    const error = await caught(layer.revert(step));
    expect(error.code).toBe('COMMAND_FAILED');
    expect(error.text.why).toBe(
      `it said: orders.service: unit is masked; ${host.root}/current points at releases/2.0.4 already, but the old process may still run`,
    );
    expect(error.isRetryable).toBe(true);
    expect(await layer.relate(step)).toBe('between');
    host.mood = 'fine';
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect((await layer.verify(step)).every(({ ok }) => ok)).toBe(true);
  });

  it('that hangs is killed, and says that the move is half done', async () => {
    const { layer, step } = await badDeployment({ timeout: '1s' });
    host.mood = 'hangs';
    const error = await caught(layer.revert(step));
    expect(error.code).toBe('COMMAND_TIMED_OUT');
    expect(error.message).toContain('points at releases/2.0.4 already');
  });

  it('that prints 50 MB still works', async () => {
    const { layer, step } = await badDeployment();
    host.mood = 'prints-50-mb';
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 2 });
    expect(await layer.relate(step)).toBe('target');
  }, 20_000);

  it('that lies about its success is found out by what runs', async () => {
    const { layer, step } = await badDeployment({ settle: '300ms' });
    host.mood = 'does-nothing';
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted' });
    expect(await layer.verify(step)).toMatchObject([
      { name: 'linked', ok: true, seen: '2.0.4' },
      { name: 'content', ok: true },
      { name: 'running', ok: false, seen: '2.1.0', expected: '2.0.4', why: 'current → releases/2.0.4, but 2.1.0 runs' },
    ]);
  });

  it('brings a host back whose bad release crashed', async () => {
    host.unpack('2.0.4');
    host.unpack('2.1.0', { crashes: true });
    await host.deploy('2.0.4');
    const layer = bench();
    const goal = await layer.captured('2.0.4');
    await host.deploy('2.1.0');
    const step = await layer.stepTo(goal);
    expect(await layer.relate(step)).toBe('from');
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted' });
    expect((await layer.verify(step)).every(({ ok }) => ok)).toBe(true);
    expect(host.journal).toEqual(['2.0.4', '2.1.0', '2.0.4']);
  });
});

it('does not replace a directory that stands where the link should be', async () => {
  host.unpack('2.0.4');
  mkdirSync(join(host.root, 'current'));
  const layer = still();
  const error = await caught(layer.revert(await layer.stepTo({ version: '2.0.4' })));
  expect(error.code).toBe('FILE_FAILED');
});
