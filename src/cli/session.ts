import { connect, type Lastgood } from '../client';
import { readSettings } from '../contract/settings';
import { asLastgoodError } from '../domain/errors';
import type { Terminal } from './terminal';

/** What every command is given: the terminal, and a connection that is opened when it is needed. */
export interface Cli {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
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
export async function runCommand(cli: Cli, json: boolean, body: () => Promise<number>): Promise<void> {
  try {
    cli.exitCode = await body();
  } catch (thrown) {
    const error = asLastgoodError(thrown);
    cli.exitCode = error.exitCode;
    if (json) cli.terminal.say(JSON.stringify({ error: { code: error.code, ...error.text } }));
    cli.terminal.hint(error.message);
  }
}

/** One JSON document on stdout, keys in the order in which they were written. */
export function sayJson({ terminal }: Cli, value: unknown): void {
  terminal.say(JSON.stringify(value, null, 2));
}
