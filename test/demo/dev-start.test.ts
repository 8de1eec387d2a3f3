import { DevStart } from '../../src/demo/dev-start';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const ended = 'worker ended (exit code 2: SETTINGS_INVALID  the key is wrong)';

it('is over when everything is ready', async () => {
  const start = new DevStart(() => true);
  for (const line of ['Temporal    127.0.0.1:7233', `${ended}; starting it again`, 'ready']) start.read(line);
  expect(await start.over).toBeUndefined();
});

it('gives up when a program ends again and again, and says how', async () => {
  const start = new DevStart(() => false);
  for (const pause of ['', ' in 0.5 s', ' in 1 s']) start.read(`${ended}; starting it again${pause}`);
  expect(start.isOver).toBe(false);
  start.read(`${ended}; starting it again in 2 s`);
  expect(await start.over).toBe(ended);
});

it('gives up when a program hangs, but lets a first build of Temporal take its time', async () => {
  let hasStarted = false;
  const start = new DevStart(() => hasStarted);
  start.read('building the Temporal CLI from source, once');
  jest.advanceTimersByTime(20 * 60_000);
  expect(start.isOver).toBe(false);
  hasStarted = true;
  start.read('gateway     http://127.0.0.1:8470');
  jest.advanceTimersByTime(61_000);
  expect(await start.over).toContain('did not answer within 60 s');
});

it('stays ready when a program ends later', async () => {
  const start = new DevStart(() => true);
  start.read('ready');
  start.end('it ended');
  expect(await start.over).toBeUndefined();
});
