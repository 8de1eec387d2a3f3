import { Option, type Command } from 'commander';
import type { Lastgood, StartedRollback } from '../client';
import { LastgoodError } from '../domain/errors';
import type { Progress } from '../domain/progress';
import type { RollbackRequest } from '../domain/request';
import { exitCodes, exitCodesText, exitOfOutcome } from './exit-codes';
import { runCommand, sayJson, type Cli } from './session';
import { patiently, planScreen, screenOf, watch } from './watch';

interface RollbackOptions {
  readonly reason: string;
  readonly key?: string;
  readonly again?: boolean;
  readonly to?: readonly string[];
  readonly dryRun?: boolean;
  readonly accept?: readonly string[];
  readonly detach?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly trigger: string;
}

/** `lastgood rollback`: starts, or attaches to, a rollback and watches it to its end. */
export function addRollback(program: Command, cli: Cli): void {
  program
    .command('rollback')
    .alias('start')
    .summary('bring components back to their last known-good release')
    .description('Plans, rehearses, asks for approval, reverts in a safe order, verifies, marks and reports.')
    .argument('<environment>', 'as named in the catalog')
    .argument('<components...>', 'the bad ones: payments, or payments/eu for one placement')
    .requiredOption('--reason <text>', 'why; it is in the report')
    .option('--key <key>', 'incident, deployment or alert id: the same key and request is the same rollback')
    .option('--again', 'start anew under a key whose rollback has ended')
    .option('--to <component=version...>', 'explicit targets, checked by the same rules')
    .option('--dry-run', 'plan and rehearse, then stop; nothing is touched')
    .option('--accept <rule...>', 'accept the violation of these rules, by name')
    .option('--detach', 'start and leave; watch later with: lastgood status --watch')
    .option('--yes', 'approve the plan that is shown at once, as yourself (for machines)')
    .option('--json', 'print the result as one JSON document')
    .addOption(new Option('--trigger <name>', 'where it came from').default('cli').hideHelp())
    .addHelpText(
      'after',
      `\nExamples:\n  lastgood rollback production orders --reason "5xx since 02:51"\n  lastgood rollback production payments orders --key INC-381 --reason "checkout fails"\n  lastgood rollback production orders --reason "drill" --dry-run\n\n${exitCodesText}`,
    )
    .action((environment: string, components: readonly string[], options: RollbackOptions) =>
      runCommand(cli, options.json === true, () =>
        cli.withLastgood((lastgood) =>
          startAndWatch(cli, lastgood, requestOf(environment, components, options), options),
        ),
      ),
    );
}

function requestOf(
  environment: string,
  components: readonly string[],
  options: RollbackOptions,
): Omit<RollbackRequest, 'requester'> {
  const { reason, dryRun = false, accept = [], trigger } = options;
  return { environment, components, reason, dryRun, accept, trigger, to: targetsOf(options.to ?? []) };
}

/** `payments=2.0.4` pairs as a table. Throws BAD_REQUEST. */
export function targetsOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [component, version, ...rest] = pair.split('=');
      if (component === undefined || version === undefined || version === '' || rest.length > 0) {
        throw new LastgoodError('BAD_REQUEST', {
          what: `"${pair}" is not COMPONENT=VERSION`,
          next: 'write for example: --to payments=2.0.4',
        });
      }
      return [component, version];
    }),
  );
}

async function startAndWatch(
  cli: Cli,
  lastgood: Lastgood,
  request: Omit<RollbackRequest, 'requester'>,
  options: RollbackOptions,
): Promise<number> {
  const { key, again } = options;
  const started = await lastgood.startRollback(request, {
    ...(key === undefined ? {} : { key }),
    ...(again === undefined ? {} : { again }),
  });
  if (started.attached) cli.terminal.hint(`attached to ${started.workflowId}, which was started before`);
  if (options.detach === true) return detach(cli, started, options);
  return watchToTheEnd(cli, lastgood, started.workflowId, options);
}

function detach(cli: Cli, started: StartedRollback, { json }: RollbackOptions): number {
  if (json === true) sayJson(cli, started);
  else cli.terminal.say(`started ${started.workflowId}\nwatch it: lastgood status ${started.workflowId} --watch`);
  return exitCodes.fine;
}

/** Watches until the end; approves with --yes, asks on a terminal, and elsewhere leaves the ask to a human. */
export async function watchToTheEnd(
  cli: Cli,
  lastgood: Lastgood,
  workflowId: string,
  { yes, json }: Pick<RollbackOptions, 'yes' | 'json'>,
): Promise<number> {
  const quiet = json === true ? { ...cli.terminal, interactive: false, say: cli.terminal.hint } : cli.terminal;
  let answeredAsk: string | undefined;
  let leftWaiting = false;
  const progress = await watch(lastgood, workflowId, quiet, async (moment) => {
    const ask = moment.ask;
    if (ask === undefined || ask.id === answeredAsk) return false;
    answeredAsk = ask.id;
    if (ask.kind === 'decision') {
      leftWaiting = !quiet.interactive;
      if (leftWaiting) quiet.say(screenOf(moment, quiet));
      return leftWaiting;
    }
    if (quiet.interactive) quiet.keep();
    quiet.say(await patiently(quiet, () => planScreen(lastgood, moment.rollback, quiet)));
    if (yes === true) await approveAsYourself(cli, lastgood, moment);
    else if (quiet.interactive) await askPerson(cli, lastgood, moment);
    else {
      leftWaiting = true;
      quiet.say(`it waits for a human:  lastgood approve ${moment.rollback}   or   lastgood reject ${moment.rollback}`);
    }
    return leftWaiting;
  });
  if (json === true) sayJson(cli, progress);
  else if (!leftWaiting && !quiet.interactive) quiet.say(screenOf(progress, quiet));
  return progress.outcome === undefined ? exitCodes.waiting : exitOfOutcome(progress.outcome);
}

async function approveAsYourself(cli: Cli, lastgood: Lastgood, { rollback, ask }: Progress): Promise<void> {
  if (ask === undefined) return;
  const message = { ask: ask.id, planDigest: ask.planDigest, comment: '--yes' };
  const answer = await patiently(cli.terminal, () => lastgood.decide(rollback, 'approve', message));
  cli.terminal.hint(answer.accepted ? `approved as ${lastgood.identity} (--yes)` : `not approved: ${answer.why}`);
}

/** Asks on the terminal; ends the question by itself when somebody decides elsewhere meanwhile. */
async function askPerson(cli: Cli, lastgood: Lastgood, { rollback, ask }: Progress): Promise<void> {
  if (ask === undefined) return;
  const elsewhere = new AbortController();
  const poll = setInterval(() => {
    void lastgood.status(rollback).then(
      (now) => now.ask?.id !== ask.id && elsewhere.abort(),
      () => undefined,
    );
  }, 1_000);
  const typed = await cli.terminal.ask(
    'approve this plan? [yes = approve, no = reject, Enter = leave it waiting] ',
    elsewhere.signal,
  );
  clearInterval(poll);
  if (typed === undefined) return cli.terminal.hint('decided elsewhere');
  const action = /^y(es)?$/i.test(typed.trim()) ? 'approve' : /^no?$/i.test(typed.trim()) ? 'reject' : undefined;
  if (action === undefined) return cli.terminal.hint(`left waiting; decide later: lastgood approve ${rollback}`);
  const message = { ask: ask.id, planDigest: ask.planDigest };
  const answer = await patiently(cli.terminal, () => lastgood.decide(rollback, action, message));
  cli.terminal.hint(answer.accepted ? answer.why : `not counted: ${answer.why}`);
}
