import type { Command } from 'commander';
import type { Lastgood } from '../client';
import type { Action, Ask } from '../domain/approval';
import { choiceName } from '../domain/decide';
import { LastgoodError } from '../domain/errors';
import type { Progress } from '../domain/progress';
import { commands } from '../report/commands';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { isMeant, requireConfirmed } from './consent';
import { askScreen, screenOf } from './screens';
import { runWithLastgood, sayJson, type Cli } from './session';
import { tell, type TellOptions } from './tell';

interface DecideOptions extends TellOptions {
  readonly yes?: boolean;
  readonly confirm?: string;
}

/** `approve`, `reject`, `decide`: what answers an open ask. Each says its consequence and what is live. */
export function addDecisions(program: Command, cli: Cli): void {
  addOnPlan(program, cli, 'approve', 'carry out the plan that is shown', '--comment "seen, go"');
  addOnPlan(program, cli, 'reject', 'do not carry it out', '--comment "fixing forward"');
  addDecide(program, cli);
}

/** The arguments and options that every command has that says something to a rollback. */
export function saying(program: Command, action: Action, summary: string): Command {
  return program
    .command(action)
    .summary(summary)
    .argument('<rollback>', 'rb-…, the key, or the workflow id')
    .option('--comment <text>', 'why; it is in the report')
    .option('--json', 'print the answer and what is live as one JSON document');
}

function addOnPlan(program: Command, cli: Cli, action: 'approve' | 'reject', summary: string, example: string): void {
  const command = saying(program, action, summary)
    .description(
      'Shows what is asked about, asks on a terminal, then binds the decision to its digest and to the open ask. Before bad releases are put back the name of the component is typed.',
    )
    .option('--yes', 'do not ask again (for machines)')
    .option('--confirm <component>', 'the name that a person types before a bad release is put back (for machines)')
    .action((name: string, options: DecideOptions) =>
      runWithLastgood(cli, options, (lastgood) => decideOnPlan(cli, lastgood, name, action, options)),
    );
  withExamples(command, [
    `lastgood ${action} rb-production-42`,
    `lastgood ${action} rb-production-42 --yes ${example}`,
  ]);
}

function addDecide(program: Command, cli: Cli): void {
  const command = saying(program, 'decide', 'answer the open question with one of its choices')
    .description('Without a choice it shows the question and, on a terminal, asks.')
    .argument('[choice...]', 'one of the choices that the question names: continue, retry UNIT, …')
    .action((name: string, choice: readonly string[], options: DecideOptions) =>
      runWithLastgood(cli, options, (lastgood) => decideChoice(cli, lastgood, name, choice.join(' '), options)),
    );
  withExamples(command, [
    'lastgood decide rb-production-42',
    'lastgood decide rb-production-42 continue',
    'lastgood decide rb-production-42 skip orders --comment "the host is gone"',
  ]);
}

async function decideOnPlan(
  cli: Cli,
  lastgood: Lastgood,
  name: string,
  action: 'approve' | 'reject',
  options: DecideOptions,
): Promise<number> {
  const progress = await lastgood.status(name);
  const ask = approvalAsk(progress, name);
  if (options.json !== true) cli.terminal.say(await askScreen(cli, lastgood, progress, ask));
  const isPerson = options.yes !== true && options.json !== true && cli.terminal.interactive;
  if (ask.about === 'reinstate' && action === 'approve' && !isPerson) requireConfirmed(progress, options, 'approve');
  if (isPerson) {
    const typed = await cli.terminal.ask(questionOf(action, ask, progress), new AbortController().signal);
    if (!isMeant(typed, action, ask, progress)) {
      cli.terminal.hint('nothing was said; the ask stays open');
      return exitCodes.waiting;
    }
  }
  return tell(cli, lastgood, name, action, { ask: ask.id, planDigest: ask.planDigest }, options);
}

function questionOf(action: 'approve' | 'reject', { about }: Ask, { components }: Progress): string {
  return about === 'reinstate' && action === 'approve'
    ? `type ${components[0] ?? ''} to put the bad release back: `
    : `${action} this plan? [yes, no] `;
}

/** Throws BAD_REQUEST when there is nothing to approve, with what there is instead. */
function approvalAsk({ ask, phase, outcome }: Progress, name: string): Ask {
  if (ask?.kind === 'approval') return ask;
  const why =
    outcome !== undefined
      ? `it has ended: ${outcome}`
      : ask === undefined
        ? `it is ${phase}, and asks nothing`
        : `it asks: ${ask.question}`;
  const next =
    ask?.choices.map(({ command }) => command).join('  or:  ') ?? `see what it does: ${commands.status(name)}`;
  throw new LastgoodError('BAD_REQUEST', { what: `${name} does not ask for approval now`, why, next });
}

async function decideChoice(
  cli: Cli,
  lastgood: Lastgood,
  name: string,
  given: string,
  options: DecideOptions,
): Promise<number> {
  const progress = await lastgood.status(name);
  const { ask } = progress;
  if (ask === undefined) throw nothingAsked(progress, name);
  if (ask.kind === 'approval') throw approvalAsked(ask);
  const choice = given === '' ? await chosen(cli, progress, ask, options) : given;
  return choice === undefined
    ? exitCodes.waiting
    : tell(cli, lastgood, name, 'decide', { ask: ask.id, choice }, options);
}

/** On a terminal the question is shown and a choice is typed, by number or by name. */
async function chosen(
  cli: Cli,
  progress: Progress,
  { choices }: Ask,
  { json }: DecideOptions,
): Promise<string | undefined> {
  if (json === true) sayJson(cli, progress.ask);
  else cli.terminal.say(screenOf(cli, cli.terminal, progress));
  if (json === true || !cli.terminal.interactive) return undefined;
  const offered = choices.map((choice, at) => `${at + 1} = ${choiceName(choice)}`).join(', ');
  const typed = (await cli.terminal.ask(`what now? [${offered}] `, new AbortController().signal))?.trim() ?? '';
  if (typed === '') cli.terminal.hint('nothing was said; the ask stays open');
  const picked = choices[Number(typed) - 1];
  return picked === undefined ? typed || undefined : choiceName(picked);
}

function nothingAsked({ phase, outcome }: Progress, name: string): LastgoodError {
  const why = outcome === undefined ? `it is ${phase}` : `it has ended: ${outcome}`;
  const next = `see what it does: ${commands.status(name)}`;
  return new LastgoodError('BAD_REQUEST', { what: `${name} asks nothing now`, why, next });
}

function approvalAsked({ question, choices }: Ask): LastgoodError {
  const next = choices.map(({ command }) => command).join('  or:  ');
  return new LastgoodError('BAD_REQUEST', { what: 'it asks for approval, not for a choice', why: question, next });
}
