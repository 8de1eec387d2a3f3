import { Option, type Command } from 'commander';
import type { Lastgood, RollbackFile } from '../client';
import { carriedError } from '../client/carried-error';
import { parseFacts } from '../contract';
import { didYouMean } from '../contract/nearest';
import { LastgoodError } from '../domain/errors';
import type { Plan } from '../domain/plan';
import { buildPlan, comparePlans, reasonsFor, targetReasons } from '../planning';
import { adviceLines, changesText, planPage, planText } from '../report';
import { exitCodes, exitCodesText, exitOfVerdict } from './exit-codes';
import { withExamples } from './help';
import { readInput } from './read-input';
import { lookOf, runCommand, sayJson, type Cli } from './session';
import { wishOf, withWish, type WishOptions } from './wish';
import { componentWords, environmentWord } from './words';

interface PlanOptions extends WishOptions {
  readonly why?: string;
  readonly changes?: boolean;
  readonly offline?: string;
  readonly format: 'text' | 'md' | 'json';
  readonly json?: boolean;
}

/** `plan`: what a rollback would do. Nothing is touched. */
export function addPlan(program: Command, cli: Cli): void {
  const command = program
    .command('plan')
    .summary('what a rollback would do; nothing is touched')
    .argument('[environment]', 'as named in the catalog; not needed with --offline', environmentWord)
    .argument('[components...]', 'the bad ones', componentWords);
  withWish(command)
    .option('--why <unit>', 'print the chain of reasons for one unit, or all of the advice: --why advice')
    .option('--changes', 'print what is different from the plan that was approved or shown last')
    .option('--offline <facts.json>', 'plan from one document: no server, no clock')
    .addOption(
      new Option('--format <format>', 'md is for pull requests').choices(['text', 'md', 'json']).default('text'),
    )
    .option('--json', 'the same as --format json')
    .action((environment: string | undefined, components: readonly string[] | undefined, options: PlanOptions) =>
      runCommand(cli, options, () => plan(cli, environment, components ?? [], options)),
    );
  withExamples(command, examples, exitCodesText);
}

const examples = [
  'lastgood plan production orders',
  'lastgood plan production orders --to orders=3.0.8 --why payments',
  'lastgood plan production orders --severity 2 --affected 7% --cause unknown',
  'lastgood plan --offline examples/two-services.facts.json --json',
];

/** One plan by the road itself, stopped before approval. Throws what kept it from being made. */
export async function plannedBy(
  lastgood: Lastgood,
  environment: string,
  components: readonly string[],
  options: WishOptions,
): Promise<RollbackFile & { readonly plan: Plan }> {
  const wish = { environment, components, reason: 'plan only', trigger: 'plan', ...wishOf(options) };
  const file = await lastgood.planRollback(wish);
  const { plan: made, progress } = file;
  if (made === undefined) throw carriedError(progress.why ?? 'no plan could be made, and nothing says why');
  return { ...file, plan: made };
}

async function plan(
  cli: Cli,
  environment: string | undefined,
  components: readonly string[],
  options: PlanOptions,
): Promise<number> {
  if (options.offline !== undefined) return offline(cli, options.offline, environment, options);
  if (environment === undefined || components.length === 0) {
    throw new LastgoodError('BAD_REQUEST', {
      what: 'which environment and which components?',
      next: `write for example: lastgood plan ${environment ?? 'production'} orders`,
    });
  }
  return cli.withLastgood(async (lastgood) => {
    const file = await plannedBy(lastgood, environment, components, options);
    return options.changes === true ? showChanges(cli, lastgood, file, options) : show(cli, file.plan, options);
  });
}

/** The document says everything by itself; what is typed on top changes what it asks for. */
async function offline(cli: Cli, path: string, environment: string | undefined, options: PlanOptions): Promise<number> {
  if (environment !== undefined || options.changes === true)
    throw new LastgoodError('BAD_REQUEST', {
      what: `--offline goes without ${environment === undefined ? '--changes' : 'an environment and components'}`,
      why: 'the document names them itself, and knows of no earlier plan',
      next: `write: lastgood plan --offline ${path}`,
    });
  const facts = parseFacts(await readInput(path), path);
  const { to, accept, ...wish } = wishOf(options);
  const decision = { ...facts.decision, ...wish.decision };
  const asked = {
    ...facts,
    ...wish,
    ...(Object.keys(to ?? {}).length === 0 ? {} : { to: { ...facts.to, ...to } }),
    ...(accept?.length === 0 ? {} : { accept: [...(facts.accept ?? []), ...(accept ?? [])] }),
    ...(Object.keys(decision).length === 0 ? {} : { decision }),
  };
  return show(cli, buildPlan(asked), options);
}

async function showChanges(cli: Cli, lastgood: Lastgood, file: RollbackFile & { plan: Plan }, options: PlanOptions) {
  const { plan: made, row } = file;
  const before = await lastgood.planBefore(row);
  const changes = before === undefined ? [] : comparePlans(before.plan, made);
  if (isJson(options))
    sayJson(cli, {
      since: before?.progress.rollback ?? null,
      before: before?.plan.digest ?? null,
      digest: made.digest,
      changes,
    });
  else cli.terminal.say(changesText(made, changes, before?.progress, lookOf(cli)));
  return exitOfVerdict(made.verdict);
}

function show(cli: Cli, made: Plan, options: PlanOptions): number {
  if (options.why !== undefined) return showReasons(cli, made, options.why, isJson(options));
  if (isJson(options)) sayJson(cli, made);
  else cli.terminal.say(options.format === 'md' ? planPage(made) : planText(made, lookOf(cli)));
  return exitOfVerdict(made.verdict);
}

function isJson({ json, format }: PlanOptions): boolean {
  return json === true || format === 'json';
}

function showReasons(cli: Cli, made: Plan, unit: string, json: boolean): number {
  const units = made.units.map(({ id }) => id);
  if (unit === 'advice' && !units.includes(unit)) return showAdvice(cli, made, json);
  if (!units.includes(unit))
    throw new LastgoodError('BAD_REQUEST', {
      what: `the plan has no unit "${unit}"${didYouMean(unit, [...units, 'advice'])}`,
      why: units.length === 0 ? `it has no unit at all: ${made.verdictText}` : `its units: ${units.join(', ')}`,
      next: units.length === 0 ? 'look at the plan without --why' : 'name one of them',
    });
  const reasons = [...reasonsFor(made, unit), ...targetReasons(made, unit)];
  if (json) sayJson(cli, { unit, reasons });
  else cli.terminal.say(reasons.join('\n'));
  return exitCodes.fine;
}

function showAdvice(cli: Cli, { advice }: Plan, json: boolean): number {
  if (json) sayJson(cli, advice);
  else cli.terminal.say(adviceLines(advice).join('\n'));
  return exitCodes.fine;
}
