import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  claimPidFile,
  killGroup,
  rememberProcess,
  rememberedProcess,
  startDaemon,
  stopLeftover,
} from '../../src/adapters/daemon';
import { identifyProcess } from '../../src/adapters/process-identity';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lastgood-daemon-'));
});
afterEach(async () => {
  await stopLeftover(join(directory, 'it.pid'), 0);
  rmSync(directory, { recursive: true, force: true });
});

const forever = 'setInterval(() => undefined, 1000)';

function start(script: string): ReturnType<typeof startDaemon> {
  const files = { logFile: join(directory, 'it.log'), pidFile: join(directory, 'it.pid') };
  return startDaemon({ command: process.execPath, args: ['-e', script], env: process.env, ...files });
}

async function logged(text: string): Promise<void> {
  while (!readFileSync(join(directory, 'it.log'), 'utf8').includes(text)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

it('writes what the program prints to its log and tells how it ended', async () => {
  const daemon = await start('console.log("hello"); process.exit(3)');
  expect(await daemon.ended).toBe('exit code 3');
  expect(readFileSync(join(directory, 'it.log'), 'utf8')).toContain('hello');
});

it('runs the program in a process group of its own, out of reach of Ctrl-C in the terminal', async () => {
  const daemon = await start(forever);
  const fields = readFileSync(`/proc/${daemon.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  expect(Number(fields[2])).toBe(daemon.pid);
  await daemon.stop();
});

it('kills a program that does not end when asked, and the children that it started', async () => {
  const stubborn = `process.on('SIGTERM', () => undefined); ${forever}`;
  const daemon = await start(
    `const { spawn } = require('node:child_process');
     const child = spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}]);
     process.on('SIGTERM', () => undefined); ${forever};
     console.log('child ' + child.pid + '.')`,
  );
  await logged('.');
  const child = Number(/child (\d+)/.exec(readFileSync(join(directory, 'it.log'), 'utf8'))?.[1]);
  expect(identifyProcess(child)).toBeDefined();
  await daemon.stop(50);
  expect(await daemon.ended).toBe('SIGKILL');
  expect(identifyProcess(daemon.pid)).toBeUndefined();
  while (identifyProcess(child) !== undefined) await new Promise(setImmediate);
  expect(existsSync(join(directory, 'it.pid'))).toBe(false);
});

it('finds and ends what a killed run left behind', async () => {
  const daemon = await start(forever);
  expect(rememberedProcess(join(directory, 'it.pid'))?.pid).toBe(daemon.pid);
  expect(await stopLeftover(join(directory, 'it.pid'))).toBe(true);
  expect(await daemon.ended).toBe('SIGTERM');
  expect(await stopLeftover(join(directory, 'it.pid'))).toBe(false);
});

it('leaves a stranger alone that got the pid of an earlier run', async () => {
  const stranger = spawn(process.execPath, ['-e', forever], { detached: true });
  const identity = identifyProcess(stranger.pid ?? 0);
  if (identity === undefined) throw new Error('the stranger did not start');
  rememberProcess(join(directory, 'it.pid'), { ...identity, started: 'long ago' });
  expect(await stopLeftover(join(directory, 'it.pid'))).toBe(false);
  expect(identifyProcess(identity.pid)).toEqual(identity);
  stranger.kill('SIGKILL');
});

it('lets one living process hold a file, and replaces a holder that died', () => {
  const file = join(directory, 'held.pid');
  expect(claimPidFile(file)).toBeUndefined();
  expect(claimPidFile(file)?.pid).toBe(process.pid);
  rememberProcess(file, { pid: process.pid, started: 'long ago', command: 'another program' });
  expect(claimPidFile(file)).toBeUndefined();
});

it.each([0, 1, -1, Number.NaN])('never signals %p, which would reach more than one process', (pid) => {
  expect(() => killGroup(pid)).toThrow('is not a process that can be ended');
});

it('says which program can not be started', async () => {
  const files = { logFile: join(directory, 'it.log'), pidFile: join(directory, 'it.pid') };
  const starting = startDaemon({ command: join(directory, 'missing'), args: [], env: {}, ...files });
  await expect(starting).rejects.toMatchObject({
    code: 'SERVER_NOT_AVAILABLE',
    message: expect.stringContaining(join(directory, 'missing')),
  });
});
