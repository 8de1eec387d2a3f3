import type { Command } from 'commander';
import type { Lastgood } from '../client';
import type { Finding } from '../domain/custody';
import { doctorText } from '../report';
import { commands } from '../report/commands';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runWithLastgood, sayJson, type Cli } from './session';

interface DoctorOptions {
  readonly fix?: boolean;
  readonly continue?: string;
  readonly json?: boolean;
}

/** `doctor`: what is wrong without anybody having noticed, and the command that helps. */
export function addDoctor(program: Command, cli: Cli): void {
  const command = program
    .command('doctor')
    .summary('find half-done rollbacks, orphaned locks, open writes, silent workers')
    .description('Looks at the inventory, at Temporal and at what the layers run. Never writes to a layer.')
    .option('--fix', 'write off rollbacks that nobody goes on with, and free what they hold')
    .option('--continue <rollback>', 'start anew what was cut off, under the same key; it plans and asks again')
    .option('--json', 'print what was found as one JSON document')
    .action((options: DoctorOptions) =>
      runWithLastgood(cli, options, (lastgood) =>
        options.continue === undefined
          ? diagnose(cli, lastgood, options)
          : continueRollback(cli, lastgood, options.continue, options),
      ),
    );
  withExamples(
    command,
    ['lastgood doctor', 'lastgood doctor --fix', 'lastgood doctor --continue rb-production-42'],
    'Exit codes: 0 all is well, or put right · 5 something is left to do · 7 a server or a worker does not answer',
  );
}

async function diagnose(cli: Cli, lastgood: Lastgood, { fix, json }: DoctorOptions): Promise<number> {
  const findings = await lastgood.diagnose(fix === undefined ? {} : { fix });
  if (json === true) sayJson(cli, { findings });
  else cli.terminal.say(doctorText(findings));
  return exitOf(findings);
}

function exitOf(findings: readonly Finding[]): number {
  const open = findings.filter(({ fixed }) => !fixed);
  if (open.some(({ code }) => code === 'UNREACHABLE' || code === 'NO_WORKER')) return exitCodes.unreachable;
  return open.length === 0 ? exitCodes.fine : exitCodes.failed;
}

async function continueRollback(cli: Cli, lastgood: Lastgood, name: string, { json }: DoctorOptions): Promise<number> {
  const started = await lastgood.continueRollback(name);
  if (json === true) sayJson(cli, started);
  else
    cli.terminal.say(
      `${name} goes on as a new run of ${started.workflowId}\n  watch it:  ${commands.watch(started.workflowId)}`,
    );
  return exitCodes.fine;
}
