import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createFiles } from '../../src/adapters/files';
import { identifyProcess } from '../../src/adapters/process-identity';

const scripts = resolve(__dirname, '..', '..', 'examples', 'shop');
let directory: string;
let ports: Readonly<Record<'orders' | 'payments' | 'flags', number>>;

beforeAll(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'lastgood-shop-')), 'shop');
  await run('seed.js');
  ports = (JSON.parse(readFileSync(join(directory, 'shop.json'), 'utf8')) as { ports: typeof ports }).ports;
  await run('start.js');
});
afterAll(async () => {
  await run('stop.js');
  rmSync(resolve(directory, '..'), { recursive: true, force: true });
});

function run(script: string, ...args: readonly string[]): Promise<unknown> {
  return promisify(execFile)(process.execPath, [join(scripts, script), directory, ...args]);
}

async function get(
  service: keyof typeof ports,
  path: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const answer = await fetch(`http://127.0.0.1:${ports[service]}${path}`);
  return { status: answer.status, body: await answer.text() };
}

async function versionOf(service: 'orders' | 'payments'): Promise<string> {
  return (JSON.parse((await get(service, '/version')).body) as { version: string }).version;
}

async function statuses(service: 'orders' | 'payments', path: string, requests: number): Promise<readonly number[]> {
  const answers = await Promise.all(Array.from({ length: requests }, () => get(service, path)));
  return answers.map(({ status }) => status);
}

function journal(name: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(join(directory, 'journals', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

it('is healthy at 1.0.0 and shows it in its metrics', async () => {
  expect(new Set(await statuses('payments', '/pay/1', 10))).toEqual(new Set([200]));
  expect((await get('payments', '/healthz')).status).toBe(200);
  const metrics = (await get('orders', '/metrics')).body;
  expect(metrics).toMatch(/http_requests_total\{status="200"\} [1-9]/);
  expect(metrics).toContain('http_requests_total{status="500"} 0');
  expect(metrics).toMatch(/http_request_duration_seconds_bucket\{le="\+Inf"\} [1-9]/);
});

it('keeps every release in a tree of its own', async () => {
  const files = createFiles(() => Date.now());
  const trees = ['orders', 'payments'].flatMap((service) => {
    const releases = join(directory, service, 'releases');
    return readdirSync(releases).map((version) => files.treeDigest(join(releases, version)));
  });
  expect(new Set(await Promise.all(trees)).size).toBe(6);
});

it('refuses a write of a flag that somebody else changed', async () => {
  const url = `http://127.0.0.1:${ports.flags}/flags/new-payment-flow`;
  const patch = (etag: string): Promise<Response> =>
    fetch(url, { method: 'PATCH', headers: { 'if-match': etag }, body: '{"enabled": false}' });
  const etag = (await fetch(url)).headers.get('etag') ?? '';
  expect((await patch(etag)).status).toBe(200);
  expect((await patch(etag)).status).toBe(412);
  expect((await get('flags', '/flags/unknown')).status).toBe(404);
});

it('fails a fifth of requests at orders 2.0.0, through payments too', async () => {
  await run('deploy.js', 'orders', '2.0.0');
  await run('deploy.js', 'payments', '2.0.0');
  const failed = (await statuses('payments', '/pay/1', 100)).filter((status) => status === 500);
  expect(failed.length).toBeGreaterThan(10);
  expect(failed.length).toBeLessThan(30);
  expect(journal('flags').at(-1)).toMatchObject({ flag: 'new-payment-flow', from: false, to: true, by: 'deploy' });
});

it('makes the forbidden pair visible: payments 2 with orders 1 fails always', async () => {
  await run('deploy.js', 'orders', '1.1.0');
  expect(new Set(await statuses('payments', '/pay/1', 10))).toEqual(new Set([500]));
});

it('carries out a reload whose predecessor was killed in the middle, and leaves one process', async () => {
  const first = spawn(process.execPath, [join(scripts, 'reload.js'), directory, 'payments']);
  const turn = join(directory, 'run', 'payments.reload');
  while (!existsSync(turn)) await new Promise(setImmediate);
  first.kill('SIGKILL');
  await run('reload.js', 'payments');
  expect(await versionOf('payments')).toBe('2.0.0');
  const pids = journal('payments').map(({ pid }) => Number(pid));
  expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toHaveLength(1);
});

it('journals every start with its version', async () => {
  await run('deploy.js', 'payments', '1.1.0');
  expect(journal('payments').map(({ version }) => version)).toEqual(['1.0.0', '2.0.0', '2.0.0', '1.1.0']);
  expect(await versionOf('payments')).toBe('1.1.0');
});
