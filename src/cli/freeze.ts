import { Argument, type Command } from 'commander';
import type { Lastgood } from '../client';
import { writesText } from '../report';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { lookOf, runWithLastgood, sayJson, type Cli } from './session';
import { reasonWord } from './words';

interface FreezeOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

/** `freeze-writes`: one switch that stops every write of every rollback, and says where each of them stands. */
export function addFreeze(program: Command, cli: Cli): void {
  const command = program
    .command('freeze-writes')
    .summary('stop every write of every rollback at once, or let them go on')
    .description(
      'A write that was begun may end; no other begins, in any environment. Steps that meet it wait, and fail after a day.',
    )
    .addArgument(new Argument('[state]', 'without it: show whether writes go out').choices(['on', 'off']))
    .option('--reason <text>', 'why; it is audited and shown to others', reasonWord)
    .option('--json', 'print the switch and every open rollback as one JSON document')
    .action((state: 'on' | 'off' | undefined, options: FreezeOptions) =>
      runWithLastgood(cli, options, async (lastgood) => {
        const writes = await turned(lastgood, state, options.reason);
        if (options.json === true) sayJson(cli, writes);
        else cli.terminal.say(writesText(writes, lookOf(cli)));
        return exitCodes.fine;
      }),
    );
  withExamples(command, [
    'lastgood freeze-writes on --reason "the database is on fire"',
    'lastgood freeze-writes',
    'lastgood freeze-writes off',
  ]);
}

function turned(lastgood: Lastgood, state: 'on' | 'off' | undefined, reason: string | undefined) {
  if (state === undefined) return lastgood.writes();
  return state === 'on'
    ? lastgood.freezeWrites(reason ?? 'no reason was given')
    : lastgood.thawWrites(reason ?? 'no reason was given');
}
