import type { Command } from 'commander';
import type { Lastgood } from '../client';
import { asLastgoodError, type LastgoodError } from '../domain/errors';
import type { Progress } from '../domain/progress';
import { exitCodes, exitCodesText, exitOfProgress } from './exit-codes';
import { follow, onlooker } from './follow';
import { withExamples } from './help';
import { screenOf } from './screens';
import { runWithLastgood, sayJson, type Cli } from './session';

interface StatusOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** `lastgood status`: where a rollback stands and what is live; the inventory's record when nobody else answers. */
export function addStatus(program: Command, cli: Cli): void {
  const command = program
    .command('status')
    .summary('where a rollback stands and what is live')
    .argument('[rollback]', 'rb-…, the key, or the workflow id; without it the newest open one')
    .option('--watch', 'stay and show every change; Ctrl-C leaves, and the rollback goes on')
    .option('--json', 'print the record as one JSON document')
    .action((name: string | undefined, options: StatusOptions) =>
      runWithLastgood(cli, options, (lastgood) => status(cli, lastgood, name, options)),
    );
  withExamples(command, ['lastgood status', 'lastgood status rb-production-42 --watch'], exitCodesText);
}

async function status(cli: Cli, lastgood: Lastgood, name: string | undefined, options: StatusOptions): Promise<number> {
  const wanted = name ?? (await newestOpen(cli, lastgood));
  if (wanted === undefined) {
    if (options.json === true) sayJson(cli, null);
    else cli.terminal.say('no rollback is open; past ones:  lastgood list');
    return exitCodes.fine;
  }
  if (options.watch === true) return follow(cli, lastgood, await lastgood.run(wanted), options, onlooker);
  const { progress, fault } = await truth(lastgood, wanted);
  if (options.json === true) sayJson(cli, progress);
  else cli.terminal.say(screenOf(cli, cli.terminal, progress));
  if (fault === undefined) return exitOfProgress(progress);
  cli.terminal.hint(`${fault.message}\n  what is shown is what the inventory has; it may be older than the truth`);
  return fault.exitCode;
}

async function newestOpen(cli: Cli, lastgood: Lastgood): Promise<string | undefined> {
  const [newest, ...others] = await lastgood.list({ open: true, limit: 20 });
  if (others.length > 0) cli.terminal.hint(`${others.length} more are open:  lastgood list --open`);
  return newest?.rollback;
}

/** Asks the workflow; when it can not be asked, the inventory's record and why. */
async function truth(
  lastgood: Lastgood,
  name: string,
): Promise<{ readonly progress: Progress; readonly fault?: LastgoodError }> {
  try {
    return { progress: await lastgood.status(name) };
  } catch (thrown) {
    const fault = asLastgoodError(thrown);
    if (fault.exitCode !== exitCodes.unreachable) throw fault;
    const { progress } = await lastgood.file(name).catch(() => {
      throw fault;
    });
    return { progress, fault };
  }
}
