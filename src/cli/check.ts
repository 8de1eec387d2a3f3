import type { Command } from 'commander';
import type { Lastgood } from '../client';
import { asLastgoodError } from '../domain/errors';
import type { Plan } from '../domain/plan';
import { checkAllText, checkText, worstOf, type CheckedComponent } from '../report';
import { exitCodes, exitCodesText, exitOfVerdict } from './exit-codes';
import { withExamples } from './help';
import { plannedBy } from './plan';
import { lookOf, runWithLastgood, sayJson, type Cli } from './session';
import { componentWords, environmentWord } from './words';

interface CheckOptions {
  readonly json?: boolean;
}

/** `check`: can we roll back right now, and why not. */
export function addCheck(program: Command, cli: Cli): void {
  const command = program
    .command('check')
    .summary('can we roll back right now, and why not')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument('[components...]', 'the ones that would be rolled back; each of all without any', componentWords)
    .option('--json', 'print the plan (or, of all, what was found) as one JSON document')
    .action((environment: string, components: readonly string[] | undefined, options: CheckOptions) =>
      runWithLastgood(cli, options, (lastgood) => check(cli, lastgood, environment, components ?? [], options)),
    );
  const examples = ['lastgood check production', 'lastgood check production payments orders --json'];
  withExamples(command, examples, exitCodesText);
}

async function check(
  cli: Cli,
  lastgood: Lastgood,
  environment: string,
  components: readonly string[],
  { json }: CheckOptions,
): Promise<number> {
  const startedMs = cli.now();
  const look = () => ({ ...lookOf(cli), tookMs: cli.now() - startedMs });
  if (components.length === 0) {
    const found = await checkAll(lastgood, environment);
    if (json === true) sayJson(cli, { environment, components: found.map(asJson) });
    else cli.terminal.say(checkAllText(environment, found, look()));
    return exitOfVerdict(worstOf(found));
  }
  const { plan } = await plannedBy(lastgood, environment, components, {});
  if (json === true) sayJson(cli, plan);
  else cli.terminal.say(checkText(plan, look()));
  return exitOfVerdict(plan.verdict);
}

/** How many components are looked at side by side. */
const atOnce = 4;

/** Every component by itself, as if it alone were bad: together they would be another question. */
async function checkAll(lastgood: Lastgood, environment: string): Promise<readonly CheckedComponent[]> {
  const names = await lastgood.components(environment);
  const found: CheckedComponent[] = [];
  const waiting = [...names];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      found.push(await checkOne(lastgood, environment, name));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return names.flatMap((name) => found.find(({ component }) => component === name) ?? []);
}

async function checkOne(lastgood: Lastgood, environment: string, component: string): Promise<CheckedComponent> {
  try {
    const { plan } = await plannedBy(lastgood, environment, [component], {});
    return { component, plan };
  } catch (thrown) {
    const error = asLastgoodError(thrown);
    // A server that is away is no finding about one component.
    if (error.exitCode === exitCodes.unreachable) throw error;
    return { component, why: error.message.split('\n')[0] ?? error.code };
  }
}

function asJson({ component, plan, why }: CheckedComponent): {
  readonly component: string;
  readonly verdict: Plan['verdict'];
  readonly [key: string]: unknown;
} {
  if (plan === undefined) return { component, verdict: 'UNKNOWN', why };
  const { verdict, verdictText, digest, targets, refusals, estimate } = plan;
  return { component, verdict, verdictText, digest, targets, refusals, estimate };
}
