import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Lastgood } from '../client';
import { parseFacts } from '../contract';
import { LastgoodError } from '../domain/errors';
import type { Plan } from '../domain/plan';
import { buildPlan, reasonsFor } from '../planning';
import { checkText, planText, type Look } from '../report';
import { exitCodes, exitCodesText, exitOfVerdict } from './exit-codes';
import { targetsOf } from './rollback';
import { runCommand, sayJson, type Cli } from './session';

interface PlanOptions {
  readonly to?: readonly string[];
  readonly accept?: readonly string[];
  readonly why?: string;
  readonly offline?: string;
  readonly json?: boolean;
}

/** `plan` and `check`: what a rollback would do, and whether it could be done right now. Nothing is touched. */
export function addPlans(program: Command, cli: Cli): void {
  program
    .command('plan')
    .summary('what a rollback would do; nothing is touched')
    .argument('[environment]', 'as named in the catalog; not needed with --offline')
    .argument('[components...]', 'the bad ones')
    .option('--to <component=version...>', 'explicit targets, checked by the same rules')
    .option('--accept <rule...>', 'accept the violation of these rules, by name')
    .option('--why <unit>', 'print the chain of reasons for one unit')
    .option('--offline <facts.json>', 'plan from one document: no server, no clock')
    .option('--json', 'print the plan as one JSON document')
    .addHelpText(
      'after',
      `\nExamples:\n  lastgood plan production orders\n  lastgood plan production orders --why payments\n  lastgood plan --offline examples/two-services.facts.json --json\n\n${exitCodesText}`,
    )
    .action((environment: string | undefined, components: readonly string[], options: PlanOptions) =>
      runCommand(cli, options.json === true, () => plan(cli, environment, components, options)),
    );
  program
    .command('check')
    .summary('can we roll back right now, and why not')
    .argument('<environment>', 'as named in the catalog')
    .argument('<components...>', 'the ones that would be rolled back')
    .option('--json', 'print the plan as one JSON document')
    .addHelpText('after', `\nExample:\n  lastgood check production payments\n\n${exitCodesText}`)
    .action((environment: string, components: readonly string[], options: { readonly json?: boolean }) =>
      runCommand(cli, options.json === true, () => check(cli, environment, components, options)),
    );
}

async function plan(
  cli: Cli,
  environment: string | undefined,
  components: readonly string[],
  options: PlanOptions,
): Promise<number> {
  if (options.offline !== undefined)
    return show(cli, buildPlan(parseFacts(await readFile(options.offline, 'utf8'))), options);
  if (environment === undefined || components.length === 0) {
    throw new LastgoodError('BAD_REQUEST', {
      what: 'which environment and which components?',
      next: 'write for example: lastgood plan production orders',
    });
  }
  return cli.withLastgood(async (lastgood) =>
    show(cli, await plannedBy(lastgood, environment, components, options), options),
  );
}

async function check(
  cli: Cli,
  environment: string,
  components: readonly string[],
  { json }: { readonly json?: boolean },
): Promise<number> {
  return cli.withLastgood(async (lastgood) => {
    const startedMs = Date.now();
    const made = await plannedBy(lastgood, environment, components, {});
    if (json === true) sayJson(cli, made);
    else cli.terminal.say(checkText(made, { ...lookOf(cli), tookMs: Date.now() - startedMs }));
    return exitOfVerdict(made.verdict);
  });
}

async function plannedBy(
  lastgood: Lastgood,
  environment: string,
  components: readonly string[],
  { to = [], accept = [] }: PlanOptions,
): Promise<Plan> {
  const request = { environment, components, reason: 'plan only', to: targetsOf(to), accept, trigger: 'plan' };
  const { plan: made, progress } = await lastgood.planRollback(request);
  if (made !== undefined) return made;
  throw new LastgoodError('BAD_REQUEST', { what: progress.why ?? 'no plan could be made' });
}

function show(cli: Cli, made: Plan, { why, json }: PlanOptions): number {
  if (why !== undefined) cli.terminal.say(reasonsFor(made, why).join('\n'));
  else if (json === true) sayJson(cli, made);
  else cli.terminal.say(planText(made, lookOf(cli)));
  return why === undefined ? exitOfVerdict(made.verdict) : exitCodes.fine;
}

function lookOf({ terminal }: Cli): Look {
  return { nowMs: Date.now(), width: terminal.width, colour: terminal.colour };
}
