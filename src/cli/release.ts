import { readFile } from 'node:fs/promises';
import { Argument, Option, type Command } from 'commander';
import type { SurveyResult } from '../activities/calls';
import type { Lastgood } from '../client';
import { parseManifest } from '../contract';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import type { Mark } from '../domain/release';
import { gateText } from '../report';
import { exitCodes } from './exit-codes';
import { runCommand, sayJson, type Cli } from './session';

interface PipelineOptions {
  readonly onUnavailable: 'allow' | 'refuse';
  readonly json?: boolean;
}

/** What a pipeline calls: `release begin|finish|mark`, `hold set|lift`, `gate`, `import`. */
export function addReleases(program: Command, cli: Cli): void {
  const release = program.command('release').summary('record deployments and mark releases');
  addBegin(release, cli);
  addFinish(release, cli);
  addMark(release, cli);
  addHold(program, cli);
  addGate(program, cli);
  addImport(program, cli);
}

const onUnavailable = (): Option =>
  new Option('--on-unavailable <what>', 'when Lastgood can not be reached: let the deployment go on, or stop it')
    .choices(['allow', 'refuse'])
    .default('allow');

function addBegin(release: Command, cli: Cli): void {
  release
    .command('begin')
    .summary('before a deployment: capture what is live and what is normal')
    .requiredOption('-f, --file <manifest>', 'release manifest, YAML or JSON')
    .addOption(onUnavailable())
    .option('--json', 'print the deployment as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood release begin -f release.yaml')
    .action((options: PipelineOptions & { readonly file: string }) =>
      runCommand(cli, options.json === true, async () => {
        const manifest = parseManifest(await readFile(options.file, 'utf8'), options.file);
        return recording(cli, options, (lastgood) => lastgood.beginRelease(manifest));
      }),
    );
}

function addFinish(release: Command, cli: Cli): void {
  release
    .command('finish')
    .summary('after a deployment: record how it ended')
    .argument('<environment>')
    .argument('<deployment>', 'the id that begin was given')
    .addOption(new Option('--status <status>', 'how it ended').choices(['succeeded', 'failed']).default('succeeded'))
    .addOption(onUnavailable())
    .option('--json', 'print the deployment as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood release finish production 812 --status succeeded')
    .action(
      (
        environment: string,
        deployment: string,
        options: PipelineOptions & { readonly status: 'succeeded' | 'failed' },
      ) =>
        runCommand(cli, options.json === true, () =>
          recording(cli, options, (lastgood) => lastgood.finishRelease(environment, deployment, options.status)),
        ),
    );
}

/** A pipeline must not stop because Lastgood is away, unless it asked for that; the gap is said aloud. */
async function recording(
  cli: Cli,
  options: PipelineOptions,
  record: (lastgood: Lastgood) => Promise<SurveyResult>,
): Promise<number> {
  try {
    return await cli.withLastgood(async (lastgood) => {
      const result = await record(lastgood);
      for (const warning of result.warnings) cli.terminal.hint(`warning: ${warning}`);
      if (options.json === true) sayJson(cli, result);
      else cli.terminal.say(recordedText(result));
      return exitCodes.fine;
    });
  } catch (thrown) {
    const error = asLastgoodError(thrown);
    if (error.exitCode !== exitCodes.unreachable || options.onUnavailable === 'refuse') throw error;
    cli.terminal.hint(
      `${error.message}\n  the deployment may go on, but it is not recorded: no rollback can lead back to what it replaces until it is (lastgood import)`,
    );
    return exitCodes.fine;
  }
}

function recordedText({ deployment, imported }: SurveyResult): string {
  if (deployment === undefined)
    return imported.length === 0
      ? 'nothing was found to import'
      : imported.map((line) => `imported ${line}`).join('\n');
  const releases = deployment.releases.map(({ component, version }) => `${component} ${version}`).join(', ');
  return `deployment ${deployment.deployment} ${deployment.status}: ${releases}`;
}

function addMark(release: Command, cli: Cli): void {
  release
    .command('mark')
    .summary('say that a release is unstable, known-good or revoked, or lift that word')
    .addArgument(new Argument('<mark>').choices(['unstable', 'known-good', 'revoked', 'lift']))
    .argument('<component@version>')
    .requiredOption('--reason <text>', 'why; it is audited and shown wherever the mark stands in the way')
    .option('--environment <name>', 'only there; known-good always needs one')
    .addOption(
      new Option('--mark <mark>', 'with lift: which mark')
        .choices(['unstable', 'known-good', 'revoked'])
        .default('unstable'),
    )
    .option('--json', 'print the marked digests as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  lastgood release mark unstable orders@3.1.0 --reason "drops discounts"\n  lastgood release mark known-good orders@3.0.9 --environment production --reason "ran for a year"\n  lastgood release mark lift orders@3.1.0 --reason "fixed by a flag"',
    )
    .action(
      (
        word: Mark['mark'] | 'lift',
        name: string,
        options: {
          readonly reason: string;
          readonly environment?: string;
          readonly mark: Mark['mark'];
          readonly json?: boolean;
        },
      ) => runCommand(cli, options.json === true, () => mark(cli, word, name, options)),
    );
}

async function mark(
  cli: Cli,
  word: Mark['mark'] | 'lift',
  name: string,
  options: {
    readonly reason: string;
    readonly environment?: string;
    readonly mark: Mark['mark'];
    readonly json?: boolean;
  },
): Promise<number> {
  const { component, version } = releaseNamed(name);
  const kind = word === 'lift' ? options.mark : word;
  if (kind === 'known-good' && options.environment === undefined) {
    throw new LastgoodError('BAD_REQUEST', {
      what: 'known-good holds per environment',
      next: 'add --environment NAME',
    });
  }
  const { reason, environment } = options;
  const wanted = { component, version, mark: kind, reason, ...(environment === undefined ? {} : { environment }) };
  return cli.withLastgood(async (lastgood) => {
    const digests = await (word === 'lift' ? lastgood.lift(wanted) : lastgood.mark(wanted));
    if (options.json === true) sayJson(cli, { ...wanted, lifted: word === 'lift', digests });
    else cli.terminal.say(word === 'lift' ? `the mark ${kind} of ${name} is lifted` : `${name} is marked ${kind}`);
    return exitCodes.fine;
  });
}

function addHold(program: Command, cli: Cli): void {
  const hold = program.command('hold').summary('suspend or resume the promotion of a component');
  for (const word of ['set', 'lift'] as const) {
    hold
      .command(word)
      .summary(
        word === 'set' ? 'no version may be promoted until the hold is lifted' : 'versions may be promoted again',
      )
      .argument('<environment>')
      .argument('<component>')
      .requiredOption('--reason <text>', 'why; it is audited')
      .addHelpText(
        'after',
        `\nExample:\n  lastgood hold ${word} production payments --reason "${word === 'set' ? 'root cause open' : 'INC-381 closed'}"`,
      )
      .action((environment: string, component: string, { reason }: { readonly reason: string }) =>
        runCommand(cli, false, () =>
          cli.withLastgood(async (lastgood) => {
            if (word === 'set') await lastgood.hold(environment, component, reason);
            const lifted = word === 'lift' && (await lastgood.liftHold(environment, component, reason));
            cli.terminal.say(
              word === 'set'
                ? `${component} is on hold in ${environment}`
                : lifted
                  ? `the hold on ${component} is lifted`
                  : `${component} was not on hold`,
            );
            return exitCodes.fine;
          }),
        ),
      );
  }
}

function addGate(program: Command, cli: Cli): void {
  program
    .command('gate')
    .summary('may this version be promoted: exit 0 yes, exit 3 no and why')
    .argument('<environment>')
    .argument('<component@version>', 'the label, or the release digest')
    .option('--json', 'print the answer as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood gate production payments@2.1.0')
    .action((environment: string, name: string, { json }: { readonly json?: boolean }) =>
      runCommand(cli, json === true, () =>
        cli.withLastgood(async (lastgood) => {
          const { component, version } = releaseNamed(name);
          const answer = await lastgood.gate(environment, component, version);
          if (json === true) sayJson(cli, { environment, component, version, ...answer });
          else cli.terminal.say(gateText(answer, { name, environment }));
          return answer.promotable ? exitCodes.fine : exitCodes.refused;
        }),
      ),
    );
}

function addImport(program: Command, cli: Cli): void {
  program
    .command('import')
    .summary('day one: record what is live and the history that layers keep')
    .description(
      'Nothing imported is known-good until it was verified or a person says so: lastgood release mark known-good.',
    )
    .argument('<environment>')
    .argument('[components...]', 'all when left out')
    .option('--json', 'print what was imported as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood import production')
    .action((environment: string, components: readonly string[], { json }: { readonly json?: boolean }) =>
      runCommand(cli, json === true, () =>
        recording(cli, { onUnavailable: 'refuse', ...(json === undefined ? {} : { json }) }, (lastgood) =>
          lastgood.importReleases(environment, components),
        ),
      ),
    );
}

/** `payments@2.1.0` in its halves. Throws BAD_REQUEST. */
function releaseNamed(name: string): { readonly component: string; readonly version: string } {
  const at = name.indexOf('@');
  if (at < 1 || at === name.length - 1) {
    throw new LastgoodError('BAD_REQUEST', {
      what: `"${name}" is not COMPONENT@VERSION`,
      next: 'write for example: payments@2.1.0',
    });
  }
  return { component: name.slice(0, at), version: name.slice(at + 1) };
}
