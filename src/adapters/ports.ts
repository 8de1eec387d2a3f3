import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { LastgoodError } from '../domain/errors';

/** True when a server could listen on this loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}

/** The first free loopback port from `wanted` upwards. Throws SERVER_NOT_AVAILABLE when a hundred in a row are taken. */
export async function nextFreePort(wanted: number, taken: readonly number[] = []): Promise<number> {
  for (let port = wanted; port < wanted + triedPorts; port += 1) {
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  const what = `no free port between ${wanted} and ${wanted + triedPorts - 1}`;
  throw new LastgoodError('SERVER_NOT_AVAILABLE', { what, next: 'stop what listens there, or name another port' });
}

/** Ports by name, the same ones at every start as long as nobody else takes them: clients keep their addresses. */
export async function rememberedPorts<Name extends string>(
  file: string,
  wanted: Readonly<Record<Name, number>>,
): Promise<Readonly<Record<Name, number>>> {
  const before = readPorts(file);
  const chosen: Partial<Record<Name, number>> = {};
  const taken: number[] = [];
  for (const [name, port] of Object.entries(wanted) as [Name, number][]) {
    const kept = before[name];
    const canKeep = kept !== undefined && !taken.includes(kept) && (await isPortFree(kept));
    chosen[name] = canKeep ? kept : await nextFreePort(port, taken);
    taken.push(chosen[name]);
  }
  writePorts(file, { ...before, ...chosen });
  return chosen as Record<Name, number>;
}

const triedPorts = 100;

function readPorts(file: string): Readonly<Record<string, number>> {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const entries = Object.entries(stored as Record<string, unknown>);
    return Object.fromEntries(entries.filter((entry): entry is [string, number] => isPortNumber(entry[1])));
  } catch {
    return {};
  }
}

function isPortNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}

function writePorts(file: string, ports: Readonly<Record<string, number>>): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(ports, null, 2)}\n`);
  renameSync(draft, file);
}
