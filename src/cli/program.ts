import { Command, CommanderError } from 'commander';
import { addDecisions } from './decide';
import { exitCodes } from './exit-codes';
import { addLooks } from './look';
import { addPlans } from './plan';
import { addReleases } from './release';
import { addRollback } from './rollback';
import { addServers } from './servers';
import type { Cli } from './session';

/** The whole command line: every command that exists, and none that does not. */
export function createProgram(cli: Cli): Command {
  const program = new Command('lastgood')
    .description(
      'Brings a production system back to its last known-good state after a bad deployment, and proves that it did.',
    )
    .version('0.1.0')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => cli.terminal.say(text.trimEnd()),
      writeErr: (text) => cli.terminal.hint(text.trimEnd()),
    })
    .exitOverride();
  addRollback(program, cli);
  addDecisions(program, cli);
  addLooks(program, cli);
  addPlans(program, cli);
  addReleases(program, cli);
  addServers(program, cli);
  return program;
}

/** Parses and runs one command line; answers with the exit code. */
export async function runProgram(cli: Cli, args: readonly string[]): Promise<number> {
  try {
    await createProgram(cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // Commander has said what is wrong; help and version are not errors.
    return thrown.exitCode === 0 ? exitCodes.fine : exitCodes.badInput;
  }
}
