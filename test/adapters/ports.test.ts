import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree, nextFreePort, rememberedPorts } from '../../src/adapters/ports';

let directory: string;
const open: Server[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lastgood-ports-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((done) => server.close(done))));
  rmSync(directory, { recursive: true, force: true });
});

async function occupy(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((listening) => {
    server.listen(port, '127.0.0.1', listening);
  });
  open.push(server);
}

it('passes over a port that somebody listens on', async () => {
  const port = await nextFreePort(42_110);
  await occupy(port);
  expect(await isPortFree(port)).toBe(false);
  expect(await nextFreePort(port)).toBeGreaterThan(port);
});

it('gives the same ports at every start', async () => {
  const file = join(directory, 'ports.json');
  const first = await rememberedPorts(file, { one: 42_120, two: 42_120 });
  expect(first.two).not.toBe(first.one);
  expect(await rememberedPorts(file, { one: 42_900, two: 42_900 })).toEqual(first);
});

it('chooses again when somebody else took a remembered port', async () => {
  const file = join(directory, 'ports.json');
  const { one } = await rememberedPorts(file, { one: 42_130 });
  await occupy(one);
  expect((await rememberedPorts(file, { one: 42_130 })).one).toBeGreaterThan(one);
});

it('starts afresh when its file is damaged', async () => {
  const file = join(directory, 'ports.json');
  writeFileSync(file, '{"one": "not a port", "two": 99999999');
  expect((await rememberedPorts(file, { one: 42_140 })).one).toBeGreaterThanOrEqual(42_140);
});
