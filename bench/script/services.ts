import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Simulated services behind HTTP, in a process of their own: `GET /NAME` answers the version, `PUT /NAME` takes as many
 * ms as the first argument says and then runs the new one. `NAME-flag` is a flag, and quick. Tells its port by IPC.
 */
const durationMs = Number(process.argv[2]);
const versions = new Map<string, string>();

const server = createServer((request, response) => {
  const name = request.url ?? '';
  if (request.method === 'GET') response.end(versions.get(name) ?? '2.0.0');
  else void write(name, request).then(() => response.end());
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));

async function write(name: string, request: IncomingMessage): Promise<void> {
  const version = await text(request);
  await delay(name.endsWith('-flag') ? 0 : durationMs);
  versions.set(name, version);
}
