import type { Command } from 'commander';
import type { Lastgood } from '../client';
import type { Action, DecisionMessage } from '../domain/approval';
import { LastgoodError } from '../domain/errors';
import { liveText } from '../report';
import { exitCodes } from './exit-codes';
import { runCommand, sayJson, type Cli } from './session';
import { planScreen } from './watch';

interface DecideOptions {
  readonly comment?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `approve`, `reject`, `stop`, `retry`: each answers with its consequence and the map of what is live. */
export function addDecisions(program: Command, cli: Cli): void {
  for (const action of ['approve', 'reject'] as const) {
    program
      .command(action)
      .summary(action === 'approve' ? 'carry out the plan that is shown' : 'end the rollback with nothing touched')
      .description('Shows the plan, then binds the decision to its digest and to the open ask.')
      .argument('<rollback>', 'rb-…, the key, or the workflow id')
      .option('--comment <text>', 'why; it is in the report')
      .option('--yes', 'do not ask again (for machines)')
      .option('--json', 'print the answer as one JSON document')
      .addHelpText('after', `\nExample:\n  lastgood ${action} rb-production-42 --comment "seen, go"`)
      .action((name: string, options: DecideOptions) =>
        runCommand(cli, options.json === true, () =>
          cli.withLastgood((lastgood) => decideOnPlan(cli, lastgood, name, action, options)),
        ),
      );
  }
  program
    .command('stop')
    .summary('stop here and keep everything as it is')
    .argument('<rollback>', 'rb-…, the key, or the workflow id')
    .option('--comment <text>', 'why; it is in the report')
    .option('--json', 'print the answer as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood stop rb-production-42 --comment "fixing forward instead"')
    .action((name: string, options: DecideOptions) =>
      runCommand(cli, options.json === true, () =>
        cli.withLastgood((lastgood) => tell(cli, lastgood, name, 'stop', {}, options)),
      ),
    );
  program
    .command('retry')
    .summary('try a failed unit again')
    .argument('<rollback>', 'rb-…, the key, or the workflow id')
    .argument('[unit]', 'the unit or step that failed; may be left out when only one did')
    .option('--comment <text>', 'why; it is in the report')
    .option('--json', 'print the answer as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood retry rb-production-42 orders')
    .action((name: string, target: string | undefined, options: DecideOptions) =>
      runCommand(cli, options.json === true, () =>
        cli.withLastgood((lastgood) =>
          tell(cli, lastgood, name, 'retry', target === undefined ? {} : { target }, options),
        ),
      ),
    );
}

async function decideOnPlan(
  cli: Cli,
  lastgood: Lastgood,
  name: string,
  action: 'approve' | 'reject',
  options: DecideOptions,
): Promise<number> {
  const { ask } = await lastgood.status(name);
  if (ask?.kind !== 'approval')
    throw new LastgoodError('BAD_REQUEST', {
      what: `${name} does not ask for approval now`,
      next: `see what it does: lastgood status ${name}`,
    });
  if (options.json !== true) cli.terminal.say(await planScreen(lastgood, name, cli.terminal));
  if (options.yes !== true && cli.terminal.interactive) {
    const typed = await cli.terminal.ask(`${action} this plan? [yes/no] `, new AbortController().signal);
    if (!/^y(es)?$/i.test(typed?.trim() ?? '')) {
      cli.terminal.hint('nothing was said; the ask stays open');
      return exitCodes.waiting;
    }
  }
  return tell(cli, lastgood, name, action, { ask: ask.id, planDigest: ask.planDigest }, options);
}

async function tell(
  cli: Cli,
  lastgood: Lastgood,
  name: string,
  action: Action,
  message: DecisionMessage,
  { comment, json }: DecideOptions,
): Promise<number> {
  const answer = await lastgood.decide(name, action, { ...message, ...(comment === undefined ? {} : { comment }) });
  const { live } = await lastgood.status(name);
  if (json === true) sayJson(cli, { ...answer, live });
  else
    cli.terminal.say(
      [
        answer.accepted ? `${action}: ${answer.why}` : `${action} does not count (${answer.code}): ${answer.why}`,
        liveText(live),
      ]
        .filter((line) => line !== '')
        .join('\n'),
    );
  return answer.accepted ? exitCodes.fine : exitCodes.refused;
}
