import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess } from '../../src/adapters/process-identity';
import { createWorld } from '../../src/adapters/world';
import type { CommandRequest } from '../../src/domain/ports';
import { caught } from '../fakes/caught';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lastgood-command-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const { commands } = createWorld({ PATH: process.env['PATH'] ?? '', TOKEN: 'canary-7f3a', LANG: 'C.UTF-8' });

/** Runs a piece of JavaScript as a program of its own. */
function program(source: string, more: Partial<CommandRequest> = {}): CommandRequest {
  return { argv: [process.execPath, '-e', source], timeoutMs: 20_000, maxOutputBytes: 1_048_576, ...more };
}

it('passes arguments as they are, past every shell', async () => {
  const values = ['$(touch x)', '; exit 1', '*', '', '--', "it's"];
  const { argv } = program('console.log(JSON.stringify(process.argv.slice(1)))');
  const { stdout } = await commands.run({ ...program(''), argv: [...argv, '--', ...values] });
  expect(JSON.parse(stdout)).toEqual(values);
});

it('writes one JSON document to stdin', async () => {
  const { stdout } = await commands.run(program('process.stdin.pipe(process.stdout)', { input: { to: 'ö' } }));
  expect(stdout).toBe('{"to":"ö"}\n');
});

it('does not mind a program that never reads its input', async () => {
  const input = 'x'.repeat(1_000_000);
  expect(await commands.run(program('process.exit(0)', { input }))).toMatchObject({ exitCode: 0 });
});

it('gives a program PATH, HOME, LANG and what was named, and nothing else', async () => {
  const { stdout } = await commands.run(
    program('console.log(Object.keys(process.env).sort().join())', { env: { REGION: 'eu' } }),
  );
  expect(stdout.trim()).toBe('LANG,PATH,REGION');
});

it('hands on the variables of the worker that a request names, where the worker has them', async () => {
  const world = createWorld({ PATH: process.env['PATH'] ?? '', KUBECONFIG: '/etc/kube', TOKEN: 'canary-7f3a' });
  const names = program('console.log(JSON.stringify(process.env))', {
    inherit: ['KUBECONFIG', 'KUBERNETES_SERVICE_HOST'],
  });
  const { KUBECONFIG, ...others } = JSON.parse((await world.commands.run(names)).stdout) as Record<string, string>;
  expect([KUBECONFIG, Object.keys(others)]).toEqual(['/etc/kube', ['PATH']]);
});

it('answers with an exit code and both outputs', async () => {
  const result = await commands.run(program('console.log("out"); console.error("err"); process.exitCode = 3'));
  expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', truncated: false });
});

it('masks secrets in what a program prints', async () => {
  const source = 'console.log("token " + process.env.TOKEN_OF_FLAGS); console.error(process.env.TOKEN_OF_FLAGS)';
  const env = { TOKEN_OF_FLAGS: { secretRef: 'env:TOKEN' } };
  const { stdout, stderr } = await commands.run(program(source, { env }));
  expect(stdout).toBe('token [secret TOKEN_OF_FLAGS]\n');
  expect(stderr).toBe('[secret TOKEN_OF_FLAGS]\n');
});

it('lets a printer of 50 MB end, and keeps the first and the last half of the cap', async () => {
  const source = `
    const { writeSync } = require('node:fs');
    const write = (text) => { for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(1, rest)); };
    write('first');
    for (let mb = 0; mb < 50; mb += 1) write('.'.repeat(1048576));
    write('last');`;
  const result = await commands.run(program(source, { maxOutputBytes: 1_000 }));
  expect(result).toMatchObject({ exitCode: 0, truncated: true });
  expect(result.stdout).toMatch(/^first\.{495}\n… \d+ bytes left out …\n\.{496}last$/);
});

it('does not wait for a child that keeps the pipe open, and lets it live', async () => {
  const pidFile = join(directory, 'pid');
  const source = `
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60000)'], { stdio: 'inherit' });
    require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
    console.log('started');
    process.exit(0);`;
  expect(await commands.run(program(source))).toMatchObject({ exitCode: 0, stdout: 'started\n' });
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(identifyProcess(pid)).toBeDefined();
  process.kill(pid, 'SIGKILL');
});

describe('a program that does not end', () => {
  /** Hears no SIGTERM, and neither does its child; both wait for ever. */
  const stubborn = (pidFile: string, more: Partial<CommandRequest>): CommandRequest => ({
    argv: [
      '/bin/sh',
      '-c',
      'trap "" TERM; echo "I will not" >&2; sleep 600 & echo $! > "$1.new"; mv "$1.new" "$1"; wait',
      '',
      pidFile,
    ],
    timeoutMs: 60_000,
    maxOutputBytes: 1_000,
    ...more,
  });

  it('is killed with its children after its time limit', async () => {
    const pidFile = join(directory, 'pid');
    const error = await caught(commands.run(stubborn(pidFile, { timeoutMs: 1_000 })));
    expect(error.code).toBe('COMMAND_TIMED_OUT');
    expect(error.message).toContain('did not end within 1000 ms and was killed with its children');
    expect(error.text.why).toBe('its last words were: I will not');
    expect(identifyProcess(Number(readFileSync(pidFile, 'utf8')))).toBeUndefined();
  });

  it('is killed with its children when the attempt is cancelled', async () => {
    const pidFile = join(directory, 'pid');
    const controller = new AbortController();
    const running = commands.run(stubborn(pidFile, { signal: controller.signal }));
    while (!existsSync(pidFile)) await delay(10);
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(identifyProcess(Number(readFileSync(pidFile, 'utf8')))).toBeUndefined();
  });
});

it('starts nothing for an attempt that was cancelled before', async () => {
  const touched = join(directory, 'touched');
  const argv = ['touch', touched];
  const cancelled = commands.run(program('', { argv, signal: AbortSignal.abort() }));
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  expect(existsSync(touched)).toBe(false);
});

describe('a program that can not be started', () => {
  it.each([
    ['is not there', ['no-such-program-anywhere'], 'there is no program "no-such-program-anywhere" on this worker'],
    ['has an argument with a NUL', [process.execPath, 'a\0b'], 'null bytes'],
  ])('%s', async (_, argv, why) => {
    const error = await caught(commands.run({ argv, timeoutMs: 1_000, maxOutputBytes: 100 }));
    expect(error.code).toBe('COMMAND_NOT_FOUND');
    expect(error.text.why).toContain(why);
  });

  it('may not be executed', async () => {
    const path = join(directory, 'plain.txt');
    writeFileSync(path, 'no program');
    chmodSync(path, 0o644);
    const error = await caught(commands.run({ argv: [path], timeoutMs: 1_000, maxOutputBytes: 100 }));
    expect(error.text.why).toBe(`"${path}" may not be executed by this worker`);
  });

  it('has a working directory that is not there, and that is what it says', async () => {
    const cwd = join(directory, 'gone');
    const error = await caught(commands.run(program('0', { cwd })));
    expect(error.code).toBe('COMMAND_NOT_FOUND');
    expect(error.text.why).toBe(`its working directory ${cwd} is not a directory of this worker`);
  });
});
