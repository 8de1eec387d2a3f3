import type { Command } from 'commander';
import { historyRowOf, historyTable, historyMetrics, listTable, reportJson, reportMarkdown } from '../report';
import { exitCodes, exitOfOutcome } from './exit-codes';
import { runCommand, sayJson, type Cli } from './session';
import { screenOf, watch } from './watch';

/** `status`, `list`, `history`, `report`: the record, mid-flight and afterwards. */
export function addLooks(program: Command, cli: Cli): void {
  program
    .command('status')
    .summary('where a rollback stands and what is live')
    .argument('[rollback]', 'rb-…, the key, or the workflow id; without it the newest open one')
    .option('--watch', 'stay and show every change')
    .option('--json', 'print the record as one JSON document')
    .addHelpText('after', '\nExamples:\n  lastgood status\n  lastgood status rb-production-42 --watch')
    .action((name: string | undefined, options: { readonly watch?: boolean; readonly json?: boolean }) =>
      runCommand(cli, options.json === true, () => status(cli, name, options)),
    );
  program
    .command('list')
    .summary('rollbacks, newest first')
    .option('--environment <name>', 'of one environment only')
    .option('--open', 'only those that have not ended')
    .option('--json', 'print the list as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood list --open')
    .action((options: { readonly environment?: string; readonly open?: boolean; readonly json?: boolean }) =>
      runCommand(cli, options.json === true, () => list(cli, options)),
    );
  program
    .command('history')
    .summary('past rollbacks with their recovery times')
    .argument('<environment>')
    .option('--limit <n>', 'at most this many', '50')
    .option('--json', 'print rows and averages as one JSON document')
    .addHelpText('after', '\nExample:\n  lastgood history production')
    .action((environment: string, options: { readonly limit: string; readonly json?: boolean }) =>
      runCommand(cli, options.json === true, () => history(cli, environment, options)),
    );
  program
    .command('report')
    .summary('the report of one rollback')
    .argument('<rollback>', 'rb-…, the key, or the workflow id')
    .option('--format <md|json>', 'Markdown for people or JSON for programs', 'md')
    .option('--json', 'the same as --format json')
    .addHelpText('after', '\nExample:\n  lastgood report rb-production-42 > report.md')
    .action((name: string, options: { readonly format: string; readonly json?: boolean }) =>
      runCommand(cli, options.json === true, () => report(cli, name, options.json === true ? 'json' : options.format)),
    );
}

function status(
  cli: Cli,
  name: string | undefined,
  options: { readonly watch?: boolean; readonly json?: boolean },
): Promise<number> {
  return cli.withLastgood(async (lastgood) => {
    const wanted = name ?? (await lastgood.list({ open: true, limit: 1 }))[0]?.workflowId;
    if (wanted === undefined) {
      if (options.json === true) sayJson(cli, null);
      else cli.terminal.say('no rollback is open; past ones: lastgood list');
      return exitCodes.fine;
    }
    if (options.watch === true) {
      const { row } = await lastgood.file(wanted);
      const ended = await watch(lastgood, row.workflowId, cli.terminal, () => Promise.resolve(false));
      return ended.outcome === undefined ? exitCodes.waiting : exitOfOutcome(ended.outcome);
    }
    const progress = await lastgood.status(wanted);
    if (options.json === true) sayJson(cli, progress);
    else cli.terminal.say(screenOf(progress, cli.terminal));
    return progress.ask === undefined ? exitCodes.fine : exitCodes.waiting;
  });
}

function list(
  cli: Cli,
  { environment, open, json }: { readonly environment?: string; readonly open?: boolean; readonly json?: boolean },
): Promise<number> {
  return cli.withLastgood(async (lastgood) => {
    const rows = await lastgood.list({
      ...(environment === undefined ? {} : { environment }),
      ...(open === undefined ? {} : { open }),
      limit: 100,
    });
    if (json === true) sayJson(cli, rows);
    else
      cli.terminal.say(listTable(rows, { nowMs: Date.now(), width: cli.terminal.width, colour: cli.terminal.colour }));
    return exitCodes.fine;
  });
}

function history(
  cli: Cli,
  environment: string,
  { limit, json }: { readonly limit: string; readonly json?: boolean },
): Promise<number> {
  return cli.withLastgood(async (lastgood) => {
    const rows = await lastgood.list({ environment, limit: Number(limit) });
    const files = await Promise.all(rows.map(({ rollback }) => lastgood.file(rollback)));
    const shown = files
      .filter(({ progress }) => !progress.dryRun)
      .map(({ row, progress }) => historyRowOf(row, progress));
    if (json === true) sayJson(cli, { rows: shown, metrics: historyMetrics(shown) });
    else
      cli.terminal.say(
        historyTable(shown, { nowMs: Date.now(), width: cli.terminal.width, colour: cli.terminal.colour }),
      );
    return exitCodes.fine;
  });
}

function report(cli: Cli, name: string, format: string): Promise<number> {
  return cli.withLastgood(async (lastgood) => {
    const file = await lastgood.file(name);
    if (format === 'json') sayJson(cli, reportJson(file));
    else cli.terminal.say(reportMarkdown(file));
    return exitCodes.fine;
  });
}
