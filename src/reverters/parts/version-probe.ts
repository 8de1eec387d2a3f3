import { z } from 'zod';
import { lastLinesOf } from '../../adapters/capped-output';
import { LastgoodError } from '../../domain/errors';
import type { ReverterContext } from '../../domain/reverter';
import { argv, pointer, url } from './fields';
import { jsonOf, shownRequest, successOf } from './http-answer';
import { valueAt } from './json-pointer';

/** How a process says which version it is: over HTTP (JSON, by pointer) or by a command that prints it. */
export const versionProbe = z.union(
  [
    z.strictObject({
      url: url.describe('Asked with GET; answers with JSON.'),
      at: pointer.default('/version').describe('Where the version is in the answer (JSON pointer).'),
    }),
    z.strictObject({ command: argv.describe('Prints the version, alone.') }),
  ],
  'write {url: http://…, at: /version} or {command: [program, argument]}',
);

/** What a process said about its version: the label, or why there is none. */
export type SaidVersion = { readonly version: string } | { readonly silent: string };

/**
 * Asks what runs. Anything but a version (refused connection, 500, nonsense, exit code) is a reason, never a fault: a
 * release that crashes must not stand in the way of its own rollback.
 */
export async function askVersion(
  probe: z.output<typeof versionProbe>,
  timeoutMs: number,
  ctx: ReverterContext,
): Promise<SaidVersion> {
  try {
    return 'url' in probe ? await askUrl(probe, timeoutMs, ctx) : await askCommand(probe, timeoutMs, ctx);
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError)) throw thrown;
    return { silent: [thrown.text.what, thrown.text.why].filter((part) => part !== undefined).join(': ') };
  }
}

async function askUrl(
  { url, at }: { readonly url: string; readonly at: string },
  timeoutMs: number,
  { world, signal }: ReverterContext,
): Promise<SaidVersion> {
  const request = { method: 'GET', url, timeoutMs, signal } as const;
  const version = valueAt(jsonOf(request, await successOf(world, request)), at);
  return isLabel(version)
    ? { version: String(version) }
    : { silent: `${shownRequest(request)} has no version at ${at}` };
}

async function askCommand(
  { command }: { readonly command: readonly string[] },
  timeoutMs: number,
  { world, signal }: ReverterContext,
): Promise<SaidVersion> {
  const { exitCode, stdout, stderr } = await world.commands.run({
    argv: command,
    timeoutMs,
    maxOutputBytes: 4_096,
    signal,
  });
  const version = stdout.trim();
  const name = command[0] ?? '';
  if (exitCode !== 0) return { silent: `${name} ended with ${String(exitCode)}: ${lastLinesOf(stderr)}` };
  return isLabel(version) ? { version } : { silent: `${name} did not print a version` };
}

function isLabel(value: unknown): value is string | number {
  return (typeof value === 'string' || typeof value === 'number') && /^[\x20-\x7e]{1,128}$/.test(String(value));
}
