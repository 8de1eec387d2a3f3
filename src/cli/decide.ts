import type { Command } from 'commander';
import type { Lastgood } from '../client';
import type { Action, Ask, DecisionMessage } from '../domain/approval';
import { LastgoodError } from '../domain/errors';
import type { Progress } from '../domain/progress';
import { liveText } from '../report';
import { commands } from '../report/commands';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { planScreen } from './screens';
import { runWithLastgood, sayJson, type Cli } from './session';

interface DecideOptions {
  readonly comment?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `approve`, `reject`, `stop`, `retry`: each answers with its consequence and the map of what is live. */
export function addDecisions(program: Command, cli: Cli): void {
  addOnPlan(program, cli, 'approve', 'carry out the plan that is shown', '--comment "seen, go"');
  addOnPlan(program, cli, 'reject', 'end the rollback with nothing touched', '--comment "fixing forward"');
  addStop(program, cli);
  addRetry(program, cli);
}

function addOnPlan(program: Command, cli: Cli, action: 'approve' | 'reject', summary: string, example: string): void {
  const command = deciding(program, action, summary)
    .description(
      'Shows the plan, asks on a terminal, then binds the decision to the plan’s digest and to the open ask.',
    )
    .option('--yes', 'do not ask again (for machines)')
    .action((name: string, options: DecideOptions) =>
      runWithLastgood(cli, options, (lastgood) => decideOnPlan(cli, lastgood, name, action, options)),
    );
  withExamples(command, [
    `lastgood ${action} rb-production-42`,
    `lastgood ${action} rb-production-42 --yes ${example}`,
  ]);
}

function addStop(program: Command, cli: Cli): void {
  const command = deciding(program, 'stop', 'stop here and keep everything as it is')
    .description('What runs is let end, nothing new starts, and everything stays as it is then.')
    .action((name: string, options: DecideOptions) =>
      runWithLastgood(cli, options, (lastgood) => tell(cli, lastgood, name, 'stop', {}, options)),
    );
  withExamples(command, ['lastgood stop rb-production-42 --comment "fixing forward instead"']);
}

function addRetry(program: Command, cli: Cli): void {
  const command = deciding(program, 'retry', 'try a failed unit again')
    .argument('[unit]', 'the unit or step that failed; may be left out when only one did')
    .action((name: string, target: string | undefined, options: DecideOptions) =>
      runWithLastgood(cli, options, (lastgood) =>
        tell(cli, lastgood, name, 'retry', target === undefined ? {} : { target }, options),
      ),
    );
  withExamples(command, ['lastgood retry rb-production-42', 'lastgood retry rb-production-42 orders']);
}

function deciding(program: Command, action: Action, summary: string): Command {
  return program
    .command(action)
    .summary(summary)
    .argument('<rollback>', 'rb-…, the key, or the workflow id')
    .option('--comment <text>', 'why; it is in the report')
    .option('--json', 'print the answer and what is live as one JSON document');
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
  if (options.json !== true) cli.terminal.say(await planScreen(cli, lastgood, progress));
  if (options.yes !== true && options.json !== true && cli.terminal.interactive) {
    const typed = await cli.terminal.ask(`${action} this plan? [yes, no] `, new AbortController().signal);
    if (!/^y(es)?$/i.test(typed?.trim() ?? '')) {
      cli.terminal.hint('nothing was said; the ask stays open');
      return exitCodes.waiting;
    }
  }
  return tell(cli, lastgood, name, action, { ask: ask.id, planDigest: ask.planDigest }, options);
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

async function tell(
  cli: Cli,
  lastgood: Lastgood,
  name: string,
  action: Action,
  message: DecisionMessage,
  { comment, json }: DecideOptions,
): Promise<number> {
  const answer = await lastgood.decide(name, action, { ...message, ...(comment === undefined ? {} : { comment }) });
  // What was said is said: a look that fails afterwards must not sound as if it was not.
  const live = await lastgood.status(name).then(
    (progress) => progress.live,
    () => [],
  );
  const consequence = answer.accepted
    ? `${action}: ${answer.why}`
    : `${action} does not count (${answer.code}): ${answer.why}`;
  if (json === true) sayJson(cli, { ...answer, live });
  else cli.terminal.say(live.length === 0 ? consequence : `${consequence}\n  live now  ${liveText(live)}`);
  return answer.accepted ? exitCodes.fine : exitCodes.refused;
}
