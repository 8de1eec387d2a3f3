import { Option, type Command } from 'commander';
import type { Lastgood } from '../client';
import { LastgoodError } from '../domain/errors';
import { historyMetrics, historyRowOf, historyTable, listTable, reportJson, reportMarkdown } from '../report';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { lookOf, runWithLastgood, sayJson, type Cli } from './session';
import { countWord, environmentWord } from './words';

/** `list`, `history`, `report`: what the inventory remembers. */
export function addRecords(program: Command, cli: Cli): void {
  addList(program, cli);
  addHistory(program, cli);
  addReport(program, cli);
}

/** More than this on one screen helps nobody, and a program asks for JSON. */
const maxRows = 1_000;

interface ListOptions {
  readonly environment?: string;
  readonly open?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

function addList(program: Command, cli: Cli): void {
  const command = program
    .command('list')
    .summary('rollbacks, newest first')
    .option('--environment <name>', 'of one environment only', environmentWord)
    .option('--open', 'only those that have not ended')
    .option('--limit <n>', 'at most this many', countWord(maxRows), 50)
    .option('--json', 'print the list as one JSON document')
    .action((options: ListOptions) => runWithLastgood(cli, options, (lastgood) => list(cli, lastgood, options)));
  withExamples(command, ['lastgood list', 'lastgood list --open --environment production']);
}

async function list(cli: Cli, lastgood: Lastgood, { environment, open, limit, json }: ListOptions): Promise<number> {
  const rows = await lastgood.list({
    ...(environment === undefined ? {} : { environment }),
    ...(open === undefined ? {} : { open }),
    limit,
  });
  if (rows.length === 0 && environment !== undefined) await requireKnown(lastgood, environment);
  if (json === true) sayJson(cli, rows);
  else cli.terminal.say(listTable(rows, lookOf(cli)));
  return exitCodes.fine;
}

interface HistoryOptions {
  readonly limit: number;
  readonly json?: boolean;
}

function addHistory(program: Command, cli: Cli): void {
  const command = program
    .command('history')
    .summary('past rollbacks with their recovery times')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .option('--limit <n>', 'at most this many', countWord(maxRows), 50)
    .option('--json', 'print rows and averages as one JSON document')
    .action((environment: string, options: HistoryOptions) =>
      runWithLastgood(cli, options, (lastgood) => history(cli, lastgood, environment, options)),
    );
  withExamples(command, ['lastgood history production', 'lastgood history production --limit 500 --json']);
}

async function history(
  cli: Cli,
  lastgood: Lastgood,
  environment: string,
  { limit, json }: HistoryOptions,
): Promise<number> {
  const records = await lastgood.records({ environment, limit });
  if (records.length === 0) await requireKnown(lastgood, environment);
  const rows = records
    .filter(({ progress }) => !progress.dryRun)
    .map(({ row, progress }) => historyRowOf(row, progress));
  if (json === true) sayJson(cli, { rows, metrics: historyMetrics(rows) });
  else cli.terminal.say(historyTable(rows, lookOf(cli)));
  return exitCodes.fine;
}

function addReport(program: Command, cli: Cli): void {
  const command = program
    .command('report')
    .summary('the report of one rollback')
    .argument('<rollback>', 'rb-…, the key, or the workflow id')
    .addOption(new Option('--format <format>', 'Markdown or JSON').choices(['md', 'json']).default('md'))
    .option('--json', 'the same as --format json')
    .action((name: string, { format, json }: { readonly format: 'md' | 'json'; readonly json?: boolean }) => {
      const isJson = json === true || format === 'json';
      return runWithLastgood(cli, { json: isJson }, async (lastgood) => {
        const file = await lastgood.file(name);
        if (isJson) sayJson(cli, reportJson(file));
        else cli.terminal.say(reportMarkdown(file).trimEnd());
        return exitCodes.fine;
      });
    });
  withExamples(command, ['lastgood report rb-production-42', 'lastgood report rb-production-42 --format json']);
}

/** An empty answer about an environment that nobody knows is a slip of the keyboard. Throws BAD_REQUEST. */
async function requireKnown(lastgood: Lastgood, environment: string): Promise<void> {
  const stranger = await lastgood.stranger(environment);
  if (stranger !== undefined)
    throw new LastgoodError('BAD_REQUEST', { what: stranger, next: 'see all rollbacks: lastgood list' });
}
