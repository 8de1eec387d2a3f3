import type { Command } from 'commander';
import type { Lastgood } from '../client';
import type { Action, DecisionMessage } from '../domain/approval';
import { commands } from '../report/commands';
import { requireConfirmed } from './consent';
import { saying } from './decide';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { screenOf } from './screens';
import { runWithLastgood, type Cli } from './session';
import { tell, type TellOptions } from './tell';
import { reasonWord } from './words';

/** `pause`, `resume`, `stop`, `retry`, `skip`, `reinstate`: what a person may say while a rollback runs. */
export function addSteering(program: Command, cli: Cli): void {
  addPlain(program, cli, 'pause', 'let what runs end and start nothing new', [
    'lastgood pause rb-production-42 --comment "looking at the database first"',
  ]);
  addPlain(program, cli, 'resume', 'go on after a pause', ['lastgood resume rb-production-42']);
  addPlain(program, cli, 'stop', 'stop here and keep everything as it is', [
    'lastgood stop rb-production-42 --comment "fixing forward instead"',
  ]);
  addRetry(program, cli);
  addSkip(program, cli);
  addReinstate(program, cli);
}

function addPlain(
  program: Command,
  cli: Cli,
  action: 'pause' | 'resume' | 'stop',
  summary: string,
  examples: readonly string[],
): void {
  const command = saying(program, action, summary)
    .description(described[action])
    .action((name: string, options: TellOptions) => said(cli, name, action, {}, options));
  withExamples(command, examples);
}

const described = {
  pause:
    'What runs is let end and nothing new starts. A pause has a deadline (policies.resumeWithin of the catalog): then the rollback stops and everything stays as it is.',
  resume: 'The rollback goes on where it was.',
  stop: 'What runs is let end, nothing new starts, and everything stays as it is then.',
} as const;

function addRetry(program: Command, cli: Cli): void {
  const command = saying(program, 'retry', 'try a failed unit again')
    .argument('[unit]', 'the unit or step that failed; may be left out when only one did')
    .action((name: string, target: string | undefined, options: TellOptions) =>
      said(cli, name, 'retry', target === undefined ? {} : { target }, options),
    );
  withExamples(command, ['lastgood retry rb-production-42', 'lastgood retry rb-production-42 orders']);
}

function addSkip(program: Command, cli: Cli): void {
  const command = saying(program, 'skip', 'leave out a unit or a step')
    .description(
      'It stays as it is and never counts as being at its target: what waits for it is left behind, and the rollback can not end as confirmed.',
    )
    .argument('<unit>', 'a unit that has failed or not begun, or one of its steps')
    .requiredOption('--reason <text>', 'why; it is in the report', reasonWord)
    .action((name: string, target: string, options: TellOptions) => said(cli, name, 'skip', { target }, options));
  withExamples(command, [
    'lastgood skip rb-production-42 orders --reason "the host is gone"',
    'lastgood skip rb-production-42 payments/flag/1 --reason "switched by hand"',
  ]);
}

interface ReinstateOptions extends TellOptions {
  readonly confirm?: string;
}

function addReinstate(program: Command, cli: Cli): void {
  const command = saying(program, 'reinstate', 'put the bad release back')
    .description(
      'Undoes what was reverted, in exactly the reverse order, from what was captured before the first write. It asks for an approval of its own first. The bad release stays marked, and the gate closed.',
    )
    .requiredOption('--reason <text>', 'why; it is in the report', reasonWord)
    .option('--confirm <component>', 'the name that a person would have to type (for machines)')
    .action((name: string, options: ReinstateOptions) =>
      runWithLastgood(cli, options, (lastgood) => reinstate(cli, lastgood, name, options)),
    );
  withExamples(command, ['lastgood reinstate rb-production-42 --reason "the old one can not read the new orders"']);
}

async function reinstate(cli: Cli, lastgood: Lastgood, name: string, options: ReinstateOptions): Promise<number> {
  const progress = await lastgood.status(name);
  const wanted = progress.components[0] ?? '';
  const isPerson = options.confirm === undefined && options.json !== true && cli.terminal.interactive;
  if (!isPerson) requireConfirmed(progress, options, 'reinstate');
  if (isPerson && (await typedName(cli, screenOf(cli, cli.terminal, progress), wanted)) !== wanted) {
    cli.terminal.hint(`that is not ${wanted}: nothing was said`);
    return exitCodes.waiting;
  }
  const code = await tell(cli, lastgood, name, 'reinstate', {}, options);
  if (code === exitCodes.fine && options.json !== true) cli.terminal.hint(`then:  ${commands.approve(name)}`);
  return code;
}

async function typedName({ terminal }: Cli, screen: string, wanted: string): Promise<string | undefined> {
  terminal.say(screen);
  const typed = await terminal.ask(`type ${wanted} to ask for the BAD release back: `, new AbortController().signal);
  return typed?.trim();
}

function said(cli: Cli, name: string, action: Action, message: DecisionMessage, options: TellOptions): Promise<void> {
  return runWithLastgood(cli, options, (lastgood) => tell(cli, lastgood, name, action, message, options));
}
