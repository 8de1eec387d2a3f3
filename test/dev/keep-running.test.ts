import { LastgoodError } from '../../src/domain/errors';
import { keepRunning, type KeeperHooks, type Service, type Started } from '../../src/dev/keep-running';

/** A service that remembers its lives; each ends when the test says so. */
class FakeService implements Service {
  readonly name = 'worker';
  readonly lives: ((how: string) => void)[] = [];
  stops = 0;
  failures: Error[] = [];

  start(): Promise<Started> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    let end: (how: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    this.lives.push(end);
    return Promise.resolve({
      pid: this.lives.length,
      ended,
      stop: () => {
        this.stops += 1;
        end('SIGTERM');
        return Promise.resolve();
      },
    });
  }

  /** Ends the newest life and lets everything that follows from it happen. */
  async die(how: string): Promise<void> {
    this.lives.at(-1)?.(how);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }
}

/** A clock that stands still, sleeps in no time, and remembers how long it was asked to sleep. */
function fakeHooks(): KeeperHooks & { readonly told: string[]; readonly slept: number[]; time: number } {
  const hooks = {
    told: [] as string[],
    slept: [] as number[],
    time: 0,
    tell: (line: string) => void hooks.told.push(line),
    started: () => undefined,
    now: () => hooks.time,
    sleep: (ms: number) => {
      hooks.slept.push(ms);
      return Promise.resolve();
    },
  };
  return hooks;
}

it('starts a service again when it dies, and says how it ended', async () => {
  const [service, hooks] = [new FakeService(), fakeHooks()];
  const kept = await keepRunning(service, hooks);
  await service.die('SIGKILL');
  expect(service.lives).toHaveLength(2);
  expect(hooks.told).toEqual(['worker ended (SIGKILL); starting it again']);
  await kept.stop();
});

it('waits longer each time when it dies at once, at most ten seconds', async () => {
  const [service, hooks] = [new FakeService(), fakeHooks()];
  const kept = await keepRunning(service, hooks);
  for (let death = 0; death < 8; death += 1) await service.die('exit code 1');
  expect(hooks.slept).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  await kept.stop();
});

it('starts at once again after a long healthy life', async () => {
  const [service, hooks] = [new FakeService(), fakeHooks()];
  const kept = await keepRunning(service, hooks);
  for (let death = 0; death < 3; death += 1) await service.die('exit code 1');
  const dying = service.lives.at(-1);
  hooks.time += 60_000;
  dying?.('exit code 1');
  await service.die('exit code 1');
  expect(hooks.slept.at(3)).toBe(0);
  await kept.stop();
});

it('tries until it comes up when a restart fails', async () => {
  const [service, hooks] = [new FakeService(), fakeHooks()];
  const kept = await keepRunning(service, hooks);
  service.failures = [new LastgoodError('SERVER_NOT_AVAILABLE', { what: 'port 7233 is taken' })];
  await service.die('SIGKILL');
  expect(service.lives).toHaveLength(2);
  expect(hooks.told.at(-1)).toBe('worker did not start: port 7233 is taken; starting it again in 0.5 s');
  await kept.stop();
});

it('throws when the very first start fails', async () => {
  const service = new FakeService();
  service.failures = [new Error('no such program')];
  await expect(keepRunning(service, fakeHooks())).rejects.toThrow('no such program');
});

it('stays down once it is stopped', async () => {
  const [service, hooks] = [new FakeService(), fakeHooks()];
  const kept = await keepRunning(service, hooks);
  await kept.stop();
  await service.die('SIGKILL');
  expect({ lives: service.lives.length, stops: service.stops, told: hooks.told }).toEqual({
    lives: 1,
    stops: 1,
    told: [],
  });
});
