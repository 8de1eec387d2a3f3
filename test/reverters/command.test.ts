import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../src/digest';
import type { JsonObject } from '../../src/domain/json';
import { Bench } from '../fakes/bench';
import { caught } from '../fakes/caught';
import { installHomeGrownLayer } from '../fakes/home-grown-layer';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lastgood-layer-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A program that prints a text and keeps what it was asked. */
function printing(text: string, more = ''): string[] {
  const asked = JSON.stringify(join(directory, 'asked'));
  const source = `require('node:fs').appendFileSync(${asked}, require('node:fs').readFileSync(0)); process.stdout.write(${JSON.stringify(text)}); ${more}`;
  return [process.execPath, '-e', source];
}

function asked(): readonly JsonObject[] {
  const lines = readFileSync(join(directory, 'asked'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

const at = (version: string): string[] => printing(JSON.stringify({ version }));
const layer = (more: JsonObject = {}): Bench => {
  const fine = { observe: at('1.1.0'), dryRun: at('x'), revert: printing('{"changed":true}'), verify: at('x') };
  return new Bench('command', { ...fine, settle: '100ms', timeout: '20s', ...more }, { TOKEN: 'canary-7f3a' });
};

describe('what is observed', () => {
  it('is all that the program says, under a fingerprint of version and state', async () => {
    const said = { version: '1.1.0', state: { routes: 2 }, settled: false, health: 'unhealthy' };
    const candidates = [{ version: '1.0.0' }, { version: '0.9.0', digest: 'sha256:0', source: 'shelf' }];
    const seen = await layer({ observe: printing(JSON.stringify({ ...said, candidates })) }).observe();
    expect(seen).toMatchObject({
      fingerprint: digestOf({ version: '1.1.0', state: { routes: 2 } }),
      version: '1.1.0',
      settled: false,
      health: 'unhealthy',
      summary: '1.1.0, not settled yet',
      candidates: [
        { version: '1.0.0', source: 'kept by the layer' },
        { version: '0.9.0', digest: 'sha256:0', source: 'shelf' },
      ],
    });
    expect(asked()).toEqual([{ call: 'observe', operation: 'rb-test-1:layer/1' }]);
  });

  it('has the fingerprint that the program tells itself, if it does', async () => {
    const one = await layer({ observe: printing('{"version":"1","fingerprint":"f"}') }).observe();
    const two = await layer({ observe: printing('{"version":"2","fingerprint":"f"}') }).observe();
    expect(one.fingerprint).toBe(two.fingerprint);
  });
});

describe('the goal', () => {
  it('is the version where the layer is nothing but its version', async () => {
    const step = await layer().stepTo({ version: '1.0.0' });
    expect(step).toMatchObject({
      to: digestOf({ version: '1.0.0' }),
      goal: { version: '1.0.0' },
      guard: 'read-then-write',
    });
    expect(await layer({ observe: at('1.0.0') }).assess({ version: '1.0.0' })).toMatchObject({ kind: 'at-target' });
  });

  it('is refused when the layer has a state and none was captured', async () => {
    const bench = layer({ observe: printing('{"version":"1.1.0","state":{}}') });
    expect(await bench.assess({ version: '1.0.0' })).toMatchObject({ kind: 'refused', code: 'CAPTURE_MISSING' });
  });

  it('is handed to the programs with where the step starts and ends, never as an argument', async () => {
    const bench = layer({ dryRun: printing('{"result":"passed","level":"asked the router"}') });
    const step = await bench.stepTo({ version: '1.0.0; rm -rf /' });
    expect(await bench.dryRun(step)).toEqual({ result: 'passed', level: 'asked the router' });
    expect(asked().at(-1)).toEqual({
      call: 'dryRun',
      operation: 'rb-test-1:layer/1',
      from: step.from,
      to: step.to,
      goal: { version: '1.0.0; rm -rf /' },
    });
  });
});

describe('a revert that was left half done', () => {
  const put = (version: string): void => {
    writeFileSync(join(directory, 'version'), JSON.stringify(version));
    writeFileSync(join(directory, 'routes'), JSON.stringify([version]));
  };

  it('is told by the layer and continued; one of somebody else is drift', async () => {
    const argv = installHomeGrownLayer(directory);
    const bench = layer({ observe: argv, dryRun: argv, revert: argv, verify: argv, settle: '5s' });
    put('1.0.0');
    const goal = await bench.captured('1.0.0');
    put('1.1.0');
    const step = await bench.stepTo(goal);
    writeFileSync(join(directory, 'dies-half-way'), '');
    const error = await caught(bench.revert(step));
    expect(error.text.what).toBe(`the revert command ${argv.join(' ')} ended with 9`);
    expect(await bench.relate(step)).toBe('between');
    expect(await bench.relate({ ...step, from: 'sha256:other' })).toBe('elsewhere');
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(existsSync(join(directory, 'unfinished'))).toBe(false);
    expect(await bench.verify(step)).toMatchObject([
      { ok: true },
      { name: 'verify command', ok: true, seen: 'version 1.0.0' },
    ]);
  });
});

describe('a program that', () => {
  const wanted = 'expected {"version"?, "fingerprint"?, "settled"?, "health"?, "state"?, "candidates"?, "unfinished"?}';
  it.each<[string, string, string]>([
    ['prints nothing', '', `it is no JSON document; ${wanted}; it printed: nothing`],
    ['prints no JSON', 'ok\n', `it is no JSON document; ${wanted}; it printed: ok\n`],
    ['says too little', '{}', `say version, or state, or both; ${wanted}; it printed: {}`],
    [
      'misspells a key',
      '{"version":"1","setled":true}',
      `Unrecognized key: "setled"; ${wanted}; it printed: {"version":"1","setled":true}`,
    ],
  ])('%s is answered with what was expected', async (_, text, why) => {
    const error = await caught(layer({ observe: printing(text) }).observe());
    expect(error.code).toBe('COMMAND_BAD_OUTPUT');
    expect(error.text.why).toBe(why);
  });

  it('prints a lot of nonsense is quoted with its first 200 characters', async () => {
    const error = await caught(layer({ observe: printing('n'.repeat(5_000)) }).observe());
    expect(error.text.why).toMatch(/it printed: n{200}$/);
  });

  it('fails is quoted with its last words', async () => {
    const observe = printing('', 'console.error("one"); console.error("router is away"); process.exitCode = 2');
    const error = await caught(layer({ observe }).observe());
    expect(error.code).toBe('COMMAND_FAILED');
    expect(error.text.why).toBe('it said: one\nrouter is away');
  });

  it('hangs is killed', async () => {
    const error = await caught(layer({ observe: ['sleep', '60'], timeout: '200ms' }).observe());
    expect(error.code).toBe('COMMAND_TIMED_OUT');
  });

  it('prints a secret is refused before the secret is stored anywhere', async () => {
    const observe = [process.execPath, '-e', 'console.log(JSON.stringify({ state: process.env.API_TOKEN }))'];
    const error = await caught(layer({ observe, env: { API_TOKEN: { secretRef: 'env:TOKEN' } } }).observe());
    expect(error.code).toBe('COMMAND_BAD_OUTPUT');
    expect(error.message).not.toContain('canary');
  });

  it('lies about its success is found out by what is observed', async () => {
    const bench = layer();
    const step = await bench.stepTo({ version: '1.0.0' });
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(await bench.verify(step)).toEqual([
      { name: 'observed', ok: false, seen: '1.1.0', why: 'it is not at its goal' },
    ]);
  });
});
