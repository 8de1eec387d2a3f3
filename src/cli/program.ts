import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addAudit } from './audit';
import { addCatalog } from './catalog';
import { addCheck } from './check';
import { addDecisions } from './decide';
import { addDoctor } from './doctor';
import { exitCodes, exitCodesText } from './exit-codes';
import { addFreeze } from './freeze';
import { addGate } from './gate';
import { usageError, withExamples } from './help';
import { addHold } from './hold';
import { addPlan } from './plan';
import { addRecords } from './records';
import { addReleases } from './release';
import { addRollback } from './rollback';
import { addServers } from './servers';
import { sayFault, type Cli } from './session';
import { addStatus } from './status';
import { addSteering } from './steer';

/** The whole command line: every command that exists, and none that does not. */
export function createProgram(cli: Cli): Command {
  const program = new Command('lastgood')
    .description(
      'Brings a production system back to its last known-good state after a bad deployment, and proves that it did.',
    )
    .version(version())
    .configureOutput({
      writeOut: (text) => cli.terminal.say(text.trimEnd()),
      writeErr: (text) => cli.terminal.hint(text.trimEnd()),
      // Said by `runProgram`, in the house wording.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(cli.terminal.width, 100),
      getErrHelpWidth: () => Math.min(cli.terminal.width, 100),
    })
    // The arguments of a command are in its own help.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride();
  for (const [group, adds] of groups) {
    program.commandsGroup(`${group}:`);
    for (const add of adds) add(program, cli);
  }
  program.commandsGroup('Commands:');
  return withExamples(program, examples, exitCodesText);
}

/** Parses and runs one command line; answers with the exit code. */
export async function runProgram(cli: Cli, args: readonly string[]): Promise<number> {
  const program = createProgram(cli);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (thrown) {
    const isUsage = thrown instanceof CommanderError;
    const error = isUsage ? usageError(thrown, program, args) : thrown;
    if (error !== undefined) return sayFault(cli, error, args.includes('--json'));
    return isUsage && thrown.exitCode === 0 ? exitCodes.fine : exitCodes.badInput;
  }
}

/** In the order in which people need them at three in the morning. */
const groups = [
  ['Rollbacks', [addRollback, addDecisions, addSteering, addStatus, addRecords]],
  ['Before anything is touched', [addPlan, addCheck]],
  ['Releases, for pipelines and people', [addReleases, addHold, addGate]],
  ['When something is wrong', [addFreeze, addDoctor, addAudit]],
  ['Setting up', [addServers, addCatalog]],
] as const;

const examples = [
  'lastgood dev --catalog examples/production/catalog.yaml',
  'lastgood check production orders',
  'lastgood rollback production orders --reason "5xx since 02:51"',
  'lastgood approve rb-production-42',
];

function version(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
