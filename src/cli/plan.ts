import type { Command } from 'commander';
import type { Lastgood } from '../client';
import { carriedError } from '../client/carried-error';
import { parseFacts } from '../contract';
import { didYouMean } from '../contract/nearest';
import { LastgoodError } from '../domain/errors';
import type { Plan } from '../domain/plan';
import { buildPlan, reasonsFor } from '../planning';
import { checkText, planText } from '../report';
import { exitCodes, exitCodesText, exitOfVerdict } from './exit-codes';
import { withExamples } from './help';
import { readInput } from './read-input';
import { lookOf, runCommand, runWithLastgood, sayJson, type Cli } from './session';
import { collected, componentWords, environmentWord, targetWords } from './words';

interface PlanOptions {
  readonly to?: Readonly<Record<string, string>>;
  readonly accept?: readonly string[];
  readonly why?: string;
  readonly offline?: string;
  readonly json?: boolean;
}

/** `plan` and `check`: what a rollback would do, and whether it could be done right now. Nothing is touched. */
export function addPlans(program: Command, cli: Cli): void {
  const command = program
    .command('plan')
    .summary('what a rollback would do; nothing is touched')
    .argument('[environment]', 'as named in the catalog; not needed with --offline', environmentWord)
    .argument('[components...]', 'the bad ones', componentWords)
    .option('--to <component=version>', 'an explicit target, checked by the same rules; once for each', targetWords)
    .option('--accept <rule>', 'accept the violation of this rule, by name; once for each', collected)
    .option('--why <unit>', 'print the chain of reasons for one unit')
    .option('--offline <facts.json>', 'plan from one document: no server, no clock')
    .option('--json', 'print the plan as one JSON document')
    .action((environment: string | undefined, components: readonly string[] | undefined, options: PlanOptions) =>
      runCommand(cli, options, () => plan(cli, environment, components ?? [], options)),
    );
  withExamples(command, planExamples, exitCodesText);
  addCheck(program, cli);
}

const planExamples = [
  'lastgood plan production orders',
  'lastgood plan production orders --to orders=3.0.8 --why payments',
  'lastgood plan --offline examples/two-services.facts.json --json',
];

function addCheck(program: Command, cli: Cli): void {
  const command = program
    .command('check')
    .summary('can we roll back right now, and why not')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument('<components...>', 'the ones that would be rolled back', componentWords)
    .option('--json', 'print the plan as one JSON document')
    .action((environment: string, components: readonly string[], options: { readonly json?: boolean }) =>
      runWithLastgood(cli, options, async (lastgood) => {
        const startedMs = cli.now();
        const made = await plannedBy(lastgood, environment, components, {});
        if (options.json === true) sayJson(cli, made);
        else cli.terminal.say(checkText(made, { ...lookOf(cli), tookMs: cli.now() - startedMs }));
        return exitOfVerdict(made.verdict);
      }),
    );
  withExamples(
    command,
    ['lastgood check production payments', 'lastgood check production payments orders --json'],
    exitCodesText,
  );
}

async function plan(
  cli: Cli,
  environment: string | undefined,
  components: readonly string[],
  options: PlanOptions,
): Promise<number> {
  if (options.offline !== undefined) return show(cli, buildPlan(parseFacts(await readInput(options.offline))), options);
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

async function plannedBy(
  lastgood: Lastgood,
  environment: string,
  components: readonly string[],
  { to = {}, accept = [] }: PlanOptions,
): Promise<Plan> {
  const wish = { environment, components, reason: 'plan only', to, accept, trigger: 'plan' };
  const { plan: made, progress } = await lastgood.planRollback(wish);
  if (made === undefined) throw carriedError(progress.why ?? 'no plan could be made, and nothing says why');
  return made;
}

function show(cli: Cli, made: Plan, { why, json }: PlanOptions): number {
  if (why !== undefined) return showReasons(cli, made, why, json === true);
  if (json === true) sayJson(cli, made);
  else cli.terminal.say(planText(made, lookOf(cli)));
  return exitOfVerdict(made.verdict);
}

function showReasons(cli: Cli, made: Plan, unit: string, json: boolean): number {
  const units = made.units.map(({ id }) => id);
  if (!units.includes(unit))
    throw new LastgoodError('BAD_REQUEST', {
      what: `the plan has no unit "${unit}"${didYouMean(unit, units)}`,
      why: units.length === 0 ? 'it has no unit at all' : `its units: ${units.join(', ')}`,
      next: 'name one of them',
    });
  const reasons = reasonsFor(made, unit);
  if (json) sayJson(cli, { unit, reasons });
  else cli.terminal.say(reasons.join('\n'));
  return exitCodes.fine;
}
