import type { Command } from 'commander';
import { LastgoodError } from '../domain/errors';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runWithLastgood, sayJson, type Cli } from './session';
import { componentWord, environmentWord, reasonWord } from './words';

interface HoldOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** `hold set|lift`: promotion of a component is suspended, or goes on. */
export function addHold(program: Command, cli: Cli): void {
  const hold = program.command('hold').summary('suspend or resume the promotion of a component');
  addSet(hold, cli);
  addLift(hold, cli);
  withExamples(hold, [setExample, liftExample]);
}

const setExample = 'lastgood hold set production payments --reason "root cause open"';
const liftExample = 'lastgood hold lift production payments --reason "INC-381 closed"';

function addSet(hold: Command, cli: Cli): void {
  const command = holding(hold, 'set', 'no version may be promoted until the hold is lifted').action(
    (environment: string, component: string, options: HoldOptions) =>
      runWithLastgood(cli, options, async (lastgood) => {
        const stranger = await lastgood.stranger(environment, component);
        if (stranger !== undefined)
          throw new LastgoodError('BAD_REQUEST', { what: stranger, next: 'correct the name' });
        await lastgood.hold(environment, component, options.reason);
        if (options.json === true) sayJson(cli, { environment, component, held: true });
        else cli.terminal.say(`${component} is on hold in ${environment}: the gate refuses every version of it`);
        return exitCodes.fine;
      }),
  );
  withExamples(command, [setExample]);
}

function addLift(hold: Command, cli: Cli): void {
  const command = holding(hold, 'lift', 'versions may be promoted again').action(
    (environment: string, component: string, options: HoldOptions) =>
      runWithLastgood(cli, options, async (lastgood) => {
        const lifted = await lastgood.liftHold(environment, component, options.reason);
        const said = lifted
          ? `the hold on ${component} in ${environment} is lifted`
          : `${component} was not on hold in ${environment}`;
        if (options.json === true) sayJson(cli, { environment, component, held: false, lifted });
        else cli.terminal.say(said);
        return exitCodes.fine;
      }),
  );
  withExamples(command, [liftExample]);
}

function holding(hold: Command, word: string, summary: string): Command {
  return hold
    .command(word)
    .summary(summary)
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument('<component>', 'without its version', componentWord)
    .requiredOption('--reason <text>', 'why; it is audited', reasonWord)
    .option('--json', 'print what holds now as one JSON document');
}
