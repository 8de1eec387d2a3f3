import { Option, type Command } from 'commander';
import type { Lastgood, StartedRollback } from '../client';
import { commands } from '../report/commands';
import { Asks } from './asks';
import { chooseComponents } from './choose-components';
import { exitCodes, exitCodesText } from './exit-codes';
import { follow } from './follow';
import { withExamples } from './help';
import { runWithLastgood, sayJson, type Cli } from './session';
import { wishOf, withWish, type WishOptions } from './wish';
import { componentWords, environmentWord, reasonWord } from './words';

interface RollbackOptions extends WishOptions {
  readonly reason: string;
  readonly key?: string;
  readonly again?: boolean;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly yes?: boolean;
  readonly preempt?: boolean;
  readonly json?: boolean;
  readonly trigger: string;
}

/** `lastgood rollback`: starts, or attaches to, a rollback and watches it to its end. */
export function addRollback(program: Command, cli: Cli): void {
  const command = program
    .command('rollback')
    .alias('start')
    .summary('bring components back to their last known-good release')
    .description('Plans, rehearses, asks for approval, reverts in a safe order, verifies, marks and reports.')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument(
      '[components...]',
      'the bad ones: payments, or payments/eu for one placement; without any, the deployments of the last hour are offered',
      componentWords,
    )
    .requiredOption('--reason <text>', 'why; it is in the report', reasonWord)
    .option('--key <key>', 'incident, deployment or alert id: the same key and request is the same rollback')
    .option('--again', 'start anew under a key whose rollback has ended');
  withWish(command)
    .option('--dry-run', 'plan and rehearse, then stop; nothing is touched')
    .option('--preempt', 'go on although a pipeline deploys what is reverted')
    .option('--detach', 'start and leave')
    .option('--yes', 'approve the plan that is shown at once, as yourself (for machines)')
    .option('--json', 'print the record, as it is in the end, as one JSON document')
    .addOption(new Option('--trigger <name>', 'where it came from').default('cli').hideHelp())
    .action((environment: string, components: readonly string[] | undefined, options: RollbackOptions) =>
      runWithLastgood(cli, options, (lastgood) => run(cli, lastgood, environment, components ?? [], options)),
    );
  withExamples(command, examples, exitCodesText);
}

const examples = [
  'lastgood rollback production orders --reason "5xx since 02:51"',
  'lastgood rollback production payments orders --key INC-381 --reason "checkout fails"',
  'lastgood rollback production orders --to orders=3.0.8 --reason "3.0.9 is slow" --dry-run',
  'lastgood rollback production payments --flag-only --reason "the new payment flow fails"',
  'lastgood rollback production --reason "what went out last is bad"',
];

async function run(
  cli: Cli,
  lastgood: Lastgood,
  environment: string,
  named: readonly string[],
  options: RollbackOptions,
): Promise<number> {
  const components = named.length > 0 ? named : await chooseComponents(cli, lastgood, environment, options);
  if (components === undefined) return exitCodes.badInput;
  const { key, again, reason, dryRun = false, trigger } = options;
  const preempt = options.preempt === undefined ? {} : { preempt: options.preempt };
  const wish = { environment, components, reason, dryRun, trigger, ...preempt, ...wishOf(options) };
  const started = await lastgood.startRollback(wish, {
    ...(key === undefined ? {} : { key }),
    ...(again === undefined ? {} : { again }),
  });
  if (started.attached) cli.terminal.hint(attachedText(started, key));
  if (options.detach === true) return leave(cli, started, options);
  return follow(
    cli,
    lastgood,
    started,
    options,
    (terminal, interrupted) => new Asks(cli, { lastgood, terminal, yes: options.yes === true, interrupted }),
  );
}

function attachedText({ workflowId, ended }: StartedRollback, key: string | undefined): string {
  if (!ended) return `attached to ${workflowId}, which was started before`;
  return `${workflowId} has ended before, and this is its result; to start anew under the key ${key ?? ''} add --again`;
}

function leave(cli: Cli, started: StartedRollback, { json }: RollbackOptions): number {
  const { workflowId, attached } = started;
  if (json === true) sayJson(cli, started);
  else
    cli.terminal.say(
      `${attached ? 'attached to' : 'started'} ${workflowId}\n  watch it:  ${commands.watch(workflowId)}`,
    );
  return exitCodes.fine;
}
