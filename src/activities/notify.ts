import type { NotifyTarget } from '../domain/catalog';
import { asLastgoodError } from '../domain/errors';
import type { JsonObject } from '../domain/json';
import type { ControlActivities } from './calls';
import type { Pulse } from './run';
import type { Shelf } from './shelf';
import type { ActivityWorld } from './world';

const notifyTimeoutMs = 10_000;
const attempts = 3;

/** Runs every notify target of the catalog. Answers with one sentence per target that could not be reached. */
export async function notify(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<ControlActivities['notify']>[0],
  pulse: Pulse,
): Promise<readonly string[]> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const { rollback, environment, subject, ask } = input;
  const body: JsonObject = {
    rollback,
    environment,
    subject,
    ...(ask === undefined ? {} : { ask: ask as unknown as JsonObject }),
  };
  const problems = await Promise.all(catalog.notify.map((target) => tryTarget(world, target, body, pulse)));
  return problems.filter((problem) => problem !== undefined);
}

async function tryTarget(
  world: ActivityWorld,
  target: NotifyTarget,
  body: JsonObject,
  pulse: Pulse,
): Promise<string | undefined> {
  let problem: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    problem = await runTarget(world, target, body, pulse).catch((thrown: unknown) => asLastgoodError(thrown).message);
    if (problem === undefined) return undefined;
  }
  return `could not notify ${target.kind === 'webhook' ? target.webhook : target.command.join(' ')}: ${problem ?? ''}`;
}

async function runTarget(
  { outside }: ActivityWorld,
  target: NotifyTarget,
  body: JsonObject,
  pulse: Pulse,
): Promise<string | undefined> {
  const { signal } = pulse;
  if (target.kind === 'webhook') {
    const { webhook: url, headers } = target;
    const { status } = await outside.http.request({
      method: 'POST',
      url,
      headers,
      body,
      timeoutMs: notifyTimeoutMs,
      signal,
    });
    return status < 300 ? undefined : `it answered ${status}`;
  }
  const { exitCode, stderr } = await outside.commands.run({
    argv: target.command,
    input: body,
    timeoutMs: notifyTimeoutMs,
    maxOutputBytes: 10_000,
    signal,
  });
  return exitCode === 0 ? undefined : `it ended with ${String(exitCode)}: ${stderr.slice(-200)}`;
}
