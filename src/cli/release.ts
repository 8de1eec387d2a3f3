import { Option, type Command } from 'commander';
import type { SurveyResult } from '../activities/answers';
import { createFiles } from '../adapters/files';
import type { Lastgood } from '../client';
import { parseManifest } from '../contract';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { addMark } from './mark';
import { readInput } from './read-input';
import { runCommand, sayJson, type Cli } from './session';
import { componentWords, environmentWord } from './words';

interface PipelineOptions {
  readonly onUnavailable: 'allow' | 'refuse';
  readonly json?: boolean;
}

/** What a pipeline calls: `release begin|finish|digest`; `release mark` by people; `import` on day one. */
export function addReleases(program: Command, cli: Cli): void {
  const release = program.command('release').summary('record deployments and mark releases');
  addBegin(release, cli);
  addFinish(release, cli);
  addDigest(release, cli);
  addMark(release, cli);
  withExamples(release, ['lastgood release begin -f release.yaml', 'lastgood release finish production build-812']);
  addImport(program, cli);
}

const onUnavailable = (): Option =>
  new Option('--on-unavailable <what>', 'when Lastgood can not be reached: let the deployment go on, or stop it')
    .choices(['allow', 'refuse'])
    .default('allow');

function addBegin(release: Command, cli: Cli): void {
  const command = release
    .command('begin')
    .summary('before a deployment: capture what is live and what is normal')
    .requiredOption('-f, --file <manifest>', 'release manifest, YAML or JSON')
    .addOption(onUnavailable())
    .option('--json', 'print the deployment as one JSON document')
    .action((options: PipelineOptions & { readonly file: string }) =>
      runCommand(cli, options, async () => {
        const manifest = parseManifest(await readInput(options.file), options.file);
        return recording(cli, manifest.environment, options, (lastgood) => lastgood.beginRelease(manifest));
      }),
    );
  withExamples(command, [
    'lastgood release begin -f release.yaml',
    'lastgood release begin -f release.json --on-unavailable refuse --json',
  ]);
}

function addFinish(release: Command, cli: Cli): void {
  type Options = PipelineOptions & { readonly status: 'succeeded' | 'failed' };
  const command = release
    .command('finish')
    .summary('after a deployment: record how it ended')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument('<deployment>', 'the id that begin was given')
    .addOption(new Option('--status <status>', 'how it ended').choices(['succeeded', 'failed']).default('succeeded'))
    .addOption(onUnavailable())
    .option('--json', 'print the deployment as one JSON document')
    .action((environment: string, deployment: string, options: Options) =>
      runCommand(cli, options, () =>
        recording(cli, environment, options, (lastgood) =>
          lastgood.finishRelease(environment, deployment, options.status),
        ),
      ),
    );
  withExamples(command, [
    'lastgood release finish production build-812',
    'lastgood release finish production build-812 --status failed',
  ]);
}

/** What a manifest says about a release directory: the same digest that is checked before and after a revert. */
function addDigest(release: Command, cli: Cli): void {
  const command = release
    .command('digest')
    .summary('the digest of a release directory, for the manifest; no server is asked')
    .argument('<path>', 'the directory as it will be live')
    .option('--json', 'print path and digest as one JSON document')
    .action((path: string, options: { readonly json?: boolean }) =>
      runCommand(cli, options, async () => {
        const digest = await createFiles(cli.now).treeDigest(path);
        if (digest === undefined)
          throw new LastgoodError('BAD_REQUEST', {
            what: `there is no directory ${path}`,
            why: 'a release is a directory; a link to one can change behind its digest',
            next: 'name the directory itself: lastgood release digest releases/2.1.0',
          });
        if (options.json === true) sayJson(cli, { path, digest });
        else cli.terminal.say(digest);
        return exitCodes.fine;
      }),
    );
  withExamples(command, ['lastgood release digest releases/2.1.0']);
}

function addImport(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .summary('day one: record what is live and the history that layers keep')
    .description('Nothing imported is known-good until it was verified, or a person marks it so.')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument('[components...]', 'all when left out', componentWords)
    .option('--json', 'print what was imported as one JSON document')
    .action(
      (environment: string, components: readonly string[] | undefined, { json = false }: { readonly json?: boolean }) =>
        runCommand(cli, { json }, () =>
          recording(cli, environment, { onUnavailable: 'refuse', json }, (lastgood) =>
            lastgood.importReleases(environment, components ?? []),
          ),
        ),
    );
  withExamples(command, ['lastgood import production', 'lastgood import production orders payments']);
}

/** A pipeline must not stop because Lastgood is away, unless it asked for that; the gap is said aloud. */
async function recording(
  cli: Cli,
  environment: string,
  { onUnavailable, json }: PipelineOptions,
  record: (lastgood: Lastgood) => Promise<SurveyResult>,
): Promise<number> {
  try {
    return await cli.withLastgood(async (lastgood) => {
      const result = await record(lastgood);
      for (const warning of result.warnings) cli.terminal.hint(`warning: ${warning}`);
      if (json === true) sayJson(cli, { recorded: true, ...result });
      else cli.terminal.say(recordedText(result));
      return exitCodes.fine;
    });
  } catch (thrown) {
    const error = asLastgoodError(thrown);
    if (error.exitCode !== exitCodes.unreachable || onUnavailable === 'refuse') throw error;
    if (json === true) sayJson(cli, { recorded: false, error: { code: error.code, ...error.text } });
    cli.terminal.hint(`${error.message}\n  ${gapText}  lastgood import ${environment}`);
    return exitCodes.fine;
  }
}

const gapText =
  'the deployment may go on, but it is not recorded: no rollback can lead back to what it replaces until it is:';

function recordedText({ deployment, imported }: SurveyResult): string {
  if (deployment === undefined)
    return imported.length === 0
      ? 'nothing was found to import'
      : imported.map((line) => `imported ${line}`).join('\n');
  const releases = deployment.releases.map(({ component, version }) => `${component} ${version}`).join(', ');
  return `deployment ${deployment.deployment} ${deployment.status}: ${releases}`;
}
