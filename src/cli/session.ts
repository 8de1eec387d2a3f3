import { connect, type Lastgood } from '../client';
import { readSettings } from '../contract/settings';
import { asLastgoodError } from '../domain/errors';
import type { Look } from '../report';
import type { Terminal } from './terminal';

/** How often a watcher looks, and how long it waits before it says what is wrong; all in ms. */
export interface Pace {
  /** Between two looks at the event log. */
  readonly lookMs: number;
  /** Until a rollback that no worker has begun with is worth a word. */
  readonly silenceMs: number;
  /** Until an inventory that does not answer ends the watch. */
  readonly patienceMs: number;
}

/** What every command is given: the terminal, and a connection that is opened when it is needed. */
export interface Cli {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  readonly pace: Pace;
  now(): number;
  /** Runs with a connected client, closes it afterwards, and answers with the exit code. */
  withLastgood(run: (lastgood: Lastgood) => Promise<number>): Promise<number>;
  /** The exit code of the command that ran. */
  exitCode: number;
}

/** A session of this process. */
export function createCli(terminal: Terminal, environment: NodeJS.ProcessEnv): Cli {
  return {
    terminal,
    environment,
    pace: { lookMs: 250, silenceMs: 10_000, patienceMs: 300_000 },
    now: () => Date.now(),
    exitCode: 0,
    async withLastgood(run) {
      const { databaseUrl, temporal } = readSettings(environment);
      const lastgood = await connect({ databaseUrl, temporal });
      try {
        return await run(lastgood);
      } finally {
        await lastgood.close();
      }
    },
  };
}

/** Runs the body of a command: its answer is the exit code; a fault is printed in the house wording. */
export async function runCommand(
  cli: Cli,
  { json }: { readonly json?: boolean },
  body: () => Promise<number>,
): Promise<void> {
  try {
    cli.exitCode = await body();
  } catch (thrown) {
    cli.exitCode = sayFault(cli, thrown, json === true);
  }
}

/** Runs a command that needs the client. */
export function runWithLastgood(
  cli: Cli,
  options: { readonly json?: boolean },
  body: (lastgood: Lastgood) => Promise<number>,
): Promise<void> {
  return runCommand(cli, options, () => cli.withLastgood(body));
}

/** A fault as people read it, and with `--json` as programs do; answers with its exit code. */
export function sayFault(cli: Cli, thrown: unknown, json: boolean): number {
  const error = asLastgoodError(thrown);
  if (json) sayJson(cli, { error: { code: error.code, ...error.text } });
  cli.terminal.hint(error.message);
  return error.exitCode;
}

/** One JSON document on stdout, keys in the order in which they were written. */
export function sayJson({ terminal }: Cli, value: unknown): void {
  terminal.say(JSON.stringify(value, null, 2));
}

/** How screens look here and now. */
export function lookOf({ terminal, now }: Cli): Look {
  return { nowMs: now(), width: terminal.width, colour: terminal.colour };
}
