import type { Command } from 'commander';
import { auditText } from '../report';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runWithLastgood, sayJson, type Cli } from './session';

/** `audit verify`: nobody changed, removed or swapped what the audit says. */
export function addAudit(program: Command, cli: Cli): void {
  const audit = program.command('audit').summary('whether the record was tampered with');
  const command = audit
    .command('verify')
    .summary('compute the chain of hashes again')
    .description('Keep the head somewhere else: a chain whose end was cut off is whole, and has another head.')
    .option('--json', 'print the verdict as one JSON document')
    .action((options: { readonly json?: boolean }) =>
      runWithLastgood(cli, options, async (lastgood) => {
        const verdict = await lastgood.verifyAudit();
        if (options.json === true) sayJson(cli, verdict);
        else cli.terminal.say(auditText(verdict));
        return verdict.whole ? exitCodes.fine : exitCodes.failed;
      }),
    );
  withExamples(audit, ['lastgood audit verify']);
  withExamples(command, ['lastgood audit verify', 'lastgood audit verify --json']);
}
